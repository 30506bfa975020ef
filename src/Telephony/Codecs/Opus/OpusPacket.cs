namespace Telephony.Codecs.Opus;

/// <summary>What the head of an Opus packet says (RFC 6716 section 3): checked before a byte of it goes to the library.</summary>
/// <param name="Frames">Frames in the packet, 1 to 48.</param>
/// <param name="FrameUnits">Length of a frame in units of 48 kHz: 2.5 to 60 ms.</param>
/// <param name="FirstFrameAt">Where the first frame's bytes begin.</param>
/// <param name="FirstFrameBytes">How many they are; 0 when its sender had nothing to say (DTX).</param>
internal readonly record struct OpusPacket(int Frames, int FrameUnits, int FirstFrameAt, int FirstFrameBytes)
{
    private const int MaxFrameBytes = 1275;
    private const int UnitsPerMs = 48;
    private const int MaxUnits = 120 * UnitsPerMs;

    /// <summary>Length of the packet in units of 48 kHz, at most 120 ms.</summary>
    public int Units => Frames * FrameUnits;

    /// <summary>Reads and checks a packet by the rules R1 to R7 of RFC 6716 section 3.4; false for a malformed one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out OpusPacket packet)
    {
        packet = default;
        if (payload.IsEmpty)
            return false;
        var units = FrameUnitsOf(payload[0] >> 3);
        var rest = payload.Length - 1;
        switch (payload[0] & 3)
        {
            case 0:
                packet = new OpusPacket(1, units, 1, rest);
                return rest <= MaxFrameBytes;
            case 1:
                packet = new OpusPacket(2, units, 1, rest / 2);
                return rest % 2 == 0 && rest / 2 <= MaxFrameBytes;
            case 2:
                return TryParsePair(payload, units, out packet);
            default:
                return TryParseMany(payload, units, out packet);
        }
    }

    /// <summary>Whether the packet repeats the audio before it at a lower rate (RFC 6716 section 4.2.5: the LBRR flag behind the frames' activity flags).</summary>
    public bool HasRedundancy(ReadOnlySpan<byte> payload)
    {
        var isSilk = payload[0] >> 3 < 16;   // the modes from 16 on are CELT alone
        if (!isSilk || FirstFrameBytes == 0)
            return false;
        var flags = payload[FirstFrameAt];
        var speechFrames = Math.Max(1, FrameUnits / (20 * UnitsPerMs));
        var isStereo = (payload[0] & 4) != 0;
        return (flags >> (7 - speechFrames) & 1) != 0 || (isStereo && (flags >> (6 - 2 * speechFrames) & 1) != 0);
    }

    // Section 3.1, table 2.
    private static int FrameUnitsOf(int configuration) => UnitsPerMs * 5 / 2 * configuration switch
    {
        < 12 => (configuration & 3) switch { 0 => 4, 1 => 8, 2 => 16, _ => 24 },   // SILK: 10, 20, 40, 60 ms
        < 16 => (configuration & 1) == 0 ? 4 : 8,                                   // hybrid: 10, 20 ms
        _ => 1 << (configuration & 3),                                              // CELT: 2.5, 5, 10, 20 ms
    };

    private static bool TryParsePair(ReadOnlySpan<byte> payload, int units, out OpusPacket packet)
    {
        packet = default;
        if (!TryReadLength(payload, 1, out var first, out var at) || first > payload.Length - at || payload.Length - at - first > MaxFrameBytes)
            return false;
        packet = new OpusPacket(2, units, at, first);
        return true;
    }

    private static bool TryParseMany(ReadOnlySpan<byte> payload, int units, out OpusPacket packet)
    {
        packet = default;
        if (payload.Length < 2)
            return false;
        var frames = payload[1] & 0x3F;
        if (frames == 0 || frames * units > MaxUnits)
            return false;
        var at = 2;
        if ((payload[1] & 0x40) != 0 && !TrySkipPadding(ref payload, ref at))
            return false;
        var isVariable = (payload[1] & 0x80) != 0;
        if (!(isVariable ? TryReadLengths(payload, frames, ref at, out var first) : TryShare(payload.Length - at, frames, out first)))
            return false;
        packet = new OpusPacket(frames, units, at, first);
        return true;
    }

    // Padding is counted before the lengths and lies at the end.
    private static bool TrySkipPadding(ref ReadOnlySpan<byte> payload, ref int at)
    {
        var padding = 0;
        byte count;
        do
        {
            if (at >= payload.Length)
                return false;
            count = payload[at++];
            padding += count == 255 ? 254 : count;
        }
        while (count == 255);
        if (padding > payload.Length - at)
            return false;
        payload = payload[..^padding];
        return true;
    }

    private static bool TryReadLengths(ReadOnlySpan<byte> payload, int frames, ref int at, out int first)
    {
        first = 0;
        var total = 0;
        for (var i = 0; i < frames - 1; i++)
        {
            if (!TryReadLength(payload, at, out var length, out at))
                return false;
            if (i == 0)
                first = length;
            total += length;
        }
        var last = payload.Length - at - total;
        if (frames == 1)
            first = last;
        return last is >= 0 and <= MaxFrameBytes;
    }

    private static bool TryShare(int bytes, int frames, out int first)
    {
        first = bytes / frames;
        return bytes >= 0 && bytes % frames == 0 && first <= MaxFrameBytes;
    }

    // Section 3.2.1: one byte below 252, else that plus four times the next.
    private static bool TryReadLength(ReadOnlySpan<byte> payload, int at, out int length, out int next)
    {
        length = 0;
        next = at;
        if (at >= payload.Length)
            return false;
        length = payload[at];
        next = at + 1;
        if (length < 252)
            return true;
        if (next >= payload.Length)
            return false;
        length += 4 * payload[next++];
        return true;
    }
}
