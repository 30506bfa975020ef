using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Identity.Stir;

/// <summary>Writes the parts that a compact token leaves out, from the request that carries it (RFC 8224 section 7, RFC 8225 section 9).</summary>
internal static class CompactForm
{
    /// <summary>The token with its header and payload; null when the request does not tell them. Only the plain kind can be compact: others say what SIP does not.</summary>
    public static IdentityToken? Expand(IdentityToken token, SipRequest invite, string countryCode)
    {
        if (token.Kind is not null || !TryReadDate(invite.Headers.GetFirst(HeaderNames.Date), out var date))
            return null;
        var header = $$"""{"alg":{{Json(token.Algorithm)}},"typ":"passport","x5u":{{Json(token.Info)}}}""";
        var payload = $$"""{"dest":{{Party(invite.To.Uri, countryCode, isList: true)}},"iat":{{date.ToString(CultureInfo.InvariantCulture)}},"orig":{{Party(invite.From.Uri, countryCode, isList: false)}}}""";
        return token with { Header = Encode(header), Payload = Encode(payload) };
    }

    private static bool TryReadDate(string? text, out long seconds)
    {
        var isDate = DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date);
        seconds = isDate ? date.ToUnixTimeSeconds() : 0;
        return isDate;
    }

    private static string Party(SipUri uri, string countryCode, bool isList)
    {
        var (kind, name) = TelephoneNumber.Global(TelephoneNumber.Of(uri), countryCode) is { } number ? ("tn", number) : ("uri", uri.ToString());
        return isList ? $$"""{"{{kind}}":[{{Json(name)}}]}""" : $$"""{"{{kind}}":{{Json(name)}}}""";
    }

    // Without white space, and escaped no further than JSON demands (RFC 8225 section 9).
    private static string Json(string text) => JsonSerializer.Serialize(text, CompactFormJson.Plain.String);

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
