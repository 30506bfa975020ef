using System.Runtime.InteropServices;
using Telephony.Rtp.Srtp;

namespace Benchmarks.Srtp;

/// <summary>A session of libsrtp, the library that nearly everybody else uses: what ours is measured against.</summary>
internal sealed unsafe partial class LibSrtp : IDisposable
{
    /// <summary>Debian: libsrtp2-1.</summary>
    private const string Library = "libsrtp2.so.1";

    private const int PolicyBytes = 128;
    private const int CryptoPolicyBytes = 24;
    private const int RtpPolicyAt = 8;
    private const int KeyAt = RtpPolicyAt + 2 * CryptoPolicyBytes;
    private const int WindowAt = 88;
    private const int AnyInbound = 2;
    private const int AnyOutbound = 3;

    private readonly nint _session;

    public LibSrtp(SrtpMasterKey key, bool isSender)
    {
        var policy = (byte*)NativeMemory.AllocZeroed(PolicyBytes);
        fixed (byte* bytes = Convert.FromBase64String(key.ToBase64()))
        {
            *(int*)policy = isSender ? AnyOutbound : AnyInbound;
            SetSuite(key.Suite.Name, policy + RtpPolicyAt);
            SetSuite(key.Suite.Name, policy + RtpPolicyAt + CryptoPolicyBytes);
            *(byte**)(policy + KeyAt) = bytes;
            *(nuint*)(policy + WindowAt) = 128;
            Check(Create(out _session, policy));
        }
        NativeMemory.Free(policy);
    }

    public static bool IsInstalled { get; } = NativeLibrary.TryLoad(Library, out _) && Init() == 0;

    public int Protect(Span<byte> buffer, int bytes)
    {
        fixed (byte* packet = buffer)
            Check(Protect(_session, packet, ref bytes));
        return bytes;
    }

    public int Unprotect(Span<byte> packet)
    {
        var bytes = packet.Length;
        fixed (byte* start = packet)
            Check(Unprotect(_session, start, ref bytes));
        return bytes;
    }

    public void Dispose() => Check(Dealloc(_session));

    private static void SetSuite(string name, byte* policy)
    {
        switch (name)
        {
            case "AES_CM_128_HMAC_SHA1_80": SetCounterMode128Tag80(policy); break;
            case "AES_CM_128_HMAC_SHA1_32": SetCounterMode128Tag32(policy); break;
            case "AES_256_CM_HMAC_SHA1_80": SetCounterMode256Tag80(policy); break;
            case "AES_256_CM_HMAC_SHA1_32": SetCounterMode256Tag32(policy); break;
            case "AEAD_AES_128_GCM": SetGcm128(policy); break;
            default: SetGcm256(policy); break;
        }
    }

    private static void Check(int status)
    {
        if (status != 0)
            throw new InvalidOperationException($"libsrtp says {status}.");
    }

    [LibraryImport(Library, EntryPoint = "srtp_init")]
    private static partial int Init();

    [LibraryImport(Library, EntryPoint = "srtp_create")]
    private static partial int Create(out nint session, byte* policy);

    [LibraryImport(Library, EntryPoint = "srtp_dealloc")]
    private static partial int Dealloc(nint session);

    [LibraryImport(Library, EntryPoint = "srtp_protect")]
    private static partial int Protect(nint session, byte* packet, ref int bytes);

    [LibraryImport(Library, EntryPoint = "srtp_unprotect")]
    private static partial int Unprotect(nint session, byte* packet, ref int bytes);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_rtp_default")]
    private static partial void SetCounterMode128Tag80(byte* policy);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32")]
    private static partial void SetCounterMode128Tag32(byte* policy);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80")]
    private static partial void SetCounterMode256Tag80(byte* policy);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32")]
    private static partial void SetCounterMode256Tag32(byte* policy);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_aes_gcm_128_16_auth")]
    private static partial void SetGcm128(byte* policy);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_aes_gcm_256_16_auth")]
    private static partial void SetGcm256(byte* policy);
}
