using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Telephony.Sip.Authentication;

/// <summary>A hash that digest authentication may use, as the <c>algorithm</c> parameter names it (RFC 7616 section 3.3, RFC 8760).</summary>
internal sealed class DigestAlgorithm
{
    /// <summary>Suffix of the names whose secret is mixed with the nonces.</summary>
    private const string SessionSuffix = "-sess";

    private readonly Func<byte[], byte[]> _hash;

    private DigestAlgorithm(string name, int hashBytes, Func<byte[], byte[]> hash)
    {
        Name = name;
        HexLength = 2 * hashBytes;
        IsSession = name.EndsWith(SessionSuffix, StringComparison.Ordinal);
        _hash = hash;
    }

    /// <summary>The name on the wire.</summary>
    public string Name { get; }

    /// <summary>Characters of a hash in hexadecimal.</summary>
    public int HexLength { get; }

    /// <summary>Whether the secret is mixed with both nonces.</summary>
    public bool IsSession { get; }

    /// <summary>What a challenge means that names no algorithm.</summary>
    public static DigestAlgorithm Md5 { get; } = new("MD5", MD5.HashSizeInBytes, HashMd5);

    /// <summary>What every new implementation must have.</summary>
    public static DigestAlgorithm Sha256 { get; } = new("SHA-256", SHA256.HashSizeInBytes, SHA256.HashData);

    /// <summary>SHA-512 cut to 256 bits with initial values of its own.</summary>
    public static DigestAlgorithm Sha512T256 { get; } = new("SHA-512-256", Sha512Truncated.HashBytes, data => Sha512Truncated.HashData(data));

    /// <summary>Those without <c>-sess</c>, strongest first: what a server may offer.</summary>
    public static IReadOnlyList<DigestAlgorithm> All { get; } = [Sha512T256, Sha256, Md5];

    private static IReadOnlyList<DigestAlgorithm> Known { get; } =
        [.. All, .. All.Select(plain => new DigestAlgorithm(plain.Name + SessionSuffix, plain.HexLength / 2, plain._hash))];

    /// <summary>Finds an algorithm by its name in any case; no name means MD5 (RFC 7616 section 3.3).</summary>
    public static bool TryParse(string? name, [NotNullWhen(true)] out DigestAlgorithm? algorithm)
    {
        algorithm = name is null ? Md5 : Known.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return algorithm is not null;
    }

    /// <summary>The hash of UTF-8 text in lower-case hexadecimal.</summary>
    public string Hash(string text) => Hash(Encoding.UTF8.GetBytes(text));

    /// <summary>The hash of bytes in lower-case hexadecimal.</summary>
    public string Hash(byte[] data) => Convert.ToHexStringLower(_hash(data));

    /// <inheritdoc/>
    public override string ToString() => Name;

    [SuppressMessage("Security", "CA5351", Justification = "Most trunks and phones offer nothing better; a server may refuse it by its settings.")]
    private static byte[] HashMd5(byte[] data) => MD5.HashData(data);
}
