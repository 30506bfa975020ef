using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace VoiceAgent.Calls;

/// <summary>Limits and manners of calls, whoever the agent is.</summary>
public sealed class CallOptions : IValidatableObject
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Calls";

    /// <summary>Calls at the same time; further ones get 503.</summary>
    [Range(1, 10_000)]
    public int MaxCalls { get; init; } = 100;

    /// <summary>Longest call; then it is ended with BYE.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(2);

    /// <summary>When the Live session cannot be set up: <c>Reject</c> with 503, or <c>Apologise</c>: answer, play the apology, hang up.</summary>
    public SetupFailureAction OnSetupFailure { get; init; } = SetupFailureAction.Reject;

    /// <summary>Pause after a digit before the digits so far go to the model; <c>#</c> sends them at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan DigitPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long running calls may go on after SIGTERM.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is done while a caller waits and hears nothing of the agent, rung by rung; empty takes the default rungs.</summary>
    public IReadOnlyList<SilenceStep> Silence { get; init; } = [];

    /// <summary>What becomes of the caller after the apology; an agent may say otherwise.</summary>
    public LastStep LastStep { get; init; } = LastStep.HangUp;

    /// <summary>Number or <c>sip:</c>, <c>sips:</c>, <c>tel:</c> URI that a caller is handed to; an agent may name another.</summary>
    public string TransferTarget { get; init; } = "";

    /// <summary>Apology by language: WAV files (PCM16), relative to the configuration's folder.</summary>
    public Dictionary<string, string> Apology { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Words for a caller who waits, by language, used in turn: WAV files as for <see cref="Apology"/>.</summary>
    public Dictionary<string, List<string>> Prompts { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Soft sound that is repeated while a caller waits: a WAV file likewise; empty for none.</summary>
    public string Filler { get; init; } = "prompts/filler.wav";

    /// <summary>What callers hear until the call is answered.</summary>
    public EarlyMedia EarlyMedia { get; init; } = EarlyMedia.None;

    /// <summary>The words or music of <c>EarlyMedia = Prompt</c>, repeated until the answer: a WAV file as for <see cref="Apology"/>.</summary>
    public string EarlyPrompt { get; init; } = "";

    /// <summary>Music for a caller whom the agent asked to wait, repeated: a WAV file likewise; empty takes <see cref="Filler"/>.</summary>
    public string HoldMusic { get; init; } = "";

    /// <summary>Folder that gets one JSON file per ended call; empty writes none.</summary>
    public string RecordFolder { get; init; } = "";

    /// <summary>The rungs that hold.</summary>
    internal IReadOnlyList<SilenceStep> SilenceSteps => Silence.Count > 0 ? Silence : SilenceStep.Default;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Silence.Count; i++)
        {
            if (Silence[i].After < SilenceStep.Shortest || Silence[i].After > SilenceStep.Longest)
                yield return new($"Calls:Silence:{i}:After = '{Silence[i].After}' must be between {SilenceStep.Shortest} and {SilenceStep.Longest}.");
        }
        if (TransferTarget.Length > 0 && !Telephony.Calls.TransferTarget.TryParse(TransferTarget, out _))
            yield return new($"Calls:TransferTarget = '{TransferTarget}' is no number and no sip:, sips: or tel: URI.");
        if (LastStep == LastStep.Transfer && TransferTarget.Length == 0)
            yield return new("Calls:LastStep = 'Transfer' needs Calls:TransferTarget.");
        if (EarlyMedia == EarlyMedia.Prompt && EarlyPrompt.Length == 0)
            yield return new("Calls:EarlyMedia = 'Prompt' needs Calls:EarlyPrompt, a WAV file.");
    }
}

/// <summary>What callers hear before the call is answered.</summary>
public enum EarlyMedia
{
    /// <summary>What their own network plays: 180 without media.</summary>
    None,

    /// <summary>A ringing tone of ours: 183 with media.</summary>
    Ringback,

    /// <summary>A recording: 183 with media.</summary>
    Prompt,
}

/// <summary>What a caller gets when there is no Live session to talk to.</summary>
public enum SetupFailureAction
{
    /// <summary>503, so that a trunk can try elsewhere.</summary>
    Reject,

    /// <summary>Answer, play the apology, hang up.</summary>
    Apologise,
}

[OptionsValidator]
internal sealed partial class CallOptionsValidator : IValidateOptions<CallOptions>;
