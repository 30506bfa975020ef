using System.Text;

namespace Telephony.Sip.Transport;

/// <summary>The bytes of the files that <see cref="TlsOptions"/> names, read at one time.</summary>
internal sealed class TlsFiles
{
    private TlsFiles(TlsOptions options, string section)
    {
        Options = options;
        Section = section;
        Certificate = ReadOptional(options.CertificateFile, nameof(options.CertificateFile));
        Key = ReadOptional(options.KeyFile, nameof(options.KeyFile));
        TrustedCa = ReadOptional(options.TrustedCaFile, nameof(options.TrustedCaFile));
        Password = ReadOptional(options.PasswordFile, nameof(options.PasswordFile)) is { } text ? FirstLine(text) : null;
    }

    /// <summary>Which files.</summary>
    public TlsOptions Options { get; }

    /// <summary>Where they are configured.</summary>
    public string Section { get; }

    /// <summary>PEM or PKCS #12; null where we have none and only connect.</summary>
    public byte[]? Certificate { get; }

    /// <summary>PEM; null when there is no file of its own.</summary>
    public byte[]? Key { get; }

    /// <summary>PEM; null when the system's authorities do.</summary>
    public byte[]? TrustedCa { get; }

    /// <summary>Password of the key; null for none.</summary>
    public string? Password { get; }

    /// <summary>Reads all of them.</summary>
    /// <param name="options">Which files.</param>
    /// <param name="section">Where they are configured.</param>
    /// <exception cref="InvalidDataException">One cannot be read.</exception>
    public static TlsFiles Read(TlsOptions options, string section = "Telephony:Tls") => new(options, section);

    /// <summary>Whether nothing differs, so that nothing needs to be loaded again.</summary>
    public bool SameAs(TlsFiles other) =>
        Same(Certificate, other.Certificate) && Same(Key, other.Key) && Same(TrustedCa, other.TrustedCa) && Password == other.Password;

    private static bool Same(byte[]? one, byte[]? other) => (one is null) == (other is null) && one.AsSpan().SequenceEqual(other);

    private byte[]? ReadOptional(string path, string setting) => path.Length == 0 ? null : Read(path, setting);

    private byte[] Read(string path, string setting)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"{Section}:{setting} = '{path}' cannot be read:", unreadable);
        }
    }

    private static string FirstLine(byte[] text) => Encoding.UTF8.GetString(text).Split('\n')[0].TrimEnd('\r');
}
