using System.Globalization;
using System.Net;
using Telephony.Codecs;
using Telephony.Codecs.Opus;
using Telephony.Sdp;

namespace Telephony.Tests.Sdp;

public sealed class OfferAnswerTests
{
    private const string Events = "a=rtpmap:101 telephone-event/8000";

    [Fact]
    public void The_answer_is_complete_and_names_one_codec_and_the_events()
    {
        var (answer, media) = Describe.Answer(Describe.Offer("m=audio 4000 RTP/AVP 8 0 101", Events, "a=ptime:30"));
        Assert.Equal("""
            v=0
            o=- 4711 1 IN IP4 192.0.2.1
            s=-
            c=IN IP4 192.0.2.1
            t=0 0
            m=audio 20000 RTP/AVP 8 101
            a=rtpmap:8 PCMA/8000
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-15
            a=ptime:30
            a=sendrecv

            """.ReplaceLineEndings("\r\n"), SdpWriter.ToText(answer));
        Assert.Equal(new NegotiatedMedia
        {
            RemoteRtp = IPEndPoint.Parse("198.51.100.7:4000"),
            RemoteRtcp = IPEndPoint.Parse("198.51.100.7:4001"),
            Codec = Describe.Pcma,
            SendPayloadType = 8,
            ReceivePayloadType = 8,
            TelephoneEventPayloadType = 101,
            SendTelephoneEventPayloadType = 101,
            PtimeMs = 30,
            Direction = MediaDirection.SendRecv,
        }, media with { AlsoReceived = [] });
        Assert.Equal([new AudioFormat(0, Describe.Pcmu)], media.AlsoReceived);
    }

    [Theory]
    [InlineData("0 8", false, "PCMU")]
    [InlineData("8 0", false, "PCMA")]
    [InlineData("18 8 0", false, "PCMA")]   // G.729 is not ours
    [InlineData("8 0", true, "PCMU")]
    [InlineData("13 8", true, "PCMA")]
    public void Among_narrowband_codecs_the_offerers_order_counts_unless_our_own_is_asked_for(string formats, bool ownOrder, string codec) =>
        Assert.Equal(codec, Describe.Answer(Describe.Offer($"m=audio 4000 RTP/AVP {formats}"), Describe.Local(ownOrder)).Media.Codec.Name);

    [Theory]
    [InlineData("8 0 9", "G722", 9)]
    [InlineData("8 0 118", "G722", 118)]
    [InlineData("8 0", "PCMA", 8)]
    public void Wideband_comes_first_under_the_number_that_the_offerer_gave_it(string formats, string codec, byte payloadType)
    {
        var offer = Describe.Offer($"m=audio 4000 RTP/AVP {formats}", "a=rtpmap:118 G722/8000");
        var (answer, media) = Describe.Answer(offer, Describe.Local(false, Describe.G722, Describe.Pcmu, Describe.Pcma));
        Assert.Equal((codec, payloadType), (media.Codec.Name, media.SendPayloadType));
        Assert.Equal([$"{payloadType}"], answer.Media[0].Formats);
    }

    [Fact]
    public void Events_on_the_usual_clock_serve_a_codec_on_another()
    {
        var opus = new AudioCodec("opus", 48_000, 16_000, 2, null);
        var local = Describe.Local(false, opus);
        var (answer, media) = Describe.Answer(Describe.Offer("m=audio 4000 RTP/AVP 96 101", "a=rtpmap:96 opus/48000/2", Events), local);
        Assert.Equal(((byte?)101, (byte?)101, 8_000), (media.TelephoneEventPayloadType, media.SendTelephoneEventPayloadType, media.TelephoneEventClockRateHz));
        Assert.Contains(Events, Describe.MediaLines(answer));

        (_, media) = Describe.Answer(Describe.Offer("m=audio 4000 RTP/AVP 96 101 97", "a=rtpmap:96 opus/48000/2", Events, "a=rtpmap:97 telephone-event/48000"), local);
        Assert.Equal(((byte?)97, 48_000), (media.TelephoneEventPayloadType, media.TelephoneEventClockRateHz));
    }

