using System.Collections.Concurrent;

namespace Telephony.Rtp;

/// <summary>What one packet time is used for.</summary>
internal enum DigitTurn
{
    /// <summary>The agent's audio.</summary>
    Audio,

    /// <summary>Silence between two keys: the agent's audio waits.</summary>
    Silence,

    /// <summary>A packet of an event: <see cref="DigitSender.Event"/>.</summary>
    Event,
}

/// <summary>Plays digits as telephone-events in the place of audio (RFC 4733): says for each packet time what belongs into it.</summary>
/// <remarks>
/// One per call, whatever codec changes come. Media time is the clock: an event's duration is exact even when packets come late. Owned by the media
/// clock's thread but for <see cref="TryLeave"/>; allocates when it tells of an end only.
/// </remarks>
/// <param name="ended">Told on the media thread what went out of a sequence and what did not.</param>
internal sealed class DigitSender(Action<string, string> ended)
{
    // Far more than anybody dials; a host that leaves more is in a loop.
    private const int MaxWaiting = 8;

    // The last packet goes out three times, so that the end is known even if two are lost (RFC 4733 section 2.5.1.4).
    private const int EndPackets = 3;

    private readonly ConcurrentQueue<DigitSequence> _waiting = new();
    private DigitSequence? _current;
    private int _next;
    private bool _isDown;
    private int _endsSent;
    private byte _code;
    private uint _lengthUnits;
    private uint _restFrom;
    private uint _restUnits;   // 0 when the next key may be pressed at once

    /// <summary>The packet that <see cref="Next"/> has asked for.</summary>
    public TelephoneEvent Event { get; private set; }

    /// <summary>The time at which its event began: the timestamp of all its packets.</summary>
    public uint EventTimestamp { get; private set; }

    /// <summary>True for an event's first packet, which is marked.</summary>
    public bool IsFirst { get; private set; }

    /// <summary>True while a sequence is being sent.</summary>
    public bool IsSending => _current is not null;

    /// <summary>True when a sequence begins with the next packet.</summary>
    public bool IsDue => _current is null && !_waiting.IsEmpty;

    /// <summary>Leaves a sequence, to be sent after those left before; any thread.</summary>
    /// <returns>False when too many wait.</returns>
    public bool TryLeave(DigitSequence sequence)
    {
        if (_waiting.Count >= MaxWaiting)
            return false;
        _waiting.Enqueue(sequence);
        return true;
    }

    /// <summary>Says what the next packet is.</summary>
    /// <param name="payloadType">The peer's number for events; null when it takes none, which ends all sequences.</param>
    /// <param name="timestamp">Media time of the packet.</param>
    /// <param name="stepUnits">Media time that one packet covers.</param>
    /// <param name="clockRateHz">Units of media time in a second.</param>
    public DigitTurn Next(byte? payloadType, uint timestamp, uint stepUnits, int clockRateHz)
    {
        if (_current is null && !_waiting.TryDequeue(out _current))
            return DigitTurn.Audio;
        if (payloadType is null)
        {
            _isDown = false;
            End();
            return DigitTurn.Audio;
        }
        if (_isDown)
            return Hold(timestamp, stepUnits);
        while (_current is not null && !Rests(timestamp))
        {
            if (_next == _current.Text.Length)
                End();
            else if (TelephoneEvent.TryGetCode(_current.Text[_next++], out _code))
                return Press(timestamp, stepUnits, clockRateHz);
            else
                Rest(timestamp, DigitSequence.PauseMs(_current.Text[_next - 1]), clockRateHz);
        }
        return _current is null ? DigitTurn.Audio : DigitTurn.Silence;
    }

    /// <summary>Nothing may be sent now: a key that is down counts as pressed, since the peer has seen it.</summary>
    public void Interrupt(uint timestamp)
    {
        if (!_isDown)
            return;
        _isDown = false;
        _restFrom = timestamp;
    }

    private DigitTurn Press(uint timestamp, uint stepUnits, int clockRateHz)
    {
        EventTimestamp = timestamp;
        _lengthUnits = Units(_current!.DurationMs, clockRateHz);
        Rest(timestamp + _lengthUnits, _current.GapMs, clockRateHz);
        (_isDown, _endsSent) = (true, 0);
        Hold(timestamp, stepUnits);
        IsFirst = true;
        return DigitTurn.Event;
    }

    /// <summary>The packet covers media time up to its own end, as one of audio does.</summary>
    private DigitTurn Hold(uint timestamp, uint stepUnits)
    {
        var elapsed = timestamp - EventTimestamp + stepUnits;
        var isEnd = elapsed >= _lengthUnits;
        Event = new TelephoneEvent(_code, isEnd, (ushort)Math.Min(elapsed, _lengthUnits));
        IsFirst = false;
        if (isEnd && ++_endsSent == EndPackets)
            _isDown = false;
        return DigitTurn.Event;
    }

    private void Rest(uint from, int ms, int clockRateHz) => (_restFrom, _restUnits) = (from, Units(ms, clockRateHz));

    private bool Rests(uint timestamp)
    {
        // After the last key the agent may speak at once; the rest then holds for the keys of the next sequence.
        if (_next == _current!.Text.Length && _next > 0 && DigitSequence.IsKey(_current.Text[_next - 1]))
            return false;
        if (_restUnits > 0 && SequenceNumber.TimestampDistance(_restFrom, timestamp) >= _restUnits)
            _restUnits = 0;
        return _restUnits > 0;
    }

    private void End()
    {
        var (sequence, sent) = (_current!, _next);
        (_current, _next) = (null, 0);
        ended(sequence.Text[..sent], sequence.Text[sent..]);
    }

    private static uint Units(int ms, int clockRateHz) => (uint)(ms * (clockRateHz / 1_000));
}
