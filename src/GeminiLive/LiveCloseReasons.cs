namespace GeminiLive;

/// <summary>What to do about a connection that has ended; the mildest comes first.</summary>
internal enum LiveRemedy
{
    /// <summary>Resume with the last good handle.</summary>
    Resume,

    /// <summary>The handle is of no use: a fresh session that is told what was said so far.</summary>
    StartFresh,

    /// <summary>The history itself was too much: a fresh session that is told only the end of it, once.</summary>
    StartFreshShort,

    /// <summary>This target will not serve: the next one.</summary>
    NextTarget,
}

/// <summary>Tells from a close frame or a refused upgrade whether another attempt makes sense: code and words together, since 1007, 1008 and 1011 each mix both.</summary>
internal static class LiveCloseReasons
{
    private const int Normal = 1000;
    private const int InvalidPayload = 1007;
    private const int PolicyViolation = 1008;
    private const int InternalError = 1011;

    // Words, what they mean in answer to a setup, and what they ask for in mid-session; the first row that fits counts.
    private static readonly Row[] Rows =
    [
        new(InvalidPayload, "API key", LiveFailureKind.Refused, LiveRemedy.NextTarget),
        new(InvalidPayload, "location is not supported", LiveFailureKind.Refused, LiveRemedy.NextTarget),
        new(InvalidPayload, "invalid argument", LiveFailureKind.Refused, LiveRemedy.StartFreshShort),
        new(InvalidPayload, "", LiveFailureKind.Refused, LiveRemedy.StartFresh),
        new(PolicyViolation, "entity was not found", LiveFailureKind.HandleRefused, LiveRemedy.StartFresh),
        new(PolicyViolation, "operation was aborted", LiveFailureKind.Unavailable, LiveRemedy.Resume),
        new(PolicyViolation, "Operation is not implemented", LiveFailureKind.Unavailable, LiveRemedy.Resume),
        new(PolicyViolation, "", LiveFailureKind.Refused, LiveRemedy.NextTarget),
        new(InternalError, "RESOURCE_EXHAUSTED", LiveFailureKind.QuotaSpent, LiveRemedy.NextTarget),
        new(InternalError, "quota", LiveFailureKind.QuotaSpent, LiveRemedy.NextTarget),
        new(InternalError, "Maximum concurrent", LiveFailureKind.QuotaSpent, LiveRemedy.NextTarget),
    ];

    /// <summary>Reads a close that came instead of <c>setupComplete</c>.</summary>
    public static LiveFailureKind OfClose(int? code, string reason) => Find(code, reason)?.AtSetup ?? LiveFailureKind.Unavailable;

    /// <summary>Reads a close in mid-session; everything that is not known to be worse is resumed.</summary>
    public static LiveRemedy RemedyFor(int? code, string reason) => Find(code, reason)?.InSession ?? LiveRemedy.Resume;

    /// <summary>Reads a failed connection attempt.</summary>
    /// <param name="httpStatus">Null when there was no answer at all.</param>
    public static LiveFailureKind OfUpgrade(int? httpStatus) => httpStatus switch
    {
        408 => LiveFailureKind.Unavailable,
        429 => LiveFailureKind.QuotaSpent,
        >= 400 and < 500 => LiveFailureKind.Refused,
        >= 500 => LiveFailureKind.Unavailable,
        _ => LiveFailureKind.Unreachable,
    };

    /// <summary>True when the server took offence at what was sent: sending the same again would end the same way.</summary>
    public static bool BlamesContent(int? code) => code == InvalidPayload;

    /// <summary>True for the close that a context which is full gets where nothing compresses it; it comes back at once when it was that.</summary>
    public static bool MayBeFullContext(int? code) => code == Normal;

    /// <summary>True for a refusal whose words tell neither what is wrong nor that anything of ours is.</summary>
    public static bool BlamesNothing(int? code, string reason) => code == InvalidPayload && reason.TrimEnd('.').EndsWith("invalid argument", StringComparison.OrdinalIgnoreCase);

    private static Row? Find(int? code, string reason) =>
        Array.Find(Rows, row => row.Code == code && reason.Contains(row.Words, StringComparison.OrdinalIgnoreCase));

    private sealed record Row(int Code, string Words, LiveFailureKind AtSetup, LiveRemedy InSession);
}
