using System.Text;

namespace Simulation.Phone;

/// <summary>Cuts a TCP stream into SIP messages by Content-Length (RFC 3261 section 18.3), between <see cref="TcpSipLine"/> and the dialog.</summary>
internal sealed class SipTextFramer
{
    private readonly byte[] _buffer = new byte[128 * 1024];
    private int _count;

    /// <summary>Where the next received bytes go.</summary>
    public Memory<byte> Free => _buffer.AsMemory(_count);

    /// <summary>Whether a message is longer than the caller accepts.</summary>
    public bool IsFull => _count == _buffer.Length;

    /// <summary>Says that bytes were written to <see cref="Free"/>.</summary>
    public void Advance(int count) => _count += count;

    /// <summary>Takes the next whole message; messages that are not SIP are skipped.</summary>
    public bool TryTake(out SipText? message)
    {
        message = null;
        while (TryMeasure(out var length))
        {
            var isSip = SipText.TryParse(_buffer.AsSpan(0, length), out message);
            Remove(length);
            if (isSip)
                return true;
        }
        return false;
    }

    private bool TryMeasure(out int length)
    {
        SkipLineEnds();
        var headEnd = _buffer.AsSpan(0, _count).IndexOf("\r\n\r\n"u8);
        length = headEnd < 0 ? 0 : headEnd + 4 + ContentLength(_buffer.AsSpan(0, headEnd));
        return headEnd >= 0 && length <= _count;
    }

    // Keep-alives: CRLF CRLF and its answer CRLF (RFC 5626 section 4.4.1).
    private void SkipLineEnds()
    {
        var lineEnds = _buffer.AsSpan(0, _count).IndexOfAnyExcept((byte)'\r', (byte)'\n');
        Remove(lineEnds < 0 ? _count : lineEnds);
    }

    private void Remove(int bytes)
    {
        _buffer.AsSpan(bytes, _count - bytes).CopyTo(_buffer);
        _count -= bytes;
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        foreach (var line in Encoding.UTF8.GetString(head).Split("\r\n"))
        {
            var pair = line.Split(':', 2);
            var isLength = pair.Length == 2 && pair[0].Trim().ToUpperInvariant() is "CONTENT-LENGTH" or "L";
            if (isLength && int.TryParse(pair[1], out var length) && length >= 0)
                return length;
        }
        return 0;
    }
}