    [Theory]
    [InlineData("a=rtpmap:118 PCMA/8000")]
    [InlineData("a=rtpmap:118 pcma/8000/1")]
    [InlineData("a=rtpmap:  118   Pcma / 8000")]
    public void A_codec_under_a_dynamic_number_keeps_that_number(string rtpmap)
    {
        var (answer, media) = Describe.Answer(Describe.Offer("m=audio 4000 RTP/AVP 118", rtpmap));
        Assert.Equal((118, 118, "PCMA"), (media.SendPayloadType, media.ReceivePayloadType, media.Codec.Name));
        Assert.Contains("a=rtpmap:118 PCMA/8000", Describe.MediaLines(answer));
    }

    [Theory]
    [InlineData("a=rtpmap:0 PCMU")]         // no rate: the static number says enough
    [InlineData("a=rtpmap:0 PCMU/8000")]
    [InlineData("a=rtpmap:x PCMU/8000")]
    public void A_static_number_is_known_with_and_without_its_rtpmap(string rtpmap) =>
        Assert.Equal("PCMU", Describe.Answer(Describe.Offer("m=audio 4000 RTP/AVP 0", rtpmap)).Media.Codec.Name);

    [Fact]
    public void Events_count_at_the_codecs_clock_rate_only()
    {
        var (_, media) = Describe.Answer(Describe.Offer("m=audio 4000 RTP/AVP 0 110 96", "a=rtpmap:110 telephone-event/48000", "a=rtpmap:96 TELEPHONE-EVENT/8000"));
        Assert.Equal((byte)96, media.TelephoneEventPayloadType);
        (_, media) = Describe.Answer(Describe.Offer("m=audio 4000 RTP/AVP 0 110", "a=rtpmap:110 telephone-event/48000"));
        Assert.Null(media.TelephoneEventPayloadType);
    }

