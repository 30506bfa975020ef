using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace VoiceAgent.Records;

/// <summary>What is kept of calls in the service's database, for how long, and what is masked before.</summary>
public sealed class RecordOptions
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Records";

    /// <summary>Whether calls are kept at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Days that a call is kept after it began.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; init; } = 90;

    /// <summary>Whether the keys that callers press are masked, in records and timelines alike: they may be a PIN or a card.</summary>
    public bool MaskDigits { get; init; } = true;

    /// <summary>Whether telephone numbers of callers and called are masked but for their last three digits, in records and in the log.</summary>
    public bool MaskNumbers { get; init; }
}

[OptionsValidator]
internal sealed partial class RecordOptionsValidator : IValidateOptions<RecordOptions>;
