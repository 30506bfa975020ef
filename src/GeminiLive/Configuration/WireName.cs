namespace GeminiLive.Configuration;

/// <summary>Names of the service's enums, which may be configured with or without their common prefix and in any case.</summary>
internal static class WireName
{
    public const string StartSensitivity = "START_SENSITIVITY_";
    public const string EndSensitivity = "END_SENSITIVITY_";
    public const string TurnCoverage = "TURN_INCLUDES_";
    public const string MediaResolution = "MEDIA_RESOLUTION_";
    public const string HarmCategory = "HARM_CATEGORY_";

    /// <summary>The name without prefix, as the lists of allowed values have it.</summary>
    public static string Short(string prefix, string value)
    {
        var upper = value.Trim().ToUpperInvariant();
        return prefix.Length > 0 && upper.StartsWith(prefix, StringComparison.Ordinal) ? upper[prefix.Length..] : upper;
    }

    /// <summary>The name as the service knows it.</summary>
    public static string Whole(string prefix, string value) => prefix + Short(prefix, value);
}
