namespace GeminiLive;

/// <summary>Tells from a close frame or a refused upgrade whether another attempt makes sense: code and words together, since 1007, 1008 and 1011 each mix both.</summary>
internal static class LiveCloseReasons
{
    private const int InvalidPayload = 1007;
    private const int PolicyViolation = 1008;

    /// <summary>Reads a close that came instead of <c>setupComplete</c>.</summary>
    public static LiveFailureKind OfClose(int? code, string reason) => code switch
    {
        InvalidPayload => LiveFailureKind.Refused,
        PolicyViolation when Says(reason, "entity was not found") => LiveFailureKind.HandleRefused,
        PolicyViolation when Says(reason, "operation was aborted") || Says(reason, "Operation is not implemented") => LiveFailureKind.Unavailable,
        PolicyViolation => LiveFailureKind.Refused,
        _ => LiveFailureKind.Unavailable,
    };

    /// <summary>Reads a failed connection attempt.</summary>
    /// <param name="httpStatus">Null when there was no answer at all.</param>
    public static LiveFailureKind OfUpgrade(int? httpStatus) => httpStatus switch
    {
        408 or 429 => LiveFailureKind.Unavailable,
        >= 400 and < 500 => LiveFailureKind.Refused,
        >= 500 => LiveFailureKind.Unavailable,
        _ => LiveFailureKind.Unreachable,
    };

    /// <summary>True when the server took offence at what was sent: sending the same again would end the same way.</summary>
    public static bool BlamesContent(int? code) => code == InvalidPayload;

    private static bool Says(string reason, string words) => reason.Contains(words, StringComparison.OrdinalIgnoreCase);
}
