using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Telephony.Rtp.Srtp;

/// <summary>Keys of one protocol in one direction, derived from the master key (RFC 3711 section 4.3, RFC 6188 section 3, RFC 7714 section 11).</summary>
/// <param name="Key">Encrypts.</param>
/// <param name="Authentication">Authenticates; unused by GCM.</param>
/// <param name="Salt">Goes into every initialization vector.</param>
internal sealed record SrtpSessionKeys(byte[] Key, byte[] Authentication, byte[] Salt)
{
    private const int BlockBytes = 16;
    private const int AuthenticationKeyBytes = 20;

    // Where the label meets the salt: the 48-bit index below it is zero, as no key derivation rate is used.
    private const int LabelPosition = 7;

    private const byte RtpLabels = 0;
    private const byte RtcpLabels = 3;

    /// <summary>For SRTP.</summary>
    public static SrtpSessionKeys ForRtp(SrtpMasterKey master) => Derive(master, RtpLabels);

    /// <summary>For SRTCP.</summary>
    public static SrtpSessionKeys ForRtcp(SrtpMasterKey master) => Derive(master, RtcpLabels);

    private static SrtpSessionKeys Derive(SrtpMasterKey master, byte firstLabel)
    {
        using var aes = Aes.Create();
        aes.Key = master.Key.ToArray();
        return new(
            Derive(aes, master.Salt, firstLabel, master.Suite.KeyBytes),
            Derive(aes, master.Salt, (byte)(firstLabel + 1), AuthenticationKeyBytes),
            Derive(aes, master.Salt, (byte)(firstLabel + 2), master.Suite.SaltBytes));
    }

    // Counter mode over zeros; a salt of 96 bits is filled up with zeros (RFC 7714 section 11).
    private static byte[] Derive(Aes aes, ReadOnlySpan<byte> salt, byte label, int bytes)
    {
        var blocks = new byte[(bytes + BlockBytes - 1) / BlockBytes * BlockBytes];
        for (var start = 0; start < blocks.Length; start += BlockBytes)
        {
            var block = blocks.AsSpan(start, BlockBytes);
            salt.CopyTo(block);
            block[LabelPosition] ^= label;
            BinaryPrimitives.WriteUInt16BigEndian(block[(BlockBytes - 2)..], (ushort)(start / BlockBytes));
        }
        return aes.EncryptEcb(blocks, PaddingMode.None)[..bytes];
    }
}
