namespace VoiceAgent.Hosting.Configuration;

/// <summary>Which settings a running service takes over, and which wait for its next start.</summary>
internal static class SettingsInUse
{
    private static readonly string[] AtOnce =
    [
        "Agents", "Calls", "Live", "Tools",
        "Telephony:Trunks", "Telephony:Users", "Telephony:Outbound", "Telephony:Access", "Telephony:MaxCallsPerSecond",
        "Telephony:Codecs", "Telephony:SilenceSuppression", "Telephony:Opus", "Telephony:PtimeMs", "Telephony:Srtp:Policy", "Telephony:Srtp:Suites",
    ];

    private static readonly string[] AtStart =
    [
        "Calls:RecordFolder",         // an observer of the calls, or none
        "Calls:DrainGrace",           // bounds the host's own stop as well
        "Live:KeepAliveInterval",     // of connections, whoever has them made
        "Live:KeepAliveTimeout",
        "Telephony:Access:BanTime",   // bans end in the order in which they began
        "Tools:Redaction",            // of all that is written down, of running calls too
    ];

    /// <summary>Whether a change of a setting holds for new calls at once.</summary>
    public static bool AppliesAtOnce(string key) =>
        (AtOnce.Any(section => IsWithin(key, section)) && !AtStart.Any(section => IsWithin(key, section))) || SecretFiles.OtherNames.Contains(key, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a key is another one, or lies below it.</summary>
    public static bool IsWithin(string key, string section) =>
        key.StartsWith(section, StringComparison.OrdinalIgnoreCase) && (key.Length == section.Length || key[section.Length] == ':');

    /// <summary>All settings of the service with their values, by key; nothing of what else the environment holds.</summary>
    public static Dictionary<string, string?> Values(IConfiguration configuration)
    {
        var sections = VoiceAgentSetup.Sections.Select(section => section.Key).Append("Logging").SelectMany(key => configuration.GetSection(key).AsEnumerable());
        var others = SecretFiles.OtherNames.Where(name => configuration[name] is not null).Select(name => KeyValuePair.Create(name, configuration[name]));
        // A group's own value is none, unless it is empty.
        return sections.Where(setting => setting.Value is not null || !configuration.GetSection(setting.Key).GetChildren().Any()).Concat(others)
            .Where(setting => setting.Value is not null || setting.Key.Contains(':', StringComparison.Ordinal))
            .ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Keys that have another value, have come or are gone, in order.</summary>
    public static IReadOnlyList<string> Changed(IReadOnlyDictionary<string, string?> former, IReadOnlyDictionary<string, string?> latter) =>
    [
        .. former.Keys.Union(latter.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(key => former.TryGetValue(key, out var before) != latter.TryGetValue(key, out var now) || before != now)
            .Order(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>What holds after a change: the settings that apply at once as they were read, all others as they are in use.</summary>
    public static Dictionary<string, string?> After(IReadOnlyDictionary<string, string?> inUse, IReadOnlyDictionary<string, string?> read) =>
        read.Where(setting => AppliesAtOnce(setting.Key)).Concat(inUse.Where(setting => !AppliesAtOnce(setting.Key)))
            .ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.OrdinalIgnoreCase);
}
