using System.Buffers;

namespace Telephony.Sip.Messages;

/// <summary>What <see cref="SipStreamFramer.TryRead"/> found at the front of a stream.</summary>
public enum SipFrame
{
    /// <summary>Nothing whole yet: read more.</summary>
    Incomplete,

    /// <summary>A whole message, not yet parsed.</summary>
    Message,

    /// <summary>A double CRLF, to be answered with a single one (RFC 5626 section 4.4.1).</summary>
    Ping,

    /// <summary>The stream can no longer be cut into messages: answer if possible, then close it.</summary>
    Failed,
}

/// <summary>Cuts a TCP stream into whole messages by Content-Length, between the transport's PipeReader and <see cref="SipParser"/> (RFC 3261 section 18.3).</summary>
/// <remarks>One per connection, owned by its read loop. Keeps its place between calls, so that however the bytes trickle in, each is looked at once.</remarks>
public sealed class SipStreamFramer
{
    private int _lineEnds;
    private long _scannedBytes;
    private long _messageBytes;

    /// <summary>Why reading failed; null before that.</summary>
    public SipParseFailure? Failure { get; private set; }

    /// <summary>Takes one message, or one ping, off the front of the buffer. Call again until it says <see cref="SipFrame.Incomplete"/>.</summary>
    /// <param name="buffer">What the stream holds; on return, what is left of it. Unread bytes must come again at the front next time.</param>
    /// <param name="message">The bytes of one message, valid as long as the buffer.</param>
    public SipFrame TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> message)
    {
        message = default;
        if (Failure is not null)
            return SipFrame.Failed;
        if (_messageBytes == 0)
        {
            if (_scannedBytes == 0 && SkipsPing(ref buffer))
                return SipFrame.Ping;
            if (_scannedBytes == 0 && MayBecomeLineEnd(buffer))
                return SipFrame.Incomplete;
            if (!TryFindHeadEnd(buffer, out var headBytes))
                return buffer.Length > SipLimits.MaxMessageBytes ? Fail(buffer, SipFault.MessageTooLong) : SipFrame.Incomplete;
            if (MeasureMessage(buffer.Slice(0, headBytes)) is { } fault)
                return Fail(buffer.Slice(0, headBytes), fault);
        }
        if (buffer.Length < _messageBytes)
            return SipFrame.Incomplete;
        message = buffer.Slice(0, _messageBytes);
        buffer = buffer.Slice(_messageBytes);
        _messageBytes = _scannedBytes = 0;
        return SipFrame.Message;
    }

    /// <summary>Skips the line ends before a message; two of them in a row are a ping.</summary>
    private bool SkipsPing(ref ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (_lineEnds < 2 && TryTakeLineEnd(ref reader))
            _lineEnds++;
        buffer = reader.UnreadSequence;
        var isPing = _lineEnds == 2;
        if (isPing || !MayBecomeLineEnd(buffer))
            _lineEnds = 0;
        return isPing;
    }

    private static bool MayBecomeLineEnd(in ReadOnlySequence<byte> buffer) =>
        buffer.IsEmpty || (buffer.Length == 1 && new SequenceReader<byte>(buffer).IsNext((byte)'\r'));

    private static bool TryTakeLineEnd(ref SequenceReader<byte> reader)
    {
        if (reader.IsNext((byte)'\n', advancePast: true))
            return true;
        return reader.IsNext("\r\n"u8, advancePast: true);
    }

    /// <summary>Looks for an empty line, going on where the last call stopped.</summary>
    private bool TryFindHeadEnd(in ReadOnlySequence<byte> buffer, out long headBytes)
    {
        var reader = new SequenceReader<byte>(buffer);
        reader.Advance(_scannedBytes);
        while (reader.TryAdvanceTo((byte)'\n', advancePastDelimiter: false))
        {
            _scannedBytes = reader.Consumed;   // come back to this line end while what follows is unknown
            reader.Advance(1);
            if (TryTakeLineEnd(ref reader))
            {
                headBytes = reader.Consumed;
                return headBytes <= SipLimits.MaxMessageBytes;
            }
            if (MayBecomeLineEnd(reader.UnreadSequence))
            {
                headBytes = 0;
                return false;
            }
        }
        _scannedBytes = buffer.Length;
        headBytes = 0;
        return false;
    }

    /// <summary>Adds up head and body; a message without Content-Length has no body.</summary>
    private SipFault? MeasureMessage(in ReadOnlySequence<byte> head)
    {
        var reader = new HeaderLineReader(head.IsSingleSegment ? head.FirstSpan : head.ToArray());
        reader.TryReadStartLine(out _);
        uint? contentLength = null;
        while (true)
        {
            var line = reader.Read(out var name, out var value);
            if (line is HeaderLineReader.Line.End or HeaderLineReader.Line.CutShort)
                break;
            if (line is not HeaderLineReader.Line.Header || !HeaderNames.IsContentLength(name))
                continue;
            if (!HeaderLineReader.TryDecode(value, out var text) || !SipText.TryParseNumber(text, int.MaxValue, out var length)
                || (contentLength ?? length) != length)
                return SipFault.ContentLength;
            contentLength = length;
        }
        _messageBytes = head.Length + (contentLength ?? 0);
        return _messageBytes > SipLimits.MaxMessageBytes ? SipFault.BodyTooLong : null;
    }

    private SipFrame Fail(in ReadOnlySequence<byte> head, SipFault fault)
    {
        var readable = head.Length > SipLimits.MaxMessageBytes ? head.Slice(0, SipLimits.MaxMessageBytes) : head;
        Failure = SipParser.ParseHead(readable.ToArray(), fault);
        return SipFrame.Failed;
    }
}
