using System.Buffers;
using System.Text;

namespace Telephony.Sip.Messages;

/// <summary>Bytes -> message, behind every transport and ahead of the transaction layer. Linear in time and memory, and never throws.</summary>
/// <remarks>
/// Thread-safe. Accepts what people send (compact forms, folds, bare LF, odd white space) and refuses what two readers could read in two
/// ways (repeated single headers, differing lengths, control characters). Allocates the message, one string a header, and the body.
/// </remarks>
public static class SipParser
{
    /// <summary>Reads one datagram, or one frame of <see cref="SipStreamFramer"/>; bytes beyond Content-Length are ignored (RFC 3261 section 18.3).</summary>
    public static SipParseResult Parse(ReadOnlySpan<byte> datagramOrFrame)
    {
        var bytes = datagramOrFrame.TrimStart("\r\n"u8);
        var reader = new HeaderLineReader(bytes);
        if (bytes.Length > SipLimits.MaxMessageBytes)
            return new SipParseResult(null, ParseHead(bytes[..SipLimits.MaxMessageBytes], SipFault.MessageTooLong));
        if (!reader.TryReadStartLine(out var startLine))
            return Failed(null, SipFault.StartLine);

        var fault = StartLine.Parse(startLine, out var message);
        if (message is null)
            return Failed(null, fault!);
        fault = Earlier(fault, ReadHeaders(ref reader, message.Headers, out var contentLength));
        fault ??= MessageRules.Check(message);
        fault ??= TakeBody(bytes[reader.Position..], contentLength, message);
        return fault is null ? new SipParseResult(message, null) : Failed(message, fault);
    }

    /// <summary>Reads a frame that may lie in several segments.</summary>
    public static SipParseResult Parse(in ReadOnlySequence<byte> frame) => Parse(frame.IsSingleSegment ? frame.FirstSpan : frame.ToArray());

    /// <summary>Reads a head whose message is refused anyway, for what is needed to answer.</summary>
    internal static SipParseFailure ParseHead(ReadOnlySpan<byte> head, SipFault fault)
    {
        var reader = new HeaderLineReader(head.TrimStart("\r\n"u8));
        SipMessage? message = null;
        if (reader.TryReadStartLine(out var startLine))
            StartLine.Parse(startLine, out message);
        if (message is not null)
            ReadHeaders(ref reader, message.Headers, out _);
        return Failed(message, fault).Failure!;
    }

    /// <summary>Reads all headers it can, even after a fault, because the answer needs them.</summary>
    /// <returns>The first fault, or null.</returns>
    private static SipFault? ReadHeaders(ref HeaderLineReader reader, SipHeaders headers, out int? contentLength)
    {
        SipFault? fault = null;
        contentLength = null;
        for (var count = 0; ; count++)
        {
            var line = reader.Read(out var name, out var value);
            if (line is HeaderLineReader.Line.End)
                return fault;
            if (line is HeaderLineReader.Line.CutShort)
                return Earlier(fault, SipFault.NoEndOfHeaders);
            if (count == SipLimits.MaxHeaders)
                return Earlier(fault, SipFault.TooManyHeaders);
            fault = Earlier(fault, line switch
            {
                HeaderLineReader.Line.TooLong => SipFault.HeaderTooLong,
                HeaderLineReader.Line.Malformed => SipFault.HeaderLine,
                _ => TakeHeader(name, value, headers, ref contentLength),
            });
        }
    }

    private static SipFault? TakeHeader(ReadOnlySpan<byte> nameBytes, ReadOnlySpan<byte> valueBytes, SipHeaders headers, ref int? contentLength)
    {
        if (!HeaderLineReader.TryDecode(valueBytes, out var value))
            return SipFault.HeaderLine;
        var name = DecodeName(nameBytes);
        if (name != HeaderNames.ContentLength)
        {
            headers.AddChecked(name, value);
            return null;
        }
        if (!SipText.TryParseNumber(value, int.MaxValue, out var length) || (contentLength ?? (int)length) != length)
            return SipFault.ContentLength;
        contentLength = (int)length;
        return null;
    }

    private static string DecodeName(ReadOnlySpan<byte> name)
    {
        const int LongestKnown = 32;
        if (name.Length > LongestKnown)
            return Encoding.ASCII.GetString(name);
        Span<char> text = stackalloc char[LongestKnown];
        return HeaderNames.Canonical(text[..Encoding.ASCII.GetChars(name, text)]);
    }

    private static SipFault? TakeBody(ReadOnlySpan<byte> rest, int? contentLength, SipMessage message)
    {
        var length = contentLength ?? rest.Length;
        if (length > rest.Length)
            return SipFault.BodyCutShort;
        message.Body = rest[..length].ToArray();
        return null;
    }

    private static SipFault? Earlier(SipFault? first, SipFault? later) => first ?? later;

    private static SipParseResult Failed(SipMessage? message, SipFault fault) =>
        new(null, new SipParseFailure(fault.StatusCode, fault.Reason, MessageRules.Answerable(message)));
}
