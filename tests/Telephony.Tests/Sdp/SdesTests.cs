using System.Text;
using Telephony.Rtp.Srtp;
using Telephony.Sdp;

namespace Telephony.Tests.Sdp;

/// <summary>Keys in offer and answer (RFC 4568): goal A21, the part of the negotiation; "security downgrade" of the defect classes.</summary>
public sealed class SdesTests
{
    private const string Key30 = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";
    private const string OtherKey30 = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
    private const string Sha80 = $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key30}";
    private const string Secure = "m=audio 7000 RTP/SAVP 0";
    private const string Plain = "m=audio 7000 RTP/AVP 0";

    private static readonly LocalMedia Optional = Local(SrtpPolicy.Optional);

    [Theory]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30}")]
    [InlineData($"999999999 aes_cm_128_hmac_sha1_32 INLINE:{Key30}|2^20")]
    [InlineData($"0  AES_CM_128_HMAC_SHA1_80  inline:{Key30}|1048576 ")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30}|2^48 WSH=64 -FOO=1")]
    [InlineData("2 AES_256_CM_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("2 AES_256_CM_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("3 AEAD_AES_128_GCM inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    public void A_line_is_read(string value) => Assert.True(CryptoAttribute.TryParse(value, out _));

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80")]
    [InlineData($"x AES_CM_128_HMAC_SHA1_80 inline:{Key30}")]
    [InlineData($"-1 AES_CM_128_HMAC_SHA1_80 inline:{Key30}")]
    [InlineData($"1000000000 AES_CM_128_HMAC_SHA1_80 inline:{Key30}")]
    [InlineData($"1 F8_128_HMAC_SHA1_80 inline:{Key30}")]
    [InlineData($"1 NULL_HMAC_SHA1_80 inline:{Key30}")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 uri:{Key30}")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30}A")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVB")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVB!")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30}|2^20|1:4")]   // master key identifier
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30}|1:4")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30}|2^49")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30}|0")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30};inline:{OtherKey30}")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30} UNENCRYPTED_SRTP")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30} UNENCRYPTED_SRTCP")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30} UNAUTHENTICATED_SRTP")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30} KDR=1")]
    [InlineData($"1 AES_CM_128_HMAC_SHA1_80 inline:{Key30} FEC_ORDER=FEC_SRTP")]
    public void A_line_that_must_not_be_used_is_not_read(string value) => Assert.False(CryptoAttribute.TryParse(value, out _));

    [Fact]
    public void Lines_of_any_length_and_number_cost_little()
    {
        foreach (var part in (string[])["1 ", "AES_CM_128_HMAC_SHA1_80 ", $"inline:{Key30}|", $"inline:{Key30} WSH=64 ", "A"])
            Assert.False(CryptoAttribute.TryParse("1 AES_CM_128_HMAC_SHA1_80 inline:" + string.Concat(Enumerable.Repeat(part, 1_000)), out _));
        var lines = string.Concat(Enumerable.Repeat(Sha80 + "\r\n", 1_000));
        Assert.False(SdpParser.TryParse(Encoding.ASCII.GetBytes($"v=0\r\n{Secure}\r\n{lines}"), out _));
        Assert.Equal(32, CryptoAttribute.Read(Describe.Offer([Secure, .. Enumerable.Repeat(Sha80, 150)]).Media[0]).Count);
    }

    [Fact]
    public void A_secured_offer_is_answered_with_its_tag_and_suite_and_a_key_of_ours()
    {
        var (answer, media) = Describe.Answer(Describe.Offer(Secure, "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:" + Key30), Optional);
        var lines = Describe.MediaLines(answer);
        Assert.Equal("m=audio 20000 RTP/SAVP 0", lines[0]);
        Assert.Equal($"a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:{media.Srtp!.Send.ToBase64()}", lines[1]);
        Assert.Equal(Key30, media.Srtp.Receive.ToBase64());
        Assert.NotEqual(media.Srtp.Send, media.Srtp.Receive);
        Assert.NotEqual(media.Srtp.Send, Describe.Answer(Describe.Offer(Secure, Sha80), Optional).Media.Srtp!.Send);
    }

    [Fact]
    public void The_strongest_suite_is_taken_or_the_first_of_our_order()
    {
        string[] offer = [Secure, $"a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:{Key30}", $"a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{OtherKey30}"];
        Assert.Equal(OtherKey30, Describe.Answer(Describe.Offer(offer), Optional).Media.Srtp!.Receive.ToBase64());
        Assert.True(SrtpSuite.TryGet("AES_CM_128_HMAC_SHA1_32", out var shortTags));
        var ours = Local(SrtpPolicy.Optional, shortTags);
        Assert.Equal(Key30, Describe.Answer(Describe.Offer(offer), ours).Media.Srtp!.Receive.ToBase64());
        Assert.True(IsRefused(Describe.Offer(Secure, Sha80), ours));
    }

    // Policy, keys possible (TLS), offer -> encrypted, plain, or refused with a code.
    [Theory]
    [InlineData(SrtpPolicy.Never, true, Plain, null, "plain")]
    [InlineData(SrtpPolicy.Never, true, Plain, Sha80, "plain")]
    [InlineData(SrtpPolicy.Never, true, Secure, Sha80, "303")]
    [InlineData(SrtpPolicy.Optional, true, Plain, null, "plain")]
    [InlineData(SrtpPolicy.Optional, true, Plain, Sha80, "encrypted")]
    [InlineData(SrtpPolicy.Optional, true, Secure, Sha80, "encrypted")]
    [InlineData(SrtpPolicy.Optional, true, Secure, null, "303")]
    [InlineData(SrtpPolicy.Optional, false, Plain, Sha80, "plain")]
    [InlineData(SrtpPolicy.Optional, false, Secure, Sha80, "303")]
    [InlineData(SrtpPolicy.Required, true, Plain, null, "303")]
    [InlineData(SrtpPolicy.Required, true, Plain, Sha80, "encrypted")]
    [InlineData(SrtpPolicy.Required, true, Secure, Sha80, "encrypted")]
    [InlineData(SrtpPolicy.Required, false, Secure, Sha80, "303")]
    [InlineData(SrtpPolicy.Required, true, "m=audio 7000 UDP/TLS/RTP/SAVPF 0", Sha80, "303")]
    [InlineData(SrtpPolicy.Optional, true, "m=audio 7000 RTP/SAVPF 0", Sha80, "encrypted")]
    [InlineData(SrtpPolicy.Optional, true, "m=audio 7000 RTP/SAVP 99", Sha80, "305")]
    [InlineData(SrtpPolicy.Optional, true, "m=video 7000 RTP/SAVP 99", Sha80, "304")]
    public void What_is_offered_meets_the_policy(SrtpPolicy policy, bool isPossible, string line, string? crypto, string outcome)
    {
        var local = isPossible ? Local(policy) : Describe.Local() with { Srtp = new(policy, []) };
        var offer = Describe.Offer([line, .. crypto is null ? Array.Empty<string>() : [crypto]]);
        var isAnswered = OfferAnswer.TryAnswer(offer, local, null, out var answer, out var media);
        Assert.Equal(outcome, !isAnswered ? $"{OfferAnswer.WarningCode(offer, local)}" : media!.Srtp is null ? "plain" : "encrypted");
        if (isAnswered)
            Assert.Equal(media!.Srtp is not null, SdpWriter.ToText(answer!).Contains("a=crypto", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_two_lines_the_encrypted_one_is_taken()
    {
        var (answer, media) = Describe.Answer(Describe.Offer(Plain, "m=audio 7002 RTP/SAVP 0", Sha80), Optional);
        Assert.Equal(7002, media.RemoteRtp.Port);
        Assert.Equal([0, 20_000], answer.Media.Select(line => line.Port));
        Assert.Equal(7000, Describe.Answer(Describe.Offer(Plain, "m=audio 7002 RTP/SAVP 0"), Optional).Media.RemoteRtp.Port);
    }

    [Fact]
    public void The_same_key_again_keeps_ours_and_a_new_one_changes_it()
    {
        var offer = Describe.Offer(Secure, Sha80);
        var (first, media) = Describe.Answer(offer, Optional);
        var later = Optional with { Srtp = Optional.Srtp with { Current = media.Srtp } };
        var (again, same) = Describe.Answer(offer, later, first);
        Assert.Equal(media.Srtp, same.Srtp);
        Assert.Equal(first.Origin, again.Origin);
        var changed = Describe.Answer(Describe.Offer(Secure, $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{OtherKey30}"), later, first).Media;
        Assert.Equal(OtherKey30, changed.Srtp!.Receive.ToBase64());
        Assert.NotEqual(media.Srtp!.Send, changed.Srtp.Send);
    }

    [Theory]
    [InlineData(SrtpPolicy.Optional)]
    [InlineData(SrtpPolicy.Required)]
    public void An_encrypted_call_stays_encrypted(SrtpPolicy policy)
    {
        var media = Describe.Answer(Describe.Offer(Secure, Sha80), Optional).Media;
        var local = Local(policy);
        local = local with { Srtp = local.Srtp with { Current = media.Srtp } };
        Assert.True(IsRefused(Describe.Offer(Plain), local));
        Assert.Equal(303, OfferAnswer.WarningCode(Describe.Offer(Plain), local));
        Assert.False(TryOffer(local, offer => Describe.Offer(Plain), out _));
    }

    [Theory]
    [InlineData(SrtpPolicy.Never, "RTP/AVP", false)]
    [InlineData(SrtpPolicy.Optional, "RTP/AVP", true)]
    [InlineData(SrtpPolicy.Required, "RTP/SAVP", true)]
    public void Our_offer_is_as_the_policy_says(SrtpPolicy policy, string protocol, bool hasKeys)
    {
        var line = OfferAnswer.CreateOffer(Local(policy)).Media[0];
        Assert.Equal(protocol, line.Protocol);
        Assert.Equal(hasKeys ? SrtpSuite.All : [], CryptoAttribute.Read(line).Select(crypto => crypto.Key.Suite));
        Assert.Equal(CryptoAttribute.Read(line).Count, CryptoAttribute.Read(line).Select(crypto => crypto.Key).Distinct().Count());
    }

    [Fact]
    public void The_answer_to_our_offer_takes_one_of_our_keys()
    {
        CryptoAttribute ours = default;
        Assert.True(TryOffer(Local(SrtpPolicy.Required), offer =>
        {
            ours = CryptoAttribute.Read(offer.Media[0])[3];
            return Describe.Offer(Secure, $"a=crypto:{ours.Tag} {ours.Key.Suite} inline:{Key30}");
        }, out var media));
        Assert.Equal(ours.Key, media!.Srtp!.Send);
        Assert.Equal(Key30, media.Srtp.Receive.ToBase64());
    }

    [Fact]
    public void An_answer_without_a_key_or_with_a_line_of_its_own_is_none()
    {
        Assert.False(TryOffer(Local(SrtpPolicy.Required), _ => Describe.Offer(Plain), out _));
        Assert.False(TryOffer(Local(SrtpPolicy.Required), _ => Describe.Offer(Secure), out _));
        Assert.False(TryOffer(Local(SrtpPolicy.Required), _ => Describe.Offer(Secure, $"a=crypto:99 AES_CM_128_HMAC_SHA1_80 inline:{Key30}"), out _));
        Assert.False(TryOffer(Local(SrtpPolicy.Required), _ => Describe.Offer(Secure, $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key30}"), out _));
        Assert.True(TryOffer(Local(SrtpPolicy.Optional), _ => Describe.Offer(Plain), out var media));
        Assert.Null(media!.Srtp);
    }

    [Fact]
    public void Our_next_offer_keeps_the_key_in_use()
    {
        var (first, media) = Describe.Answer(Describe.Offer(Secure, Sha80), Optional);
        var offer = OfferAnswer.CreateOffer(Optional with { Srtp = Optional.Srtp with { Current = media.Srtp } }, first);
        Assert.Equal("RTP/SAVP", offer.Media[0].Protocol);
        Assert.Contains(media.Srtp!.Send, CryptoAttribute.Read(offer.Media[0]).Select(crypto => crypto.Key));
    }

    [Fact]
    public void What_was_agreed_shows_no_key()
    {
        var media = Describe.Answer(Describe.Offer(Secure, Sha80), Optional).Media;
        var shown = $"{media} {media.Crypto} {Optional with { Srtp = Optional.Srtp with { Current = media.Srtp } }}";
        Assert.DoesNotContain(Key30[..8], shown, StringComparison.Ordinal);
        Assert.DoesNotContain(media.Srtp!.Send.ToBase64()[..8], shown, StringComparison.Ordinal);
    }

    private static LocalMedia Local(SrtpPolicy policy, params SrtpSuite[] suites) => Describe.Local() with { Srtp = new(policy, suites.Length > 0 ? suites : SrtpSuite.All) };

    private static bool IsRefused(SessionDescription offer, LocalMedia local) => !OfferAnswer.TryAnswer(offer, local, null, out _, out _);

    private static bool TryOffer(LocalMedia local, Func<SessionDescription, SessionDescription> answer, out NegotiatedMedia? media)
    {
        var offer = OfferAnswer.CreateOffer(local);
        return OfferAnswer.TryAcceptAnswer(offer, answer(offer), local, out media);
    }
}
