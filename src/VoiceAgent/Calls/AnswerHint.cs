using System.Text.Json.Serialization;

namespace VoiceAgent.Calls;

/// <summary>One sign of who answered a call of ours.</summary>
/// <param name="AtMs">Time since the call began, in ms.</param>
/// <param name="By">Who, by this sign.</param>
/// <param name="Source">Where the sign comes from.</param>
public sealed record AnswerHint(double AtMs, AnsweredBy By, AnswerSource Source)
{
    /// <summary>What several signs say together: the model's latest word if it has an opinion, else a beep, else the cadence; null for no signs.</summary>
    public static AnsweredBy? Verdict(IReadOnlyList<AnswerHint> hints) =>
        hints.LastOrDefault(hint => hint is { Source: AnswerSource.Model, By: not AnsweredBy.Unclear })?.By
        ?? hints.FirstOrDefault(hint => hint.Source == AnswerSource.Beep)?.By
        ?? hints.FirstOrDefault(hint => hint.Source == AnswerSource.Cadence)?.By
        ?? (hints.Count > 0 ? hints[^1].By : null);
}

/// <summary>Who answered a call that we made.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AnsweredBy>))]
public enum AnsweredBy
{
    /// <summary>Somebody who can be spoken to.</summary>
    Person,

    /// <summary>A machine that takes messages.</summary>
    Voicemail,

    /// <summary>The model was not sure.</summary>
    Unclear,
}

/// <summary>Where a sign of who answered comes from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AnswerSource>))]
public enum AnswerSource
{
    /// <summary>The model said so (tool <c>answered_by</c>).</summary>
    Model,

    /// <summary>Length of the greeting, and whether somebody waited after it.</summary>
    Cadence,

    /// <summary>A beep.</summary>
    Beep,
}
