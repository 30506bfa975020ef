using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using VoiceAgent.Agents;

namespace VoiceAgent.Recordings;

/// <summary>Where recordings of the agents that record (<see cref="AgentRecordingOptions"/>) are kept, under which key, and for how long.</summary>
public sealed class RecordingOptions : IValidatableObject
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Recordings";

    /// <summary>Folder of the recordings; a relative one starts at the folder that the service was started in.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Folder { get; init; } = "data/recordings";

    /// <summary>The master key, 32 bytes in base64: the keys of all recordings are encrypted under it. A secret.</summary>
    public string Key { get; init; } = "";

    /// <summary>Master keys of before, which recordings are still read with.</summary>
    public IReadOnlyList<string> OldKeys { get; init; } = [];

    /// <summary>Days that a recording is kept after its call began; null keeps it as long as the call's record (<c>Records:RetentionDays</c>).</summary>
    [Range(1, 3650)]
    public int? RetentionDays { get; init; }

    /// <summary>Longest recording of one call; what comes after it is not kept.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "12:00:00")]
    public TimeSpan MaxLength { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Free space on the disk below which nothing is recorded, in MB.</summary>
    [Range(0, 1_000_000_000)]
    public long MinFreeMb { get; init; } = 1_000;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Key.Length > 0 && !RecordingKeys.IsKey(Key))
            yield return new($"it is no key; {RecordingKeys.Remedy}", [nameof(Key)]);
        if (!OldKeys.All(RecordingKeys.IsKey))
            yield return new("one of them is no key: each is 32 bytes in base64.", [nameof(OldKeys)]);
    }
}

[OptionsValidator]
internal sealed partial class RecordingOptionsValidator : IValidateOptions<RecordingOptions>;

/// <summary>Refuses agents that record where there is no key, since nothing is stored in the clear, and announcements and keys that could not work.</summary>
/// <param name="hasKey">Whether there is a master key.</param>
internal sealed class AgentRecordingValidator(bool hasKey) : IValidateOptions<AgentOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        var faults = options.Profiles.SelectMany(agent => Faults($"Agents:Profiles:{agent.Key}:Recording", agent.Value.Recording)).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> Faults(string key, AgentRecordingOptions recording)
    {
        if (recording.Enabled && !hasKey)
            yield return $"{RecordingOptions.Section}:{nameof(RecordingOptions.Key)} is empty, while {key}:Enabled = true; {RecordingKeys.Remedy}";
        if (recording is { Enabled: true, Start: RecordingStart.AfterAnnouncement, Announcement.Length: 0 })
            yield return $"{key}:Announcement is empty, while {key}:Start = 'AfterAnnouncement'; say what callers are told, or start 'WithCall'.";
        foreach (var (setting, keys) in new[] { (nameof(recording.PauseKeys), recording.PauseKeys), (nameof(recording.ResumeKeys), recording.ResumeKeys) })
        {
            if (keys.Length > AgentRecordingOptions.MaxKeys || keys.Any(digit => !"0123456789*#ABCD".Contains(digit, StringComparison.Ordinal)))
                yield return $"{key}:{setting} = '{keys}' is not usable; use up to {AgentRecordingOptions.MaxKeys} of 0-9, *, #, A-D, or nothing.";
        }
        if (recording.PauseKeys.Length > 0 && recording.ResumeKeys.EndsWith(recording.PauseKeys, StringComparison.Ordinal))
            yield return $"{key}:ResumeKeys = '{recording.ResumeKeys}' ends like PauseKeys; use others.";
        if (recording.ResumeKeys.Length > 0 && recording.PauseKeys.Length > recording.ResumeKeys.Length && recording.PauseKeys.EndsWith(recording.ResumeKeys, StringComparison.Ordinal))
            yield return $"{key}:PauseKeys = '{recording.PauseKeys}' ends like ResumeKeys; use others.";
    }
}
