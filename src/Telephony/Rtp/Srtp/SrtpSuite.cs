using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Telephony.Rtp.Srtp;

/// <summary>A crypto suite as SDP names it (RFC 4568 section 6.2, RFC 6188, RFC 7714): which cipher, which tag, how long the keys are.</summary>
/// <remarks>Immutable; the instances here are all there are.</remarks>
public sealed class SrtpSuite
{
    private SrtpSuite(string name, int keyBytes, int saltBytes, int tagBytes, int rtcpTagBytes, bool isAead) =>
        (Name, KeyBytes, SaltBytes, TagBytes, RtcpTagBytes, IsAead) = (name, keyBytes, saltBytes, tagBytes, rtcpTagBytes, isAead);

    /// <summary>Longest tag of any suite, in bytes.</summary>
    public const int MaxTagBytes = 16;

    /// <summary>Every suite that is spoken, strongest first; a tag of 32 bits, as little as RFC 3711 allows, comes last.</summary>
    public static IReadOnlyList<SrtpSuite> All { get; } =
    [
        new("AEAD_AES_256_GCM", 32, 12, 16, 16, isAead: true),
        new("AES_256_CM_HMAC_SHA1_80", 32, 14, 10, 10, isAead: false),
        new("AEAD_AES_128_GCM", 16, 12, 16, 16, isAead: true),
        new("AES_CM_128_HMAC_SHA1_80", 16, 14, 10, 10, isAead: false),
        // SRTCP keeps the long tag (RFC 4568 section 6.2.2).
        new("AES_256_CM_HMAC_SHA1_32", 32, 14, 4, 10, isAead: false),
        new("AES_CM_128_HMAC_SHA1_32", 16, 14, 4, 10, isAead: false),
    ];

    /// <summary>Name in SDP.</summary>
    public string Name { get; }

    /// <summary>Length of the master key, and of the session key that encrypts, in bytes.</summary>
    public int KeyBytes { get; }

    /// <summary>Length of the master salt, in bytes.</summary>
    public int SaltBytes { get; }

    /// <summary>Length of the tag behind an SRTP packet, in bytes.</summary>
    public int TagBytes { get; }

    /// <summary>Length of the tag behind an SRTCP packet, in bytes.</summary>
    public int RtcpTagBytes { get; }

    /// <summary>Encryption and authentication in one (GCM), instead of counter mode with HMAC-SHA1.</summary>
    public bool IsAead { get; }

    /// <summary>Whether this system's cryptography has it.</summary>
    public bool IsAvailable => !IsAead || AesGcm.IsSupported;

    /// <summary>Finds a suite by its name, in any case; false for one that is not spoken.</summary>
    public static bool TryGet(ReadOnlySpan<char> name, [NotNullWhen(true)] out SrtpSuite? suite)
    {
        suite = null;
        foreach (var candidate in All)
        {
            if (name.Equals(candidate.Name, StringComparison.OrdinalIgnoreCase))
                suite = candidate;
        }
        return suite is not null;
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
