using System.Buffers.Binary;

namespace GeminiLive.Wire;

/// <summary>Takes apart what a server sends: pieces of messages, and control frames between them (RFC 6455 section 5).</summary>
/// <remarks>Knows only what of the frame and the message under way is still to come; owned by the receive loop, allocates nothing.</remarks>
/// <param name="maxMessageBytes">Largest message.</param>
internal sealed class FrameReader(int maxMessageBytes)
{
    private const int Final = 0x80;
    private const int Reserved = 0x70;
    private const int Control = 0x08;
    private const int Masked = 0x80;

    private long _left;
    private long _messageBytes;
    private bool _isFinal;
    private bool _isInMessage;

    /// <summary>Payload of the data frame under way that is still to come; never more than the largest message.</summary>
    public int Left => (int)_left;

    /// <summary>What the server has done wrong, after <see cref="FrameKind.Bad"/>.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>The close code that tells it so.</summary>
    public int FaultCode { get; private set; }

    /// <summary>Reads on.</summary>
    /// <param name="bytes">What has come and was not read yet.</param>
    /// <param name="room">Bytes of payload that can be taken of a message, at least one; control frames are whole.</param>
    public FramePiece Read(ReadOnlySpan<byte> bytes, int room)
    {
        if (_left > 0)
            return bytes.IsEmpty ? default : TakeOf(bytes, 0, room);
        // |F|RSV|opcode|M|payload length|  16 or 64 bits of length  | payload ...
        if (bytes.Length < 2)
            return default;
        if ((bytes[0] & Reserved) != 0)
            return Bad(WebSocketCode.ProtocolError, "a frame with reserved bits");
        if ((bytes[1] & Masked) != 0)
            return Bad(WebSocketCode.ProtocolError, "a masked frame");
        return (bytes[0] & Control) != 0 ? ReadControl(bytes) : ReadData(bytes, room);
    }

    /// <summary>Takes payload that was read elsewhere, past <see cref="Read"/>; at most <see cref="Left"/>.</summary>
    /// <returns>True when it ends the message.</returns>
    public bool Take(int payloadBytes) => Take(0, payloadBytes).EndsMessage;

    private FramePiece TakeOf(ReadOnlySpan<byte> bytes, int start, int room) => Take(start, (int)Math.Min(Math.Min(bytes.Length - start, room), _left));

    private FramePiece Take(int start, int count)
    {
        _left -= count;
        var ends = _left == 0 && _isFinal;
        if (ends)
            (_isInMessage, _messageBytes) = (false, 0);
        return new FramePiece(FrameKind.Data, start, count, ends);
    }

    private FramePiece ReadControl(ReadOnlySpan<byte> bytes)
    {
        if ((bytes[0] & Final) == 0)
            return Bad(WebSocketCode.ProtocolError, "a control frame in fragments");
        if (bytes[1] > FrameWriter.MaxControlBytes)
            return Bad(WebSocketCode.ProtocolError, "a control frame of more than 125 bytes");
        FrameKind? kind = (bytes[0] & 0x0F) switch
        {
            FrameWriter.Close => FrameKind.Close,
            FrameWriter.Ping => FrameKind.Ping,
            FrameWriter.Pong => FrameKind.Pong,
            _ => null,
        };
        if (kind is null)
            return Bad(WebSocketCode.ProtocolError, "a frame of an unknown kind");
        return bytes.Length < 2 + bytes[1] ? default : new FramePiece(kind.Value, 2, bytes[1]);
    }

    private FramePiece ReadData(ReadOnlySpan<byte> bytes, int room)
    {
        var opcode = bytes[0] & 0x0F;
        if (opcode > FrameWriter.Binary)
            return Bad(WebSocketCode.ProtocolError, "a frame of an unknown kind");
        if ((opcode == FrameWriter.Continuation) != _isInMessage)
            return Bad(WebSocketCode.ProtocolError, _isInMessage ? "a message within a message" : "a fragment of no message");
        var start = bytes[1] switch { 126 => 4, 127 => 10, _ => 2 };
        if (bytes.Length < start)
            return default;
        var length = start switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            10 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => bytes[1],
        };
        if (length > long.MaxValue)
            return Bad(WebSocketCode.ProtocolError, "a frame with a negative length");
        if (length > (ulong)(maxMessageBytes - _messageBytes))
            return Bad(WebSocketCode.MessageTooBig, $"a message of more than {maxMessageBytes} bytes");
        (_left, _isFinal, _isInMessage) = ((long)length, (bytes[0] & Final) != 0, true);
        _messageBytes += _left;
        return TakeOf(bytes, start, room);
    }

    private FramePiece Bad(int code, string fault)
    {
        (FaultCode, Fault) = (code, fault);
        return new FramePiece(FrameKind.Bad);
    }
}
