using System.Text;
using Microsoft.Extensions.Logging;
using Support;
using Telephony.Rtp.Srtp;
using Telephony.Sip.Messages;
using Telephony.Tests.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Tests.Calls;

/// <summary>Goal A21 in signalling: what is offered, answered and refused, and that a call which is encrypted stays so.</summary>
public sealed class SrtpCallTests : IDisposable
{
    private const string Key = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";
    private const string OtherKey = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
    private const string Plain = "m=audio 4000 RTP/AVP 0";
    private const string Secure = $"m=audio 4000 RTP/SAVP 0|a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key}";
    private const string Rekeyed = $"m=audio 4000 RTP/SAVP 0|a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{OtherKey}";

    private CallBench? _bench;

    // The bench speaks UDP.
    [Fact]
    public void Keys_are_exchanged_over_TLS_only()
    {
        _bench = new CallBench();
        Assert.Equal("488", new Phone(_bench).Invite(Secure));
        Assert.StartsWith("303 198.51.100.5 ", _bench.LastSent().Headers.GetFirst("Warning"), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_encryption_is_required_media_in_clear_is_refused_with_a_reason()
    {
        _bench = Bench(SrtpPolicy.Required);
        Assert.Equal("488", new Phone(_bench).Invite(Plain));
        Assert.StartsWith("303 198.51.100.5 ", _bench.LastSent().Headers.GetFirst("Warning"), StringComparison.Ordinal);
        Assert.StartsWith("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:", Phone.Connected(_bench, Secure, "call-2@192.0.2.10").HeardLines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SrtpPolicy.Optional)]
    [InlineData(SrtpPolicy.Required)]
    public void A_change_to_media_in_clear_is_refused_and_the_call_goes_on(SrtpPolicy policy)
    {
        _bench = Bench(policy);
        var phone = Phone.Connected(_bench, Secure);
        var lines = phone.HeardLines;
        Assert.Equal("488", phone.Reinvite(Plain));
        Assert.StartsWith("303 ", _bench.LastSent().Headers.GetFirst("Warning"), StringComparison.Ordinal);
        Assert.Equal("200", phone.Reinvite(Secure));
        phone.Ack();
        Assert.Equal(lines, phone.HeardLines);   // our key too
        Assert.Equal("200", phone.Bye());
        Assert.Equal("answered, acknowledged, ended CallerHungUp", _bench.Events.ToString());
    }

    [Theory]
    [InlineData(Secure + "|a=recvonly")]
    [InlineData(Plain + "|a=recvonly")]
    public void Hold_by_us_offers_the_key_in_use_and_takes_no_answer_in_clear(string answer)
    {
        _bench = Bench(SrtpPolicy.Optional);
        var phone = Phone.Connected(_bench, Secure);
        var key = phone.HeardLines[1];
        phone.Look();

        _bench.Call.Hold();
        var reinvite = Assert.IsType<SipRequest>(_bench.LastSent());
        Assert.Contains(key, Encoding.UTF8.GetString(reinvite.Body.Span), StringComparison.Ordinal);
        Assert.Contains("a=sendonly", Encoding.UTF8.GetString(reinvite.Body.Span), StringComparison.Ordinal);
        _bench.Receive(PeerScript.Response(reinvite, 200, "", Phone.Sdp(answer)));
        phone.Look();

        Assert.Equal("200", phone.Reinvite(Secure));
        Assert.Equal(key, phone.HeardLines[1]);
        Assert.Contains("a=sendonly", phone.HeardLines);
        phone.Ack();
        Assert.Equal("488", phone.Reinvite(Plain));
    }

    [Fact]
    public void A_new_key_is_answered_with_a_new_key()
    {
        _bench = Bench(SrtpPolicy.Optional);
        var phone = Phone.Connected(_bench, Secure);
        var crypto = phone.HeardLines[1];
        Assert.Equal("200", phone.Reinvite(Rekeyed));
        phone.Ack();
        Assert.StartsWith("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:", phone.HeardLines[1], StringComparison.Ordinal);
        Assert.NotEqual(crypto, phone.HeardLines[1]);
        Assert.Equal(2UL, phone.Heard!.Origin.Version);
    }

    [Fact]
    public void A_call_in_clear_may_become_encrypted_and_then_stays_so()
    {
        _bench = Bench(SrtpPolicy.Optional);
        var phone = Phone.Connected(_bench, Plain);
        Assert.Equal("200", phone.Reinvite(Secure));
        phone.Ack();
        Assert.Equal("488", phone.Reinvite(Plain));
    }

    [Fact]
    public void Our_offer_names_every_suite_and_an_answer_in_clear_ends_the_call_that_must_not_be()
    {
        _bench = Bench(SrtpPolicy.Required);
        var phone = new Phone(_bench);
        phone.Invite("");
        _bench.Answer();
        phone.Look();
        Assert.Equal(SrtpSuite.All.Count, phone.HeardLines.Count(line => line.StartsWith("a=crypto:", StringComparison.Ordinal)));
        Assert.StartsWith("m=audio PORT RTP/SAVP ", phone.HeardLines[0], StringComparison.Ordinal);
        Assert.Equal("BYE", phone.Ack(Plain));
        Assert.Contains("NotAcceptable", _bench.Events.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_answer_to_our_offer_may_take_any_of_its_suites()
    {
        _bench = Bench(SrtpPolicy.Required);
        var phone = new Phone(_bench);
        phone.Invite("");
        _bench.Answer();
        phone.Look();
        Assert.Equal("", phone.Ack($"m=audio 4000 RTP/SAVP 0|a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:{Key}"));
        Assert.Equal("488", phone.Reinvite(Plain));
    }

    [Fact]
    public void A_trunk_has_its_own_policy()
    {
        _bench = new CallBench(new TelephonyOptions
        {
            Srtp = new SrtpOptions { Policy = SrtpPolicy.Required, AllowKeysInClear = true },
            Trunks = new Dictionary<string, TrunkOptions> { ["pbx"] = new() { Addresses = ["192.0.2.10"], Srtp = SrtpPolicy.Never } },
        });
        Assert.Equal("488", new Phone(_bench).Invite(Secure));
        Assert.Equal("200", Answered(new Phone(_bench, "call-2@192.0.2.10"), Plain));
    }

    [Fact]
    public void Where_encryption_is_required_and_keys_could_be_read_on_the_way_nobody_is_called_and_nothing_offered()
    {
        _bench = new CallBench(new TelephonyOptions { PublicAddress = "198.51.100.5", Outbound = Callee.Options.Outbound, Srtp = new SrtpOptions { Policy = SrtpPolicy.Required } });
        Assert.Equal(Telephony.Calls.DialRefusal.NoRoute, _bench.Dial());
        Assert.Equal("488", new Phone(_bench).Invite(""));
        Assert.DoesNotContain(_bench.Wire.Sent, sent => sent.Text.Contains("m=audio", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(SrtpPolicy.Never, "RTP/AVP", 0)]
    [InlineData(SrtpPolicy.Optional, "RTP/AVP", 6)]
    [InlineData(SrtpPolicy.Required, "RTP/SAVP", 6)]
    public void A_call_of_ours_offers_as_the_policy_says_and_takes_the_keys_of_the_answer(SrtpPolicy policy, string protocol, int keys)
    {
        _bench = DiallingBench(policy);
        var callee = Callee.Dialled(_bench);
        var sdp = Encoding.ASCII.GetString(callee.Invite.Body.Span);
        Assert.Contains($" {protocol} ", sdp, StringComparison.Ordinal);
        Assert.Equal(keys, sdp.Split("a=crypto:").Length - 1);
        Assert.Equal(policy == SrtpPolicy.Required ? "ACK BYE" : "ACK", callee.Respond(200, sdp: Callee.Answer));   // an answer in clear
    }

    [Fact]
    public void A_call_of_ours_that_is_encrypted_stays_so()
    {
        _bench = DiallingBench(SrtpPolicy.Optional);
        var callee = Callee.Dialled(_bench);
        Assert.Equal("ACK", callee.Respond(200, sdp: $"m=audio 4000 RTP/AVP 0|a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:{Key}"));
        var offer = Phone.Sdp(Plain).ReplaceLineEndings("\n");
        Assert.Equal("100 488", callee.Request("INVITE", headers: "Content-Type: application/sdp\n", body: offer));
        Assert.Equal("200", callee.Request("BYE", cseq: 3));
    }

    // The bench speaks UDP.
    [Fact]
    public void A_call_of_ours_names_no_key_without_TLS()
    {
        _bench = new CallBench(new TelephonyOptions { PublicAddress = "198.51.100.5", Outbound = Callee.Options.Outbound });
        Assert.DoesNotContain("crypto", Encoding.ASCII.GetString(Callee.Dialled(_bench).Invite.Body.Span), StringComparison.Ordinal);
    }

    // Everything is logged, down to the finest level; neither side's key, nor one in a line that cannot be used.
    [Fact]
    public void Keys_are_in_no_log()
    {
        var lines = new LogLines<CallBench>();
        using (var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new Provider(lines))))
        {
            _bench = new CallBench(new TelephonyOptions { Srtp = new SrtpOptions { Policy = SrtpPolicy.Required, AllowKeysInClear = true } }, loggers: loggers);
            var phone = Phone.Connected(_bench, Secure);
            var ours = phone.HeardLines[1].Split("inline:")[1];
            phone.Reinvite(Plain);
            phone.Reinvite(Rekeyed);
            phone.Ack();
            phone.Reinvite($"m=audio 4000 RTP/SAVP 0|a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key}|2^20|1:4");
            phone.Reinvite($"m=audio x RTP/SAVP 0|a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key}");
            phone.Bye();
            Assert.True(_bench.AllPortsReturned());
            _bench.Dispose();
            Assert.True(lines.Lines.Count > 5);
            Assert.Contains(lines.Lines, line => line.Contains("AES_CM_128_HMAC_SHA1_80", StringComparison.Ordinal));   // the suite may be known
            foreach (var key in (string[])[Key, OtherKey, ours, phone.HeardLines[1].Split("inline:")[1]])
                Assert.DoesNotContain(lines.Lines, line => line.Contains(key[..10], StringComparison.Ordinal));
        }
        _bench = null;
    }

    public void Dispose() => _bench?.Dispose();

    private static CallBench Bench(SrtpPolicy policy) => new(new TelephonyOptions { Srtp = new SrtpOptions { Policy = policy, AllowKeysInClear = true } });

    private static CallBench DiallingBench(SrtpPolicy policy) => new(new TelephonyOptions
    {
        PublicAddress = "198.51.100.5", Outbound = Callee.Options.Outbound, Srtp = new SrtpOptions { Policy = policy, AllowKeysInClear = true },
    });

    private string Answered(Phone phone, string offer)
    {
        phone.Invite(offer);
        _bench!.Answer();
        return phone.Look();
    }

    private sealed class Provider(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
