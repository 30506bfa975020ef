using System.Text.RegularExpressions;

namespace GeminiLive.Configuration;

/// <summary>Checks a session's config before anything is sent: what configuration alone cannot show, its functions, and settings made in code.</summary>
internal static partial class ConfigChecks
{
    private const int MaxFunctions = 512;

    /// <summary>What is wrong with it for its first target; a fallback leaves out what its model does not have.</summary>
    /// <returns>A sentence; null when nothing is wrong.</returns>
    public static string? Fault(LiveSessionConfig config)
    {
        var target = config.Targets[0];
        if (SettingRules.Faults(target.SettingsFor(config.Settings), target.Profile).FirstOrDefault() is { } fault)
            return $"{fault.Key} is '{fault.Value}'; {target.Model} does not take that: {fault.Remedy}.";
        if (config.Functions.FirstOrDefault(function => !FunctionName().IsMatch(function.Name)) is { } misnamed)
            return $"A function is called '{misnamed.Name}'; use a letter or underscore, then at most 63 letters, digits and underscores.";
        if (config.Functions.GroupBy(function => function.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            return $"Two functions are called '{twice.Key}'.";
        if (config.Functions.Count > MaxFunctions)
            return $"There are {config.Functions.Count} functions; a session takes {MaxFunctions}.";
        return config.Settings.GoogleSearch == true && config.Functions.Count > 0 && !target.Profile.SupportsSearchWithFunctions
            ? $"{target.Model} does not take GoogleSearch together with functions; leave one of them out."
            : null;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,63}$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex FunctionName();
}
