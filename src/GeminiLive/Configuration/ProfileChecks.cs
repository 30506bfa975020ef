namespace GeminiLive.Configuration;

/// <summary>Checks what the configuration says of models (<c>Live:Profiles</c>).</summary>
internal static class ProfileChecks
{
    public static void Check(IReadOnlyDictionary<string, LiveProfileOptions> profiles, FaultList faults)
    {
        foreach (var (model, profile) in profiles)
        {
            if (model.TrimEnd('*').Contains('*', StringComparison.Ordinal) || model.Any(char.IsWhiteSpace))
                faults.Add($"Live:Profiles has '{model}'; use a model id, or a beginning that ends in '*'.");
            var own = faults.Below(model);
            own.CheckName(nameof(profile.Family), profile.Family, "", Enum.GetNames<LiveModelFamily>());
            own.CheckName(nameof(profile.Thinking), profile.Thinking, "", Enum.GetNames<LiveThinking>());
            own.CheckName(nameof(profile.TextInput), profile.TextInput, "", Enum.GetNames<LiveTextInput>());
            own.CheckName(nameof(profile.HistorySeeding), profile.HistorySeeding, "", Enum.GetNames<LiveHistorySeeding>());
            own.CheckRange(nameof(profile.ContextTokens), profile.ContextTokens, 1_000, 10_000_000);
            if (profile is { BlockingTools: false, AsyncTools: false })
                own.Refuse(nameof(profile.AsyncTools), value: false, "with BlockingTools off as well, no function could be called");
        }
    }
}
