namespace Telephony.Calls;

/// <summary>Tells a key once that the caller's device sends twice, in RTP and by INFO.</summary>
/// <remarks>
/// A key that came one way takes away the next same key that comes the other way within <see cref="Window"/>; so "11" sent both ways is two digits.
/// RTP tells at the press, INFO often at the release, hence the width of the window. Owned by the signalling loop.
/// </remarks>
internal sealed class DigitFilter(TimeProvider timeProvider)
{
    /// <summary>How much later the second report of one key press may come.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private const int MaxUnmatched = 32;
    private readonly List<(char Digit, DigitSource Source, long Timestamp)> _unmatched = [];

    /// <summary>True if the digit is new, false if it is the second report of one already told.</summary>
    public bool IsNew(char digit, DigitSource source)
    {
        var now = timeProvider.GetTimestamp();
        _unmatched.RemoveAll(told => timeProvider.GetElapsedTime(told.Timestamp, now) > Window);
        var first = _unmatched.FindIndex(told => told.Digit == digit && told.Source != source);
        if (first >= 0)
        {
            _unmatched.RemoveAt(first);
            return false;
        }
        if (_unmatched.Count == MaxUnmatched)
            _unmatched.RemoveAt(0);
        _unmatched.Add((digit, source, now));
        return true;
    }
}
