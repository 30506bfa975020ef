using GeminiLive;
using VoiceAgent.Records;

namespace VoiceAgent.Calls;

/// <summary>One turn of the conversation, as the record keeps it: what was said, and what of it reached the caller.</summary>
/// <param name="AtMs">When its first words arrived, in ms since admission.</param>
/// <param name="Speaker"><c>caller</c> or <c>agent</c>.</param>
/// <param name="Text">The transcript, fragments joined.</param>
/// <param name="Interrupted">Whether this turn was cut short.</param>
public sealed record TranscriptTurn(double AtMs, string Speaker, string Text, bool Interrupted)
{
    /// <summary>The part of <see cref="Text"/> that the caller heard; null when that is all of it.</summary>
    public string? Heard { get; init; }

    /// <summary>The rest, which the caller did not hear; null when there is none.</summary>
    public string? Unheard { get; init; }

    /// <summary>True when the text was split in the proportion of the audio, for want of anything better; null when it was not split.</summary>
    public bool? IsEstimated { get; init; }

    /// <summary>Audio that the model gave for this turn, in ms; null for the caller's turns and for words without audio.</summary>
    public long? AudioReceivedMs { get; init; }

    /// <summary>Of it, audio that went out to the caller, in ms: where the turn was cut; null likewise.</summary>
    public long? AudioPlayedMs { get; init; }

    /// <summary>The turn without what must not be written down.</summary>
    internal TranscriptTurn Redacted(RecordPrivacy privacy)
    {
        var text = privacy.Text(Text);
        // What was taken out of the whole may have been cut in two, and neither half fits a pattern.
        Func<string, string> part = text == Text ? privacy.Text : privacy.OpenText;
        return this with { Text = text, Heard = Heard is null ? null : part(Heard), Unheard = Unheard is null ? null : part(Unheard) };
    }

    internal static TranscriptTurn Of(LiveTurnRecord turn, double atMs)
    {
        var entry = new TranscriptTurn(atMs, turn.Speaker == LiveSpeaker.Agent ? "agent" : "caller", turn.Text, turn.WasCut);
        if (turn.ReceivedMs > 0)
            entry = entry with { AudioReceivedMs = turn.ReceivedMs, AudioPlayedMs = turn.PlayedMs };
        if (turn.HeardText == turn.Text)
            return entry;
        var unheard = turn.Text.StartsWith(turn.HeardText, StringComparison.Ordinal) ? turn.Text[turn.HeardText.Length..].Trim() : null;
        return entry with { Heard = turn.HeardText, Unheard = unheard, IsEstimated = turn.IsEstimated };
    }
}
