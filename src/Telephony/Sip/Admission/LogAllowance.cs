namespace Telephony.Sip.Admission;

/// <summary>Keeps strangers from filling the log: some lines a minute, and the next one says how many were withheld.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class LogAllowance(TimeProvider timeProvider)
{
    private const int LinesPerMinute = 10;

    private readonly Lock _lock = new();
    private readonly TokenRate _rate = new(LinesPerMinute, TimeSpan.FromMinutes(1), timeProvider);
    private TokenBucket _lines = new(LinesPerMinute, timeProvider.GetTimestamp());
    private long _withheld;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="withheld">Lines that were not, since the last one that was.</param>
    public bool TryTake(out long withheld)
    {
        lock (_lock)
        {
            withheld = _withheld;
            var isAllowed = _lines.TryTake(_rate, timeProvider.GetTimestamp());
            _withheld = isAllowed ? 0 : _withheld + 1;
            return isAllowed;
        }
    }
}
