using System.Buffers;
using System.Globalization;
using System.Text;

namespace Telephony.Sip.Messages;

/// <summary>Message to bytes: start line, header lines in order, Content-Length from the body, body (RFC 3261 section 7).</summary>
public static class SipWriter
{
    /// <summary>Appends the whole message.</summary>
    public static void Write(SipMessage message, IBufferWriter<byte> output)
    {
        WriteText(output, message.ToString()!);
        output.Write("\r\n"u8);
        for (var i = 0; i < message.Headers.Count; i++)
        {
            var line = message.Headers[i];
            if (line.Name == HeaderNames.ContentLength)
                continue;   // whatever somebody set, the body decides
            WriteText(output, line.Name);
            output.Write(": "u8);
            WriteText(output, line.Value);
            output.Write("\r\n"u8);
        }
        output.Write("Content-Length: "u8);
        WriteText(output, message.Body.Length.ToString(CultureInfo.InvariantCulture));
        output.Write("\r\n\r\n"u8);
        output.Write(message.Body.Span);
    }

    private static void WriteText(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
