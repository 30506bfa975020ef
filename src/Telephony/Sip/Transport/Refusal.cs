using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Transport;

/// <summary>Responses without a transaction: to what cannot be parsed, and to what there is no room for (RFC 3261 section 8.2.7).</summary>
internal static class Refusal
{
    private static readonly byte[] TagSecret = RandomNumberGenerator.GetBytes(16);

    /// <summary>The answer to an unreadable message, or null when silence is right.</summary>
    public static SipResponse? Of(SipParseFailure failure) =>
        failure.Answerable is { } request ? Of(request, failure.StatusCode, failure.Reason) : null;

    /// <summary>A final response whose To tag is the same each time the request is repeated.</summary>
    public static SipResponse Of(SipRequest request, int statusCode, string? reasonPhrase = null) =>
        SipResponse.For(request, statusCode, reasonPhrase, Tag(request));

    /// <summary>The bytes of a message, for any transport.</summary>
    public static ReadOnlyMemory<byte> Serialize(SipMessage message)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        SipWriter.Write(message, output);
        return output.WrittenMemory;
    }

    private static string Tag(SipRequest request)
    {
        var identity = $"{request.CallId} {request.Headers.GetFirst(HeaderNames.From)} {request.Headers.GetFirst(HeaderNames.CSeq)}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(TagSecret, Encoding.UTF8.GetBytes(identity)).AsSpan(0, 8));
    }
}
