namespace Telephony.Sip.Transport;

/// <summary>Whether those who connect to us over TLS must prove who they are.</summary>
public enum ClientCertificateMode
{
    /// <summary>Not asked for.</summary>
    None,

    /// <summary>Asked for; one that is shown must be good.</summary>
    Optional,

    /// <summary>No connection without a good one (mutual TLS).</summary>
    Required,
}

/// <summary>Certificates and bounds of SIP over TLS, for every <c>tls://</c> address that is listened on and every connection opened from it.</summary>
public sealed record TlsOptions
{
    /// <summary>Our certificate with its chain: PEM, or PKCS #12 (<c>.pfx</c>, <c>.p12</c>) with the key in it. Read again when the file changes.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>The certificate's private key in PEM; empty when it is in <see cref="CertificateFile"/>.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>A file whose first line is the password of the key or of the PKCS #12 file; empty for none.</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>PEM file with the authorities that peers' certificates must come from; empty for those that the system trusts.</summary>
    public string TrustedCaFile { get; init; } = "";

    /// <summary>Whether peers that connect to us must show a certificate.</summary>
    public ClientCertificateMode ClientCertificate { get; init; } = ClientCertificateMode.None;

    /// <summary>Whether a server that we connect to must prove its name by a certificate that we trust. Off is for laboratories.</summary>
    public bool CheckServers { get; init; } = true;

    /// <summary>Whether the authority is asked if a certificate was withdrawn; one that cannot be asked about is refused.</summary>
    public bool CheckRevocation { get; init; }

    /// <summary>Host name of ours that the certificate proves, for Via and Contact over TLS; empty for the address.</summary>
    public string PublicName { get; init; } = "";

    /// <summary>How long a handshake may take. 1 s to 1 min.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Handshakes under way at once on one listen address; a further one ends the oldest of the source that has most.</summary>
    public int MaxHandshakes { get; init; } = 400;

    /// <summary>Handshakes under way at once from one source; a further one ends its oldest.</summary>
    public int MaxHandshakesPerAddress { get; init; } = 100;
}