    [Theory]
    [InlineData("PCMU", "0 13", "13")]
    [InlineData("G722", "9 13", "13")]
    [InlineData("L16", "97 13 98", "98")]
    [InlineData("L16", "97 13", null)]
    [InlineData("opus", "96 13 98", null)]   // has its own
    [InlineData("PCMU", "0", null)]
    public void Comfort_noise_is_answered_where_both_sides_want_it_on_the_codecs_clock(string name, string formats, string? noise)
    {
        var local = Describe.Local(false, CodecCatalog.All.First(known => known.Name == name));
        var offer = Describe.Offer($"m=audio 4000 RTP/AVP {formats}", "a=rtpmap:96 opus/48000/2", "a=rtpmap:97 L16/16000", "a=rtpmap:98 CN/16000");
        var (answer, media) = Describe.Answer(offer, local with { SilenceSuppression = true });
        Assert.Equal(noise, answer.Media[0].Formats.ElementAtOrDefault(1));
        Assert.Equal(noise, media.SendComfortNoisePayloadType?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(media.SendComfortNoisePayloadType, media.ComfortNoisePayloadType);
        if (noise is not null)
            Assert.Contains($"a=rtpmap:{noise} CN/{media.Codec.ClockRateHz}", Describe.MediaLines(answer));
        Assert.Null(Describe.Answer(offer, local).Media.SendComfortNoisePayloadType);
    }

    [Fact]
    public void Our_offer_names_comfort_noise_where_we_want_it()
    {
        var offer = OfferAnswer.CreateOffer(Describe.Local() with { SilenceSuppression = true });
        Assert.Equal(["0", "8", "13", "101"], offer.Media[0].Formats);
        Assert.Contains("a=rtpmap:13 CN/8000", Describe.MediaLines(offer));
    }

    [Fact]
    public void Comfort_noise_is_tolerated_and_not_answered()
    {
        var (answer, _) = Describe.Answer(Describe.Offer("m=audio 4000 RTP/AVP 13 0", "a=rtpmap:13 CN/8000"));
        Assert.Equal(["0"], answer.Media[0].Formats);
    }

    [Fact]
    public void Every_other_line_is_refused_in_its_place()
    {
        var (answer, media) = Describe.Answer(Describe.Offer(
            "m=video 4002 RTP/AVP 31 96", "m=audio 4004 RTP/SAVP 0", "m=audio 0 RTP/AVP 0", "m=audio 4000 RTP/AVP 0", "m=audio 4006 RTP/AVP 8",
            "m=image 4008 udptl t38", "m=application 4010 UDP/TLS/RTP/SAVPF"));
        Assert.Equal(
            ["video 0 31", "audio 0 0", "audio 0 0", "audio 20000 0", "audio 0 8", "image 0 t38", "application 0 0"],
            answer.Media.Select(line => $"{line.Type} {line.Port} {line.Formats[0]}"));
        Assert.Equal(4000, media.RemoteRtp.Port);
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/SAVP 0")]
    [InlineData("m=audio 4000 UDP/TLS/RTP/SAVPF 0")]
    [InlineData("m=audio 0 RTP/AVP 0")]
    [InlineData("m=audio 4000 RTP/AVP 18 13 101")]
    [InlineData("m=audio 4000 RTP/AVP 96")]             // dynamic without rtpmap
    [InlineData("m=video 4000 RTP/AVP 31")]
    [InlineData("a=sendrecv")]                          // no media line at all
    public void An_offer_without_a_usable_audio_line_is_not_acceptable(string line) =>
        Assert.True(Describe.IsRefused(Describe.Offer(line)));

    [Fact]
    public void Without_an_address_of_our_family_the_line_is_not_usable()
    {
        Assert.True(Describe.IsRefused(Describe.Parse("v=0", "m=audio 4000 RTP/AVP 0")));
        Assert.True(Describe.IsRefused(Describe.Parse("v=0", "c=IN IP4 phone.example.com", "m=audio 4000 RTP/AVP 0")));
        Assert.True(Describe.IsRefused(Describe.Parse("v=0", "c=IN IP6 2001:db8::1", "m=audio 4000 RTP/AVP 0")));
        Assert.False(Describe.IsRefused(Describe.Parse("v=0", "c=IN IP6 2001:db8::1", "m=audio 4000 RTP/AVP 0", "c=IN IP4 198.51.100.7")));
    }

    [Theory]
    [InlineData("sendrecv", "198.51.100.7", MediaDirection.SendRecv)]
    [InlineData("sendonly", "198.51.100.7", MediaDirection.RecvOnly)]
    [InlineData("recvonly", "198.51.100.7", MediaDirection.SendOnly)]
    [InlineData("inactive", "198.51.100.7", MediaDirection.Inactive)]
    [InlineData("sendrecv", "0.0.0.0", MediaDirection.RecvOnly)]
    [InlineData("sendonly", "0.0.0.0", MediaDirection.RecvOnly)]
    [InlineData("recvonly", "0.0.0.0", MediaDirection.Inactive)]
    [InlineData("inactive", "0.0.0.0", MediaDirection.Inactive)]
    public void The_direction_is_mirrored_and_the_zero_address_holds(string offered, string address, MediaDirection ours)
    {
        var (answer, media) = Describe.Answer(Describe.Offer("m=audio 4000 RTP/AVP 0", $"c=IN IP4 {address}", $"a={offered}"));
        Assert.Equal(ours, media.Direction);
        Assert.Equal(ours, answer.Media[0].Direction);
    }

    [Theory]
    [InlineData(null, null, 20)]
    [InlineData(10, null, 10)]
    [InlineData(30, null, 30)]
    [InlineData(60, null, 60)]
    [InlineData(0, null, 20)]
    [InlineData(1, null, 10)]
    [InlineData(7, null, 10)]
    [InlineData(25, null, 20)]
    [InlineData(120, null, 60)]
    [InlineData(65535, null, 20)]
    [InlineData(40, 30, 30)]
    [InlineData(null, 10, 10)]
    [InlineData(null, 5, 10)]
    [InlineData(20, 0, 20)]
    public void Ptime_is_honoured_between_10_and_60_ms(int? ptimeMs, int? maxPtimeMs, int expectedMs)
    {
        var lines = new List<string> { "m=audio 4000 RTP/AVP 0" };
        if (ptimeMs is { } wished)
            lines.Add($"a=ptime:{wished}");
        if (maxPtimeMs is { } limit)
            lines.Add($"a=maxptime:{limit}");
        var (answer, media) = Describe.Answer(Describe.Offer([.. lines]));
        Assert.Equal((expectedMs, expectedMs), (media.PtimeMs, answer.Media[0].PtimeMs));
    }

    [Fact]
    public void Everything_works_over_IPv6_too()
    {
        var offer = Describe.Parse("v=0", "o=- 1 1 IN IP6 2001:db8::7", "c=IN IP6 2001:db8::7", "m=audio 4000 RTP/AVP 0", "a=rtcp:4009 IN IP6 2001:db8::8");
        var (answer, media) = Describe.Answer(offer, Describe.Local() with { Address = IPAddress.Parse("2001:db8::1") });
        Assert.Equal(("[2001:db8::7]:4000", "[2001:db8::8]:4009"), (media.RemoteRtp.ToString(), media.RemoteRtcp.ToString()));
        Assert.Contains("o=- 4711 1 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\n", SdpWriter.ToText(answer), StringComparison.Ordinal);
        var held = Describe.Parse("v=0", "c=IN IP6 ::", "m=audio 4000 RTP/AVP 0");
        Assert.Equal(MediaDirection.RecvOnly, Describe.Answer(held, Describe.Local() with { Address = IPAddress.IPv6Loopback }).Media.Direction);
    }

    [Fact]
    public void The_version_goes_up_only_when_something_changes()
    {
        var offer = Describe.Offer("m=audio 4000 RTP/AVP 0");
        var first = Describe.Answer(offer).Answer;
        var refreshed = Describe.Answer(offer, previous: first).Answer;
        var held = Describe.Answer(Describe.Offer("m=audio 4000 RTP/AVP 0", "a=sendonly"), previous: refreshed).Answer;
        var resumed = Describe.Answer(offer, previous: held).Answer;
        Assert.Equal([1UL, 1, 2, 3], new[] { first, refreshed, held, resumed }.Select(sdp => sdp.Origin.Version));
        Assert.Single(new[] { first, refreshed, held, resumed }.Select(sdp => sdp.Origin.SessionId).Distinct());
    }

    // What wideband phones really offer, shortened to what matters.
    [Theory]
    [InlineData("baresip", "96 97 9 0 8 98 99", "96 opus/48000/2|fmtp:96 stereo=1;sprop-stereo=1|97 opus/48000/2|98 telephone-event/48000|99 telephone-event/8000", "opus", 96, 98)]
    [InlineData("linphone", "96 97 98 0 8 18 101 99 100", "96 opus/48000/2|fmtp:96 useinbandfec=1|97 speex/16000|98 speex/8000|fmtp:18 annexb=yes|101 telephone-event/48000|99 telephone-event/16000|100 telephone-event/8000", "opus", 96, 101)]
    [InlineData("FritzBox", "9 8 0 2 102 100 99 97 101", "2 G726-32/8000|102 G726-32/8000|100 G726-40/8000|99 G726-24/8000|97 iLBC/8000|fmtp:97 mode=30|101 telephone-event/8000", "G722", 9, 101)]
    [InlineData("Chrome behind a gateway", "111 63 9 0 8 13 110 126", "111 opus/48000/2|fmtp:111 minptime=10;useinbandfec=1|63 red/48000/2|fmtp:63 111/111|110 telephone-event/48000|126 telephone-event/8000", "opus", 111, 110)]
    [InlineData("Snom", "9 0 8 99 18 101", "99 G726-32/8000|101 telephone-event/8000", "G722", 9, 101)]
    [InlineData("a trunk", "8 0 18 101 13", "101 telephone-event/8000", "PCMA", 8, 101)]
    public void Wideband_phones_are_answered_wideband(string phone, string formats, string maps, string codec, byte payloadType, byte events)
    {
        Assert.NotEmpty(phone);
        var lines = maps.Split('|').Select(map => map.StartsWith("fmtp", StringComparison.Ordinal) ? "a=" + map : "a=rtpmap:" + map);
        var (answer, media) = Describe.Answer(Describe.Offer([$"m=audio 4000 RTP/AVP {formats}", .. lines]), Describe.Local(false, CodecCatalog.Opus, Describe.G722, Describe.Pcmu, Describe.Pcma));
        Assert.Equal((codec, payloadType, (byte?)events), (media.Codec.Name, media.SendPayloadType, media.TelephoneEventPayloadType));
        Assert.Equal([$"{payloadType}", $"{events}"], answer.Media[0].Formats);
        Assert.Equal(codec == "opus", media.Opus is not null);
    }

    [Fact]
    public void Opus_is_answered_in_mono_with_what_we_hear_and_set_as_the_peer_wishes()
    {
        var offer = Describe.Offer("m=audio 4000 RTP/AVP 120", "a=rtpmap:120 OPUS/48000/2", "a=fmtp:120 maxplaybackrate=16000;maxaveragebitrate=20000; useinbandfec=1;stereo=1;cbr=1", "a=ptime:30");
        var (answer, media) = Describe.Answer(offer, Describe.Local(false, CodecCatalog.Opus));
        Assert.Equal(
            ["m=audio 20000 RTP/AVP 120", "a=rtpmap:120 opus/48000/2",
             "a=fmtp:120 maxplaybackrate=16000;sprop-maxcapturerate=24000;maxaveragebitrate=32000;stereo=0;useinbandfec=1", "a=ptime:20", "a=sendrecv"],
            Describe.MediaLines(answer));
        Assert.Equal(new OpusEncoding(5, 20_000, true, true, 5, 16_000), media.Opus);
    }

    [Theory]
    [InlineData("opus", 30, 20)]
    [InlineData("opus", 50, 40)]
    [InlineData("opus", 60, 60)]
    [InlineData("L16", 60, 40)]
    [InlineData("G722", 30, 30)]
    public void Packet_times_are_those_that_the_codec_has(string name, int wishedMs, int ms)
    {
        var codec = CodecCatalog.All.First(known => known.Name == name);
        var offer = Describe.Offer("m=audio 4000 RTP/AVP 96", $"a=rtpmap:96 {codec.Name}/{codec.ClockRateHz}/{codec.Channels}", $"a=ptime:{wishedMs}");
        Assert.Equal(ms, Describe.Answer(offer, Describe.Local(false, codec)).Media.PtimeMs);
    }

    [Fact]
    public void Any_order_of_any_codecs_is_answered_by_preference_or_refused_where_nothing_is_common()
    {
        var random = new Random(3264);
        AudioCodec[] ours = [CodecCatalog.Opus, CodecCatalog.G722, CodecCatalog.Pcmu, CodecCatalog.Pcma, CodecCatalog.L16At16k];
        for (var round = 0; round < 2_000; round++)
        {
            var local = random.GetItems(ours, random.Next(1, 5)).Distinct().ToArray();
            var offered = Enumerable.Range(96, random.Next(1, 6)).Select(number => (Number: number, Codec: random.Next(4) == 0 ? null : random.GetItems(ours, 1)[0])).ToList();
            var ownOrder = random.Next(2) == 0;
            var offer = Describe.Offer([
                $"m=audio 4000 RTP/AVP {string.Join(' ', offered.Select(format => format.Number))}",
                .. offered.Select(format => $"a=rtpmap:{format.Number} {format.Codec?.Name ?? "G729"}/{format.Codec?.ClockRateHz ?? 8000}/{format.Codec?.Channels ?? 1}")]);
            var common = offered.Where(format => format.Codec is { } codec && local.Contains(codec)).ToList();
            var isAnswered = OfferAnswer.TryAnswer(offer, Describe.Local(ownOrder, local), null, out _, out var media);
            Assert.Equal(common.Count > 0, isAnswered);
            if (media is null)
                continue;
            Assert.Contains((media.SendPayloadType, media.Codec), common.Select(format => ((byte)format.Number, format.Codec!)));
            var isNarrow = media.Codec.SampleRateHz == 8_000;
            Assert.All(common, other => Assert.True(
                ownOrder || !isNarrow ? Array.IndexOf(local, media.Codec) <= Array.IndexOf(local, other.Codec!) || (!ownOrder && other.Codec!.SampleRateHz == 8_000)
                : other.Codec!.SampleRateHz == 8_000 && media.SendPayloadType <= other.Number));
        }
    }

    [Fact]
    public void Our_offer_holds_all_codecs_and_the_events()
    {
        var opus = new AudioCodec("opus", 48_000, 48_000, 2, null);
        Assert.Equal(
            ["m=audio 20000 RTP/AVP 0 8 96 101 102", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000", "a=rtpmap:96 opus/48000/2",
             "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=rtpmap:102 telephone-event/48000", "a=fmtp:102 0-15", "a=ptime:20", "a=sendrecv"],
            Describe.MediaLines(OfferAnswer.CreateOffer(Describe.Local(false, Describe.Pcmu, Describe.Pcma, opus))));
    }

    [Theory]
    [InlineData("0", "PCMU")]
    [InlineData("8 101", "PCMA")]
    [InlineData("8 0", "PCMA")]
    public void The_first_codec_of_the_peers_answer_is_the_one(string formats, string codec)
    {
        Assert.True(TryAccept(out var media, $"m=audio 4000 RTP/AVP {formats}", Events));
        Assert.Equal(codec, media!.Codec.Name);
        Assert.Equal(formats.Contains("101", StringComparison.Ordinal) ? (byte)101 : null, media.TelephoneEventPayloadType);
    }

    [Fact]
    public void An_answer_under_another_number_is_sent_so_and_received_as_offered()
    {
        Assert.True(TryAccept(out var media, "m=audio 4000 RTP/AVP 96", "a=rtpmap:96 PCMU/8000"));
        Assert.Equal((96, 0), (media!.SendPayloadType, media.ReceivePayloadType));
    }

    [Fact]
    public void Events_come_under_the_number_that_we_offered_and_go_under_the_peers()
    {
        Assert.True(TryAccept(out var media, "m=audio 4000 RTP/AVP 0 96", "a=rtpmap:96 telephone-event/8000"));
        Assert.Equal(((byte?)101, (byte?)96), (media!.TelephoneEventPayloadType, media.SendTelephoneEventPayloadType));
    }

    [Fact]
    public void The_peer_may_change_to_every_other_codec_that_both_sides_named()
    {
        Assert.True(TryAccept(out var media, "m=audio 4000 RTP/AVP 0 118 97 101", "a=rtpmap:118 PCMA/8000", "a=rtpmap:97 PCMA/8000", Events));
        Assert.Equal([new AudioFormat(8, Describe.Pcma)], media!.AlsoReceived);
        Assert.True(TryAccept(out media, "m=audio 4000 RTP/AVP 0 97 101", "a=rtpmap:97 PCMU/8000", Events));
        Assert.Empty(media!.AlsoReceived);
    }

    [Theory]
    [InlineData("m=audio 0 RTP/AVP 0")]
    [InlineData("m=audio 4000 RTP/AVP 18")]
    [InlineData("m=audio 4000 RTP/AVP 0|m=audio 4002 RTP/AVP 0")]
    [InlineData("a=sendrecv")]
    public void An_answer_that_does_not_fit_our_offer_is_refused(string lines) => Assert.False(TryAccept(out _, lines.Split('|')));

    [Fact]
    public void Any_answer_has_as_many_lines_as_its_offer_and_one_in_use()
    {
        var random = new Random(3264);
        var answered = 0;
        for (var round = 0; round < 3000; round++)
        {
            var offer = RandomSdp.Description(random);
            if (!OfferAnswer.TryAnswer(offer, Describe.Local(), null, out var answer, out var media))
                continue;
            answered++;
            Assert.Equal(offer.Media.Select(line => line.Type), answer.Media.Select(line => line.Type));
            Assert.Single(answer.Media, line => line.Port != 0);
            Assert.InRange(media.PtimeMs, 10, 60);
            Assert.True(SdpParser.TryParse(SdpWriter.Write(answer), out var read));
            RandomSdp.AssertSame(answer, read);
        }
        Assert.InRange(answered, 300, 2700);
    }

    private static bool TryAccept(out NegotiatedMedia? media, params string[] answer) =>
        OfferAnswer.TryAcceptAnswer(OfferAnswer.CreateOffer(Describe.Local()), Describe.Offer(answer), Describe.Local(), out media);
}
