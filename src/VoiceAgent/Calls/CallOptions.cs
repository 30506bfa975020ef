using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace VoiceAgent.Calls;

/// <summary>Limits and manners of calls, whoever the agent is.</summary>
public sealed class CallOptions
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

    /// <summary>Apology by language: WAV files (PCM16), relative to the configuration's folder.</summary>
    public Dictionary<string, string> Apology { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Folder that gets one JSON file per ended call; empty writes none.</summary>
    public string RecordFolder { get; init; } = "";
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
