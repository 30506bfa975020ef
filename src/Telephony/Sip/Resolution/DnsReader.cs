using System.Buffers.Binary;
using System.Text;

namespace Telephony.Sip.Resolution;

/// <summary>Reads the fields of a DNS message one after the other; false at anything that does not fit.</summary>
/// <remarks>Names may point back to earlier ones (RFC 1035 section 4.1.4). A pointer must lead strictly before the place that it was reached from, so that
/// no loop is possible, and a name is at most 255 bytes long (RFC 1035 section 2.3.4).</remarks>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private const int MaxNameChars = 253;   // 255 bytes with the first length and the final zero
    private const int PointerMask = 0xC0;

    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>Where the next field starts.</summary>
    public int Position { get; private set; }

    public bool TryReadUInt16(out ushort value)
    {
        var isThere = BinaryPrimitives.TryReadUInt16BigEndian(_message[Position..], out value);
        Position += isThere ? sizeof(ushort) : 0;
        return isThere;
    }

    public bool TryReadUInt32(out uint value)
    {
        var isThere = BinaryPrimitives.TryReadUInt32BigEndian(_message[Position..], out value);
        Position += isThere ? sizeof(uint) : 0;
        return isThere;
    }

    public bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count > _message.Length - Position)
            return false;
        bytes = _message.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>A text with its length in front.</summary>
    public bool TryReadText(out string text)
    {
        text = "";
        if (!TryReadBytes(1, out var length) || !TryReadBytes(length[0], out var bytes))
            return false;
        text = Encoding.Latin1.GetString(bytes);
        return true;
    }

    /// <summary>A domain name, in lower case, without the final dot; the root is empty.</summary>
    public bool TryReadName(out string name)
    {
        name = "";
        Span<char> text = stackalloc char[MaxNameChars];
        var length = 0;
        var next = Position;
        var limit = Position;   // where a pointer may lead at most
        var hasJumped = false;
        while (next < _message.Length)
        {
            int label = _message[next];
            if ((label & PointerMask) == PointerMask)
            {
                if (next + 1 >= _message.Length)
                    return false;
                if (!hasJumped)
                    Position = next + 2;
                hasJumped = true;
                next = ((label & ~PointerMask) << 8) | _message[next + 1];
                if (next >= limit)
                    return false;
                limit = next;
                continue;
            }
            next++;
            if (label == 0)
            {
                if (!hasJumped)
                    Position = next;
                name = new string(text[..length]);
                return true;
            }
            if (!TryAppend(text, ref length, next, label))
                return false;
            next += label;
        }
        return false;
    }

    private readonly bool TryAppend(Span<char> text, ref int length, int start, int label)
    {
        if ((label & PointerMask) != 0 || label > _message.Length - start || length + 1 + label > text.Length)
            return false;
        if (length > 0)
            text[length++] = '.';
        foreach (var octet in _message.Slice(start, label))
        {
            // A dot within a label, or what is no letter at all, belongs to no server that could be meant.
            if (octet is <= (byte)' ' or >= 0x7F or (byte)'.')
                return false;
            text[length++] = char.ToLowerInvariant((char)octet);
        }
        return true;
    }
}
