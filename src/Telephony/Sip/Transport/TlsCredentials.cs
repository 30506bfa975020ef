using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Telephony.Sip.Transport;

/// <summary>What TLS is spoken with, as it was in the files at one time: our certificate and the authorities that we trust.</summary>
/// <remarks>Never disposed of: handshakes under way may still hold it when newer ones take its place.</remarks>
internal sealed class TlsCredentials
{
    private TlsCredentials(X509Certificate2? certificate, X509Certificate2Collection chain, X509Certificate2Collection? authorities)
    {
        Certificate = certificate;
        Authorities = authorities;
        Context = certificate is null ? null : SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    /// <summary>Our certificate with its key; null where there is none.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>Our certificate as peers are shown it, with its chain; null where there is none.</summary>
    public SslStreamCertificateContext? Context { get; }

    /// <summary>Whom certificates of peers must come from; null for the system's choice.</summary>
    public X509Certificate2Collection? Authorities { get; }

    /// <summary>Reads the files.</summary>
    /// <exception cref="InvalidDataException">One cannot be read, or they do not fit together; its message names the setting and the file, never a secret.</exception>
    public static TlsCredentials Load(TlsFiles files)
    {
        var authorities = files.TrustedCa is null ? null
            : Read($"{files.Section}:{nameof(TlsOptions.TrustedCaFile)} = '{files.Options.TrustedCaFile}'", () => Authority(files.TrustedCa));
        if (files.Certificate is not { } bytes)
            return new(null, [], authorities);
        return Read($"{files.Section}:{nameof(TlsOptions.CertificateFile)} = '{files.Options.CertificateFile}'", () =>
        {
            var isPem = bytes.AsSpan().IndexOf("-----BEGIN"u8) >= 0;
            return isPem ? OfPem(bytes, files, authorities) : OfPkcs12(bytes, files, authorities);
        });
    }

    private static TlsCredentials OfPem(byte[] bytes, TlsFiles files, X509Certificate2Collection? authorities)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var keyText = files.Key is null ? text : Encoding.UTF8.GetString(files.Key);
        var certificate = files.Password is null ? X509Certificate2.CreateFromPem(text, keyText) : X509Certificate2.CreateFromEncryptedPem(text, keyText, files.Password);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(text);
        return new(certificate, chain, authorities);
    }

    private static TlsCredentials OfPkcs12(byte[] bytes, TlsFiles files, X509Certificate2Collection? authorities)
    {
        var all = X509CertificateLoader.LoadPkcs12Collection(bytes, files.Password);
        var certificate = all.FirstOrDefault(candidate => candidate.HasPrivateKey) ?? throw new CryptographicException("It holds no certificate with a private key.");
        return new(certificate, all, authorities);
    }

    private static X509Certificate2Collection Authority(byte[] pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(Encoding.UTF8.GetString(pem));
        return authorities.Count > 0 ? authorities : throw new CryptographicException("It holds no certificate in PEM.");
    }

    private static T Read<T>(string setting, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception unusable) when (unusable is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{setting} cannot be used:", unusable);
        }
    }
}
