using System.Buffers.Binary;

namespace Telephony.Rtp;

/// <summary>The payload of one telephone-event packet (RFC 4733 section 2.3): which key, whether it is up again, for how long it has been down.</summary>
/// <param name="Code">Event code: 0 to 15 are the keys, 16 is hook flash, the rest are tones and line signals.</param>
/// <param name="IsEnd">The event is over and <paramref name="DurationUnits"/> is final.</param>
/// <param name="DurationUnits">Time since the packet's timestamp, in clock units.</param>
public readonly record struct TelephoneEvent(byte Code, bool IsEnd, ushort DurationUnits)
{
    /// <summary>Bytes of one event.</summary>
    public const int Bytes = 4;

    private const string Keys = "0123456789*#ABCD";

    /// <summary>The key, or null for an event that is no key.</summary>
    public char? Digit => Code < Keys.Length ? Keys[Code] : null;

    /// <summary>Reads the first event of a payload; false when it is too short.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out TelephoneEvent telephoneEvent)
    {
        telephoneEvent = default;
        if (payload.Length < Bytes)
            return false;
        telephoneEvent = new TelephoneEvent(payload[0], (payload[1] & 0x80) != 0, BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
        return true;
    }
}
