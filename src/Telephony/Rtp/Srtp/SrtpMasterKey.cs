using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Telephony.Rtp.Srtp;

/// <summary>Master key and salt of one direction of a call (RFC 3711 section 3.2.1): what travels in SDP and everything else is derived from.</summary>
/// <remarks>Immutable. Shows its suite only, so that no log, record or exception can hold the key.</remarks>
public sealed class SrtpMasterKey : IEquatable<SrtpMasterKey>
{
    private readonly byte[] _bytes;   // key, then salt

    private SrtpMasterKey(SrtpSuite suite, byte[] bytes) => (Suite, _bytes) = (suite, bytes);

    /// <summary>What the key is for.</summary>
    public SrtpSuite Suite { get; }

    internal ReadOnlySpan<byte> Key => _bytes.AsSpan(0, Suite.KeyBytes);

    internal ReadOnlySpan<byte> Salt => _bytes.AsSpan(Suite.KeyBytes);

    /// <summary>A fresh random key.</summary>
    public static SrtpMasterKey Create(SrtpSuite suite)
    {
        ArgumentNullException.ThrowIfNull(suite);
        return new(suite, RandomNumberGenerator.GetBytes(suite.KeyBytes + suite.SaltBytes));
    }

    /// <summary>Reads key and salt in base64, with or without its padding (RFC 4568 section 6.1); false when the length is not the suite's.</summary>
    public static bool TryParse(SrtpSuite suite, ReadOnlySpan<char> base64, [NotNullWhen(true)] out SrtpMasterKey? key)
    {
        ArgumentNullException.ThrowIfNull(suite);
        key = null;
        var bytes = new byte[suite.KeyBytes + suite.SaltBytes];
        var digits = base64.TrimEnd('=');
        if (digits.Length != (bytes.Length * 4 + 2) / 3)
            return false;
        Span<char> padded = stackalloc char[(digits.Length + 3) / 4 * 4];
        padded.Fill('=');
        digits.CopyTo(padded);
        if (!Convert.TryFromBase64Chars(padded, bytes, out var written) || written != bytes.Length)
            return false;
        key = new(suite, bytes);
        return true;
    }

    /// <summary>Key and salt as SDP writes them. A secret.</summary>
    internal string ToBase64() => Convert.ToBase64String(_bytes);

    /// <inheritdoc/>
    public bool Equals(SrtpMasterKey? other) => other is not null && other.Suite == Suite && CryptographicOperations.FixedTimeEquals(other._bytes, _bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SrtpMasterKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Suite.GetHashCode();   // nothing of the key, however little a hash tells

    /// <summary>The suite's name.</summary>
    public override string ToString() => Suite.Name;
}

/// <summary>The two keys of a call whose media is encrypted.</summary>
/// <param name="Send">Ours: protects what we send.</param>
/// <param name="Receive">The peer's: protects what it sends.</param>
public sealed record SrtpKeys(SrtpMasterKey Send, SrtpMasterKey Receive);
