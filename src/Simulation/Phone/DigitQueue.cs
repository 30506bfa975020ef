using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Simulation.Phone;

/// <summary>Digits waiting to be pressed, as RFC 4733 events in place of audio packets.</summary>
/// <remarks>Digits are queued from any thread; packets are taken by the phone clock's thread.</remarks>
internal sealed class DigitQueue(int samplesPerPacket)
{
    /// <summary>What each event packet carries after the RTP header.</summary>
    public const int PayloadBytes = 4;

    private const string Events = "0123456789*#ABCD";   // RFC 4733 table 3: event codes 0 to 15
    private const int EndPackets = 3;                   // RFC 4733 section 2.5.1.4
    private const int PressSamples = 1280;              // 160 ms
    private const int PauseSamples = 640;               // 80 ms between digits
    private const byte VolumeDbm0 = 10;                 // section 2.3.4: minus 10 dBm0

    private readonly ConcurrentQueue<char> _waiting = new();
    private int _event = -1;
    private int _duration;
    private int _endsSent;
    private int _pause;

    /// <summary>Whether anything is waiting or being pressed.</summary>
    public bool IsPressing => !_waiting.IsEmpty || Volatile.Read(ref _event) >= 0;

    /// <summary>Queues one digit; false for a character that no phone has.</summary>
    public bool TryEnqueue(char digit)
    {
        var known = Events.Contains(char.ToUpperInvariant(digit), StringComparison.Ordinal);
        if (known)
            _waiting.Enqueue(char.ToUpperInvariant(digit));
        return known;
    }

    /// <summary>Gives the event packet that takes the place of the next audio packet.</summary>
    /// <param name="payload">Room for <see cref="PayloadBytes"/>.</param>
    /// <param name="isFirst">First packet of a digit: it gets the marker, and its timestamp holds for all of the digit.</param>
    /// <param name="pressed">The digit, when <paramref name="isFirst"/>.</param>
    /// <returns>False when the next packet is audio.</returns>
    public bool TryNext(Span<byte> payload, out bool isFirst, out char pressed)
    {
        isFirst = false;
        pressed = '\0';
        if (_event < 0)
        {
            _pause = Math.Max(0, _pause - samplesPerPacket);
            if (_pause > 0 || !_waiting.TryDequeue(out pressed))
                return false;
            isFirst = true;
            (_duration, _endsSent) = (0, 0);
            Volatile.Write(ref _event, Events.IndexOf(pressed, StringComparison.Ordinal));
        }
        Write(payload);
        return true;
    }

    private void Write(Span<byte> payload)
    {
        _duration = Math.Min(_duration + samplesPerPacket, PressSamples);
        var isEnd = _duration == PressSamples;
        payload[0] = (byte)_event;
        payload[1] = (byte)(VolumeDbm0 | (isEnd ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)_duration);
        if (!isEnd || ++_endsSent < EndPackets)
            return;
        _pause = PauseSamples;
        Volatile.Write(ref _event, -1);
    }
}
