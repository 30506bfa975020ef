using System.Text.Json.Serialization;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>What became of reading the configuration anew: all of it is in use for new calls, or none of it.</summary>
internal sealed record ReloadOutcome
{
    /// <summary>What is wrong, a sentence each; then nothing has changed.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Keys whose changes are in use.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>Keys whose changes wait for the next start, those of earlier times too.</summary>
    public IReadOnlyList<string> NeedRestart { get; init; } = [];

    /// <summary>Whether it may go well without another change of the files: one cannot be opened, or a source of tools does not answer.</summary>
    [JsonIgnore]
    public bool MayPass { get; init; }

    /// <summary>Whether the new settings are in use.</summary>
    public bool IsTaken => Faults.Count == 0;

    /// <summary>Refused.</summary>
    public static ReloadOutcome Refused(IReadOnlyList<string> faults, bool mayPass = false) => new() { Faults = faults, MayPass = mayPass };
}

/// <summary>The JSON of <c>POST /reload</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReloadOutcome))]
internal sealed partial class ReloadJson : JsonSerializerContext;
