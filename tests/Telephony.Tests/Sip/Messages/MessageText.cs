using System.Buffers;
using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

/// <summary>Text to message and back, for the tests of this folder.</summary>
internal static class MessageText
{
    /// <summary>Parses a message that must be acceptable.</summary>
    public static SipMessage Parse(byte[] bytes)
    {
        var result = SipParser.Parse(bytes);
        Assert.Null(result.Failure);
        return result.Message!;
    }

    /// <summary>Parses a request given as text with LF line ends, which become CRLF.</summary>
    public static SipRequest Request(string text) => Assert.IsType<SipRequest>(Parse(Bytes(text)));

    /// <summary>Parses a response given as text with LF line ends, which become CRLF.</summary>
    public static SipResponse Response(string text) => Assert.IsType<SipResponse>(Parse(Bytes(text)));

    /// <summary>Parses what must be refused.</summary>
    public static SipParseFailure Failure(string text) => Failure(Bytes(text));

    /// <summary>Parses what must be refused.</summary>
    public static SipParseFailure Failure(byte[] bytes)
    {
        var result = SipParser.Parse(bytes);
        Assert.Null(result.Message);
        return result.Failure!;
    }

    /// <summary>UTF-8 with CRLF line ends.</summary>
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));

    /// <summary>The message as it goes out.</summary>
    public static byte[] Write(SipMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        SipWriter.Write(message, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Asserts that start line, header lines and body are the same.</summary>
    public static void AssertSame(SipMessage expected, SipMessage actual)
    {
        Assert.Equal(expected.ToString(), actual.ToString());
        Assert.Equal(expected.Headers, actual.Headers);
        Assert.Equal(expected.Body.ToArray(), actual.Body.ToArray());
    }
}
