using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Telephony.Rtp;

/// <summary>Keys to be pressed one after the other, and pauses between them: from the host to the media thread's <see cref="DigitSender"/>.</summary>
/// <remarks>Immutable. Keys are 0-9, *, #, A-D; a comma waits for two seconds and a <c>w</c> for half a second, as dialling strings have it.</remarks>
public sealed class DigitSequence
{
    /// <summary>Longest sequence, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>Shortest key press and shortest gap, in ms: receivers need not see less (ITU-T Q.24).</summary>
    public const int MinMs = 40;

    /// <summary>Longest key press and longest gap, in ms: one RTP event holds 65,535 units, which are 1,365 ms on the fastest clock (RFC 4733 section 2.5.1.3).</summary>
    public const int MaxMs = 1_000;

    private const int CommaMs = 2_000;
    private const int WaitMs = 500;

    private static readonly SearchValues<char> Known = SearchValues.Create(TelephoneEvent.Keys + "abcd,wW");

    private DigitSequence(string text, int durationMs, int gapMs) => (Text, DurationMs, GapMs) = (text, durationMs, gapMs);

    /// <summary>The sequence as it was given.</summary>
    public string Text { get; }

    /// <summary>How long each key is held, in ms.</summary>
    public int DurationMs { get; }

    /// <summary>Pause between two keys, in ms.</summary>
    public int GapMs { get; }

    /// <summary>Time from the start of the first key to the end of the last, at most a few packet times less than it really takes.</summary>
    public TimeSpan Length => TimeSpan.FromMilliseconds(Text.Sum(character => IsKey(character) ? DurationMs + GapMs : PauseMs(character)));

    /// <summary>Reads a sequence; false when it is empty, too long, or has other characters. Never throws for a text.</summary>
    /// <param name="text">Keys and pauses.</param>
    /// <param name="durationMs">How long each key is held: <see cref="MinMs"/> to <see cref="MaxMs"/>.</param>
    /// <param name="gapMs">Pause between two keys, likewise.</param>
    /// <param name="sequence">The sequence.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is out of range.</exception>
    public static bool TryParse(string? text, int durationMs, int gapMs, [NotNullWhen(true)] out DigitSequence? sequence)
    {
        CheckTime(durationMs);
        CheckTime(gapMs);
        var isRight = text is { Length: > 0 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(Known);
        sequence = isRight ? new DigitSequence(text!, durationMs, gapMs) : null;
        return isRight;
    }

    /// <summary>Whether the character is a key; otherwise it is a pause.</summary>
    internal static bool IsKey(char character) => TelephoneEvent.TryGetCode(character, out _);

    /// <summary>How long a character that is no key waits, in ms.</summary>
    internal static int PauseMs(char character) => character == ',' ? CommaMs : WaitMs;

    private static void CheckTime(int ms)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ms, MinMs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ms, MaxMs);
    }
}
