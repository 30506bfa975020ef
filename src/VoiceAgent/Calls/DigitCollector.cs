using System.Text;

namespace VoiceAgent.Calls;

/// <summary>Gathers DTMF digits until a pause or <c>#</c>, so that "12#" reaches the model as one entry: line -> Live text.</summary>
/// <remarks>Owned by the call's loop; its timer only asks that loop to come back.</remarks>
internal sealed class DigitCollector : IDisposable
{
    // A caller who leans on the keypad must not grow a message without end.
    private const int MaxDigits = 64;

    private readonly StringBuilder _digits = new();
    private readonly ITimer _pause;
    private readonly TimeSpan _pauseLength;

    public DigitCollector(TimeProvider time, TimeSpan pauseLength, Action pauseOver)
    {
        _pauseLength = pauseLength;
        _pause = time.CreateTimer(_ => pauseOver(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes a digit; returns whether the entry is complete and should be taken now.</summary>
    public bool Add(char digit)
    {
        _digits.Append(digit);
        if (digit == '#' || _digits.Length >= MaxDigits || _pauseLength == TimeSpan.Zero)
            return true;
        _pause.Change(_pauseLength, Timeout.InfiniteTimeSpan);
        return false;
    }

    /// <summary>The digits so far, which are then forgotten; empty when there are none.</summary>
    public string Take()
    {
        _pause.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var digits = _digits.ToString();
        _digits.Clear();
        return digits;
    }

    public void Dispose() => _pause.Dispose();
}
