using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Telephony.Sip.Identity.Stir;

/// <summary>A certificate that tokens are signed with, judged once: who vouches for it, until when, and its key.</summary>
/// <remarks>Immutable; any thread.</remarks>
internal sealed class SigningCertificate
{
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly X509Certificate2? _leaf;

    private SigningCertificate(X509Certificate2? leaf, string fault) => (_leaf, Fault) = (leaf, fault);

    /// <summary>Why it may not sign; empty when it may.</summary>
    public string Fault { get; }

    /// <summary>First moment at which it may no longer sign.</summary>
    public DateTimeOffset Expires => _leaf is null ? DateTimeOffset.MinValue : new DateTimeOffset(_leaf.NotAfter.ToUniversalTime());

    /// <summary>Reads what was fetched: a PEM chain with the signer first, or one certificate in DER. Never throws.</summary>
    /// <param name="bytes">What the server sent.</param>
    /// <param name="authorities">Who may vouch.</param>
    /// <param name="now">At which time it must be valid.</param>
    public static SigningCertificate Read(byte[] bytes, X509Certificate2Collection authorities, DateTimeOffset now)
    {
        try
        {
            var chain = Certificates(bytes);
            return chain.Count == 0 ? new(null, "it is no certificate") : new(chain[0], Judge(chain, authorities, now));
        }
        catch (CryptographicException unusable)
        {
            return new(null, $"it cannot be used: {unusable.Message}");   // the readers' only way to say so
        }
    }

    /// <summary>Whether the key made that signature (ES256, RFC 7518 section 3.4).</summary>
    public bool Verifies(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        using var key = _leaf?.GetECDsaPublicKey();
        return key is not null && key.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Whether it may sign for a number.</summary>
    public bool Covers(string? digits) => _leaf is not null && TnAuthorization.Covers(_leaf, digits);

    private static X509Certificate2Collection Certificates(byte[] bytes)
    {
        var chain = new X509Certificate2Collection();
        if (bytes.AsSpan().IndexOf("-----BEGIN"u8) >= 0)
            chain.ImportFromPem(Encoding.UTF8.GetString(bytes));
        else
            chain.Add(X509CertificateLoader.LoadCertificate(bytes));
        return chain;
    }

    private static string Judge(X509Certificate2Collection fetched, X509Certificate2Collection authorities, DateTimeOffset now)
    {
        if (!IsP256(fetched[0]))
            return "its key is not of the curve P-256";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ExtraStore.AddRange(fetched);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;   // a stranger's certificate names no further address that we ask
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        return chain.Build(fetched[0]) ? "" : $"no trusted authority vouches for it ({string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())})";
    }

    private static bool IsP256(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPublicKey();
        return key?.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256;
    }
}
