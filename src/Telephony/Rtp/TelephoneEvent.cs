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

    /// <summary>The keys in the order of their event codes.</summary>
    internal const string Keys = "0123456789*#ABCD";

    // In -dBm0: what telephones send (RFC 4733 section 2.3.4 allows 0 to 63).
    private const byte Volume = 10;

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

    /// <summary>The same event with its duration in units of another clock.</summary>
    internal TelephoneEvent Rescaled(int fromHz, int toHz) => this with { DurationUnits = (ushort)Math.Min((long)DurationUnits * toHz / fromHz, ushort.MaxValue) };

    /// <summary>Event code of a key, in either case.</summary>
    public static bool TryGetCode(char key, out byte code)
    {
        var index = Keys.IndexOf(char.ToUpperInvariant(key), StringComparison.Ordinal);
        code = (byte)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>Writes the payload.</summary>
    /// <param name="payload">Room for at least <see cref="Bytes"/> bytes.</param>
    public void Write(Span<byte> payload)
    {
        payload[0] = Code;
        payload[1] = (byte)((IsEnd ? 0x80 : 0) | Volume);
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], DurationUnits);
    }
}
