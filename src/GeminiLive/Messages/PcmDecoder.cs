using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace GeminiLive.Messages;

/// <summary>Base64 in the receive buffer -> PCM16, straight into a buffer that is used again; an odd byte waits for the next part.</summary>
/// <remarks>Owned by the receive loop. Allocates when a part is larger than any before.</remarks>
internal sealed class PcmDecoder
{
    private short[] _pcm = new short[4_800];
    private byte[] _unescaped = [];
    private byte _carry;
    private bool _hasCarry;

    /// <summary>Parts dropped because they were no base64.</summary>
    public int MalformedParts { get; private set; }

    /// <summary>Forgets the odd byte: the next part belongs to another generation.</summary>
    public void Reset() => _hasCarry = false;

    /// <summary>Decodes one part.</summary>
    /// <returns>Whole samples, valid until the next call; empty when the part was malformed.</returns>
    public ReadOnlySpan<short> Decode(ReadOnlySpan<byte> json, AudioPart part)
    {
        var base64 = json.Slice(part.Start, part.Length);
        if (part.IsEscaped)
            base64 = Unescape(base64);
        var neededSamples = Base64.GetMaxDecodedFromUtf8Length(base64.Length) / sizeof(short) + 2;
        if (_pcm.Length < neededSamples)
            _pcm = new short[neededSamples];

        var bytes = MemoryMarshal.AsBytes(_pcm.AsSpan());
        bytes[0] = _carry;
        var carried = _hasCarry ? 1 : 0;
        if (!TryDecode(base64, bytes[carried..], out var decoded))
        {
            MalformedParts++;
            return [];
        }
        var total = carried + decoded;
        _hasCarry = total % 2 == 1;
        if (_hasCarry)
            _carry = bytes[total - 1];
        return _pcm.AsSpan(0, total / 2);
    }

    // The service writes the standard alphabet; some of its libraries write the URL-safe one, with or without padding.
    private static bool TryDecode(ReadOnlySpan<byte> base64, Span<byte> bytes, out int decoded) =>
        Base64.DecodeFromUtf8(base64, bytes, out _, out decoded) == OperationStatus.Done
        || Base64Url.DecodeFromUtf8(base64, bytes, out _, out decoded) == OperationStatus.Done;

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (_unescaped.Length < text.Length)
            _unescaped = new byte[text.Length];
        var length = 0;
        while (text.IndexOf((byte)'\\') is >= 0 and var escape)
        {
            text[..escape].CopyTo(_unescaped.AsSpan(length));
            length += escape;
            // Base64 knows two characters that JSON may escape, '+' and '/'; the reader has seen that each escape is whole.
            var isHex = text[escape + 1] == (byte)'u';
            _unescaped[length++] = isHex ? HexByte(text.Slice(escape + 4, 2)) : text[escape + 1];
            text = text[(escape + (isHex ? 6 : 2))..];
        }
        text.CopyTo(_unescaped.AsSpan(length));
        return _unescaped.AsSpan(0, length + text.Length);
    }

    private static byte HexByte(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out byte value, out _, 'X') ? value : (byte)0;
}
