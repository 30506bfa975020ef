using Telephony.Rtp.Srtp;

namespace Telephony.Tests.Rtp.Srtp;

/// <summary>The published test vectors of RFC 3711, RFC 6188 and RFC 7714, and reference packets of libsrtp.</summary>
public sealed class SrtpVectorTests
{
    private const string Key128 = "E1F97A0D3E018BE0D64FA32C06DE4139";
    private const string Salt128 = "0EC675AD498AFEEBB6960B3AABE6";
    private const string Key256 = "F0F04914B513F2763A1B1FA130F10E2998F6F6E43E4309D1E622A0E332B9F1B6";
    private const string Salt256 = "3B04803DE51EE7C96423AB5B78D2";
    private const string GcmSalt = "517569642070726F2071756F";
    private const string GcmRtp = "8040F17B8041F8D35501A0B247616C6C696120657374206F6D6E69732064697669736120696E207061727465732074726573";
    private const string GcmRtcp = "81C8000D4D6172734E5450314E545032525450200000042A0000E9304C756E61DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF";
    private const string LibsrtpRtp = "800F1234DECAFBADCAFEBABEABABABABABABABABABABABABABABABAB";

    // RFC 3711 appendix B.2: the block counter starts at zero, goes past a byte, and is placed by SSRC and index, which are zero here.
    [Theory]
    [InlineData(0, "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0")]
    [InlineData(0xFEFF, "EC8CDF7398607CB0F2D21675EA9EA1E4362B7C3C6773516318A077D7FC5073AE6A2CC3787889374FBEB4C81B17BA6C44")]
    public void Key_stream_of_AES_128_is_the_published_one(int firstBlock, string keystream)
    {
        using var cipher = new AesCounterMode(Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"), 48);
        var output = new byte[48];
        cipher.Process(new byte[48], output, 0xF0F1F2F3F4F5F6F7, 0xF8F9FAFBFCFD0000 | (uint)firstBlock);
        Assert.Equal(keystream, Convert.ToHexString(output));
    }

    [Theory]
    [InlineData("AES_CM_128_HMAC_SHA1_80", Key128, Salt128, "C61E7A93744F39EE10734AFE3FF7A087", "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4", "30CBBC08863D8C85D49DB34A9AE1")]
    [InlineData("AES_256_CM_HMAC_SHA1_80", Key256, Salt256, "5BA1064E30EC51613CAD926C5A28EF731EC7FB397F70A960653CAF06554CD8C4", "FD9C32D39ED5FBB5A9DC96B30818454D1313DC05", "FA31791685CA444A9E07C6C64E93")]
    public void Session_keys_are_derived_as_published(string suite, string key, string salt, string cipherKey, string authentication, string sessionSalt)
    {
        var keys = SrtpSessionKeys.ForRtp(MasterKey(suite, key, salt));
        Assert.Equal((cipherKey, authentication, sessionSalt), (Hex(keys.Key), Hex(keys.Authentication), Hex(keys.Salt)));
    }

    // The salt of 96 bits and both halves of the labels, computed with openssl enc -aes-128-ctr and -aes-256-ctr.
    [Theory]
    [InlineData("AEAD_AES_128_GCM", 16, "077C6143CB221BC355FF23D5F984A16E", "9AF3E95364EBAC9C99C5A7C4", "615DCD9042600666F6FD4D9E4FE4519F", "FCCA937B9112A500DAC72269")]
    [InlineData("AEAD_AES_256_GCM", 32, "B7A435CE454463B760DC82C838468A115C699625AF4B93A0F8220A2A6119C5D0", "944BD21C268A962CD09C674A", "3C90F52A0A13FF8A853397CADC245B9EAC76B36EDB4A6062BF624AA1174EEBF2", "258C540CF38DDD40848CEAED")]
    public void Session_keys_of_GCM_come_from_a_salt_filled_up_with_zeros(string suite, int keyBytes, string rtpKey, string rtpSalt, string rtcpKey, string rtcpSalt)
    {
        var master = MasterKey(suite, Hex([.. Enumerable.Range(0, keyBytes).Select(i => (byte)i)]), "A0A1A2A3A4A5A6A7A8A9AAAB");
        var (rtp, rtcp) = (SrtpSessionKeys.ForRtp(master), SrtpSessionKeys.ForRtcp(master));
        Assert.Equal((rtpKey, rtpSalt, rtcpKey, rtcpSalt), (Hex(rtp.Key), Hex(rtp.Salt), Hex(rtcp.Key), Hex(rtcp.Salt)));
    }

    // RFC 7714 section 16; the keys are session keys.
    [Theory]
    [InlineData("AEAD_AES_128_GCM", 16, "F24DE3A3FB34DE6CACBA861C9D7E4BCABE633BD50D294E6F42A5F47A51C7D19B36DE3ADF8833899D7F27BEB16A9152CF765EE4390CCE")]
    [InlineData("AEAD_AES_256_GCM", 32, "32B1DE78A822FE12EF9F78FA332E33AAB18012389A58E2F3B50B2A0276FFAE0F1BA63799B87B7AA3DB36DFFFD6B0F9BB7878D7A76C13")]
    public void RTP_with_GCM_is_the_published_packet(string suite, int keyBytes, string text)
    {
        using var transform = GcmOf(suite, keyBytes);
        var buffer = new byte[128];
        var packet = Convert.FromHexString(GcmRtp);
        packet.CopyTo(buffer, 0);
        var bytes = transform.Protect(buffer, 12, packet.Length, 0x5501A0B2, 0xF17B);
        Assert.Equal(GcmRtp[..24] + text, Hex(buffer.AsSpan(0, bytes)));
        Assert.True(transform.TryUnprotect(buffer.AsSpan(0, bytes), 12, 0x5501A0B2, 0xF17B, buffer));
        Assert.Equal(GcmRtp, Hex(buffer.AsSpan(0, packet.Length)));
    }

    // RFC 7714 section 17.
    [Theory]
    [InlineData("AEAD_AES_128_GCM", 16, "63E94885DCDAB67CA727D7662F6B7E997FF5C0F76C06F32DC676A5F1730D6FDA4CE09B4686303DED0BB9275BC84AA45896CF4D2FC5ABF87245D9EADE800005D4")]
    [InlineData("AEAD_AES_256_GCM", 32, "D50AE4D1F5CE5D304BA297E47D470C282C3ECE5DBFFE0A50A2EAA5C1110555BE8415F658C61DE0476F1B6FAD1D1EB30C4446839F57FF6F6CB26AC3BE800005D4")]
    public void RTCP_with_GCM_is_the_published_packet(string suite, int keyBytes, string text)
    {
        using var transform = GcmOf(suite, keyBytes);
        var buffer = new byte[128];
        var packet = Convert.FromHexString(GcmRtcp);
        packet.CopyTo(buffer, 0);
        var bytes = transform.ProtectRtcp(buffer, packet.Length, 0x4D617273, 0x5D4);
        Assert.Equal(GcmRtcp[..16] + text, Hex(buffer.AsSpan(0, bytes)));
        Assert.Equal(0x800005D4, transform.ReadRtcpIndex(buffer.AsSpan(0, bytes)));
        Assert.True(transform.TryUnprotectRtcp(buffer.AsSpan(0, bytes), 0x4D617273, 0x5D4, buffer));
        Assert.Equal(GcmRtcp, Hex(buffer.AsSpan(0, packet.Length)));
    }

    // From libsrtp's test driver.
    [Theory]
    [InlineData("AES_CM_128_HMAC_SHA1_80", Key128, Salt128, "4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB")]
    [InlineData("AES_256_CM_HMAC_SHA1_80", Key256, Salt256, "F1D9DE17FF251FF1AA007774B0B4B40DA08D9D9A5B3A55D8873B")]
    [InlineData("AES_CM_128_HMAC_SHA1_32", Key128, Salt128, "4E55DC4CE79978D88CA4D215949D2402B78D6ACC")]
    public void RTP_is_libsrtps_packet(string suite, string key, string salt, string text)
    {
        var master = MasterKey(suite, key, salt);
        using var sender = new SrtpSender(master);
        using var receiver = new SrtpReceiver(master);
        var buffer = new byte[64];
        var packet = Convert.FromHexString(LibsrtpRtp);
        packet.CopyTo(buffer, 0);
        var bytes = sender.Protect(buffer, 12, packet.Length);
        Assert.Equal(LibsrtpRtp[..24] + text, Hex(buffer.AsSpan(0, bytes)));
        Assert.Equal(SrtpVerdict.Authentic, receiver.Unprotect(buffer.AsSpan(0, bytes), out var plain));
        Assert.Equal(LibsrtpRtp, Hex(plain));
    }

    [Fact]
    public void RTCP_is_libsrtps_packet()
    {
        const string Packet = "81C8000BCAFEBABEABABABABABABABABABABABABABABABAB";
        var master = MasterKey("AES_CM_128_HMAC_SHA1_80", Key128, Salt128);
        using var sender = new SrtpSender(master);
        using var receiver = new SrtpReceiver(master);
        sender.ProtectRtcp(Convert.FromHexString(Packet));   // libsrtp counts from one
        var wire = sender.ProtectRtcp(Convert.FromHexString(Packet));
        Assert.Equal("81C8000BCAFEBABE7128035BE487B9BDBEF89041F977A5A880000001993E08CD54D6C1230798", Hex(wire));
        Assert.Equal(SrtpVerdict.Authentic, receiver.UnprotectRtcp(wire, out var plain));
        Assert.Equal(Packet, Hex(plain));
    }

    private static SrtpTransform GcmOf(string name, int keyBytes)
    {
        Assert.True(SrtpSuite.TryGet(name, out var suite));
        var keys = new SrtpSessionKeys([.. Enumerable.Range(0, keyBytes).Select(i => (byte)i)], [], Convert.FromHexString(GcmSalt));
        return SrtpTransform.Create(suite, keys, keys);
    }

    private static SrtpMasterKey MasterKey(string name, string key, string salt)
    {
        Assert.True(SrtpSuite.TryGet(name, out var suite));
        Assert.True(SrtpMasterKey.TryParse(suite, Convert.ToBase64String(Convert.FromHexString(key + salt)), out var master));
        return master;
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);
}
