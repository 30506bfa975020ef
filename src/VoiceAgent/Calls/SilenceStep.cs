using System.Text.Json.Serialization;

namespace VoiceAgent.Calls;

/// <summary>One rung of the ladder that a caller's wait in silence climbs (<see cref="SilenceLadder"/>).</summary>
public sealed class SilenceStep
{
    /// <summary>Silence of the agent after which the rung is taken: since it was last heard, or since the caller's last words if those came later.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What is done.</summary>
    public SilenceAction Action { get; init; }

    /// <summary>Causes that the rung is for; empty means all.</summary>
    public IReadOnlyList<SilenceCause> Causes { get; init; } = [];

    /// <summary>Shortest silence that can be told from a pause in speech.</summary>
    internal static TimeSpan Shortest { get; } = Audio.LineSilence.Shortest;

    /// <summary>Longest silence that a rung can wait for.</summary>
    internal static TimeSpan Longest { get; } = TimeSpan.FromMinutes(10);

    // A word to a model that thinks would cut its thought off.
    private static SilenceCause[] NotThinking { get; } =
    [
        SilenceCause.NoAnswer, SilenceCause.TurnStalled, SilenceCause.ToolOpen, SilenceCause.NothingAudible, SilenceCause.Rejected, SilenceCause.Reconnecting,
    ];

    /// <summary>The rungs that are taken where the configuration lists none.</summary>
    internal static IReadOnlyList<SilenceStep> Default { get; } =
    [
        new() { After = TimeSpan.FromSeconds(0.9), Action = SilenceAction.Filler, Causes = [SilenceCause.TurnStalled, SilenceCause.ToolOpen, SilenceCause.Thinking] },
        new() { After = TimeSpan.FromSeconds(1.8), Action = SilenceAction.Filler },
        new() { After = TimeSpan.FromSeconds(2.8), Action = SilenceAction.Prompt },
        new() { After = TimeSpan.FromSeconds(5), Action = SilenceAction.Nudge, Causes = NotThinking },
        new() { After = TimeSpan.FromSeconds(8), Action = SilenceAction.Reconnect, Causes = NotThinking },
        new() { After = TimeSpan.FromSeconds(11.5), Action = SilenceAction.Prompt },
        new() { After = TimeSpan.FromSeconds(13.5), Action = SilenceAction.Reconnect, Causes = [SilenceCause.Thinking] },
        new() { After = TimeSpan.FromSeconds(18), Action = SilenceAction.Apologise },
    ];
}

/// <summary>What is done for a caller who waits in silence.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SilenceAction>))]
public enum SilenceAction
{
    /// <summary>A soft sound, until somebody speaks.</summary>
    Filler,

    /// <summary>Spoken words: one moment, please.</summary>
    Prompt,

    /// <summary>The model is reminded in writing, once there is a connection to do it on.</summary>
    Nudge,

    /// <summary>The Live connection is given up and the session fetched back on a new one.</summary>
    Reconnect,

    /// <summary>The apology, then the last step of the call.</summary>
    Apologise,
}

/// <summary>Why a caller waits in silence, as far as it can be told from here.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SilenceCause>))]
public enum SilenceCause
{
    /// <summary>The caller has spoken, or is to be greeted, and nothing came.</summary>
    NoAnswer,

    /// <summary>The model has begun to speak and has neither gone on nor ended its turn.</summary>
    TurnStalled,

    /// <summary>The model has called a function and not spoken since.</summary>
    ToolOpen,

    /// <summary>The model has said that it thinks on and will speak later.</summary>
    Thinking,

    /// <summary>The model's audio has nothing in it that can be heard.</summary>
    NothingAudible,

    /// <summary>The service has refused what the model wanted to say.</summary>
    Rejected,

    /// <summary>The Live connection is lost and not back yet.</summary>
    Reconnecting,
}
