using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Telephony.Tests.Sip.Identity.Stir;

/// <summary>An authority of the test's own, a carrier's certificate of it, and the tokens that the carrier signs.</summary>
internal sealed class StirSigner : IDisposable
{
    public const string CertificateUri = "https://cert.example.org/carrier.pem";
    public const string Caller = "12155551212";
    public const string Callee = "12355551213";

    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly DateTimeOffset _now;

    /// <param name="now">Certificates are valid from ten days before to ten days after.</param>
    public StirSigner(DateTimeOffset now)
    {
        _now = now;
        var request = new CertificateRequest("CN=Test policy authority", _rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = request.CreateSelfSigned(now.AddDays(-20), now.AddDays(20));
        Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Certificate = Issue(Key, ProviderCode("1234"));
    }

    public ECDsa Key { get; }

    /// <summary>The carrier's certificate, PEM.</summary>
    public byte[] Certificate { get; }

    public X509Certificate2Collection Authorities => [_root];

    /// <summary>A TNAuthList with a provider's code, which stands for all of its numbers.</summary>
    public static byte[] ProviderCode(string code) => AuthorizationList(writer =>
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            writer.WriteCharacterString(UniversalTagNumber.IA5String, code);
    });

    /// <summary>A TNAuthList with one number.</summary>
    public static byte[] Number(string number) => AuthorizationList(writer =>
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
            writer.WriteCharacterString(UniversalTagNumber.IA5String, number);
    });

    /// <summary>A TNAuthList with so many numbers from one on.</summary>
    public static byte[] Numbers(string first, int count) => AuthorizationList(writer =>
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, first);
            writer.WriteInteger(count);
        }
    });

    /// <summary>A certificate of the authority's.</summary>
    public byte[] Issue(ECDsa key, byte[]? authorizations, int validDays = 10)
    {
        var request = new CertificateRequest("CN=SHAKEN 1234", key, HashAlgorithmName.SHA256);
        if (authorizations is not null)
            request.CertificateExtensions.Add(new X509Extension("1.3.6.1.5.5.7.1.26", authorizations, critical: false));
        using var issued = request.Create(_root, _now.AddDays(-10), _now.AddDays(validDays), RandomNumberGenerator.GetBytes(8));
        return Encoding.ASCII.GetBytes(issued.ExportCertificatePem());
    }

    /// <summary>The value of an Identity header.</summary>
    /// <param name="iat">Seconds since 1970.</param>
    /// <param name="change">Changes the payload before it is signed.</param>
    /// <param name="attest">The claim.</param>
    /// <param name="header">The token's header, if not the usual one.</param>
    /// <param name="key">Who signs, if not the carrier.</param>
    public string Token(long iat, Func<string, string>? change = null, string attest = "A", string? header = null, ECDsa? key = null)
    {
        header ??= $$"""{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"{{CertificateUri}}"}""";
        var payload = $$"""{"attest":"{{attest}}","dest":{"tn":["{{Callee}}"]},"iat":{{iat}},"orig":{"tn":"{{Caller}}"},"origid":"123e4567-e89b-12d3-a456-426655440000"}""";
        return $"{Sign(header, change?.Invoke(payload) ?? payload, key)};info=<{CertificateUri}>;alg=ES256;ppt=\"shaken\"";
    }

    /// <summary>Header, payload and signature in base64url.</summary>
    public string Sign(string header, string payload, ECDsa? key = null)
    {
        var text = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}";
        return $"{text}.{Base64Url.EncodeToString((key ?? Key).SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    public void Dispose()
    {
        _rootKey.Dispose();
        _root.Dispose();
        Key.Dispose();
    }

    private static byte[] AuthorizationList(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            write(writer);
        return writer.Encode();
    }
}
