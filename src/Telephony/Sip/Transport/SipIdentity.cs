using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Transport;

/// <summary>Names that a certificate proves as a SIP URI: <c>sip:example.com</c> among its subject alternative names (RFC 5922 section 7.1).</summary>
/// <remarks>Names and addresses of the usual kinds are the TLS stack's business.</remarks>
internal static class SipIdentity
{
    private const string SubjectAlternativeName = "2.5.29.17";

    private static readonly Asn1Tag UriName = new(TagClass.ContextSpecific, 6);   // RFC 5280 section 4.2.1.6

    /// <summary>Whether one of its SIP URIs is for the whole domain of that name; one with a user part is for that user only.</summary>
    public static bool Proves(X509Certificate2 certificate, string serverName)
    {
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value == SubjectAlternativeName && Uris(extension.RawData).Any(uri => IsDomain(uri, serverName)))
                return true;
        }
        return false;
    }

    private static bool IsDomain(string text, string serverName) =>
        SipUri.TryParse(text, out var uri) && uri is { IsSip: true, UserInfo: null } && uri.Host.Equals(serverName, StringComparison.OrdinalIgnoreCase);

    private static List<string> Uris(byte[] extension)
    {
        List<string> uris = [];
        try
        {
            var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                if (names.PeekTag().HasSameClassAndValue(UriName))
                    uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriName));
                else
                    names.ReadEncodedValue();
            }
        }
        catch (AsnContentException)
        {
            return [];
        }
        return uris;
    }
}
