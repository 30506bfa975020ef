namespace Telephony.Sip.Transport;

/// <summary>The certificate that a trunk's servers are shown when they ask who connects to them over TLS. Its files are read again for each connection.</summary>
public sealed record ClientCertificateOptions
{
    /// <summary>The certificate with its chain: PEM, or PKCS #12 (<c>.pfx</c>, <c>.p12</c>) with the key in it. Empty for the one of <c>Telephony:Tls</c>, if there is one.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>The certificate's private key in PEM; empty when it is in <see cref="CertificateFile"/>.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>A file whose first line is the password of the key or of the PKCS #12 file; empty for none.</summary>
    public string PasswordFile { get; init; } = "";
}
