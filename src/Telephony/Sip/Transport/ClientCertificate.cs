namespace Telephony.Sip.Transport;

/// <summary>Which certificate a trunk's servers are shown; connections with different ones are not shared.</summary>
/// <param name="Setting">Where it is configured, such as <c>Telephony:Trunks:provider:ClientCertificate</c>.</param>
/// <param name="Options">Its files.</param>
internal sealed record ClientCertificate(string Setting, ClientCertificateOptions Options)
{
    /// <summary>Reads the files.</summary>
    /// <exception cref="InvalidDataException">One cannot be read.</exception>
    public TlsFiles Read() => TlsFiles.Read(
        new TlsOptions { CertificateFile = Options.CertificateFile, KeyFile = Options.KeyFile, PasswordFile = Options.PasswordFile }, Setting);

    /// <summary>Reads the files and takes the certificate out of them.</summary>
    /// <exception cref="InvalidDataException">One cannot be read, or they do not fit together; its message names the setting and the file, never a secret.</exception>
    public TlsCredentials Load() => TlsCredentials.Load(Read());
}
