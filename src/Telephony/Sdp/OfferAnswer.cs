using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Telephony.Codecs;
using Telephony.Codecs.Opus;

namespace Telephony.Sdp;

/// <summary>The offer/answer model for a call with one audio stream (RFC 3264): what to answer, what to offer, and what was agreed.</summary>
/// <remarks>Pure functions. An answer names one codec, so that the peer has no other to switch to without a new offer; gateways that switch all the
/// same, among what they offered, are understood.</remarks>
public static class OfferAnswer
{
    private const int FirstDynamicPayloadType = 96;

    private const int NarrowbandHz = 8_000;

    // By custom; any dynamic number would do.
    private const byte OwnTelephoneEventPayloadType = 101;

    /// <summary>Answers an offer: the first audio line that we can use, every other line refused with port 0.</summary>
    /// <param name="offer">The peer's description.</param>
    /// <param name="local">What we can do.</param>
    /// <param name="previousLocal">What we wrote last in this call, for the version in o=; null the first time.</param>
    /// <param name="answer">Our description, with as many media lines as the offer.</param>
    /// <param name="media">What was agreed.</param>
    /// <returns>False if nothing offered can be used: 488.</returns>
    public static bool TryAnswer(SessionDescription offer, LocalMedia local, SessionDescription? previousLocal,
        [NotNullWhen(true)] out SessionDescription? answer, [NotNullWhen(true)] out NegotiatedMedia? media)
    {
        answer = null;
        if (!TryChoose(offer, local, out var chosen, out media))
            return false;
        var agreed = media;
        answer = Describe(local, [.. offer.Media.Select(line => ReferenceEquals(line, chosen) ? AnswerLine(line, local, agreed) : Refused(line))], previousLocal);
        return true;
    }

    /// <summary>Why an offer got no answer, as a code of the Warning header (RFC 3261 section 20.43): 303, encrypted or not encrypted against our terms;
    /// 304, no audio; 305, none of its formats or addresses.</summary>
    public static int WarningCode(SessionDescription offer, LocalMedia local) =>
        !offer.Media.Any(line => line.Is("audio") && line.Port != 0) ? 304
        : offer.Media.Any(line => line.Is("audio") && !(Sdes.IsRtp(line.Protocol) && Sdes.TryAgree(line, local.Srtp, out _))) ? 303
        : 305;

    /// <summary>Our offer: for an INVITE without one. All our codecs, both directions, as we never hold a call ourselves.</summary>
    public static SessionDescription CreateOffer(LocalMedia local, SessionDescription? previousLocal = null)
    {
        var nextDynamic = FirstDynamicPayloadType;
        var codecs = local.Codecs.Select(codec => new AudioFormat(codec.StaticPayloadType ?? (byte)nextDynamic++, codec)).ToList();
        // Events come on the clock of the codec that they interrupt (RFC 4733 section 2.1): one number for each clock, 8 kHz first.
        var events = local.Codecs.Select(codec => codec.ClockRateHz).Distinct().Order().Select((hz, i) => ((byte)(OwnTelephoneEventPayloadType + i), hz)).ToList();
        byte? noise = local.SilenceSuppression && events[0].hz == NarrowbandHz ? NegotiatedMedia.StaticComfortNoisePayloadType : null;
        var audio = AudioLine(Sdes.OfferProtocol(local.Srtp, previousLocal), local, Sdes.Offer(local.Srtp), codecs, noise, events, local.PtimeMs, local.IsHolding ? MediaDirection.SendOnly : MediaDirection.SendRecv);
        return Describe(local, WithFormerLines(audio, previousLocal), previousLocal);
    }

    /// <summary>What we wrote last, offered again: to refresh the session, or to put the peer on hold and take it back (RFC 3264 section 8.4).</summary>
    public static SessionDescription Reoffer(SessionDescription previousLocal, LocalMedia local) =>
        Describe(local, [.. previousLocal.Media.Select(line => line.Port == 0 ? line : Redirected(line, local.IsHolding))], previousLocal);

    /// <summary>Reads the peer's answer to our offer: its first codec that we offered is the one.</summary>
    /// <returns>False if the answer does not fit the offer or refuses the audio.</returns>
    public static bool TryAcceptAnswer(SessionDescription offer, SessionDescription answer, LocalMedia local, [NotNullWhen(true)] out NegotiatedMedia? media)
    {
        media = null;
        if (answer.Media.Count != offer.Media.Count)
            return false;
        for (var i = 0; i < offer.Media.Count; i++)
        {
            if (!TryAgree(answer, answer.Media[i], local, out var agreed))
                continue;
            // What comes to us bears the numbers of our offer, what we send those of the answer (RFC 3264 section 6.1).
            var ours = AudioFormats.CommonCodecs(offer.Media[i], [agreed.Codec, .. agreed.AlsoReceived.Select(format => format.Codec)]);
            var chosen = ours.FindIndex(format => format.Codec == agreed.Codec);
            var keys = agreed.Srtp;
            if (chosen < 0 || (agreed.Crypto is { } crypto && !Sdes.TryAccept(offer.Media[i], crypto, out keys)))
                continue;
            media = agreed with
            {
                Srtp = keys,
                ReceivePayloadType = ours[chosen].PayloadType,
                AlsoReceived = Without(ours, ours[chosen]),
                ComfortNoisePayloadType = AudioFormats.ComfortNoisePayloadType(offer.Media[i], agreed.Codec.ClockRateHz),
                TelephoneEventPayloadType = agreed.TelephoneEventPayloadType is null ? null
                    : AudioFormats.TelephoneEventPayloadType(offer.Media[i], agreed.TelephoneEventClockRateHz),
            };
            return true;
        }
        return false;
    }

    /// <summary>The line to be answered: the first that would be encrypted, else the first that we can use.</summary>
    private static bool TryChoose(SessionDescription offer, LocalMedia local, [NotNullWhen(true)] out MediaDescription? chosen, [NotNullWhen(true)] out NegotiatedMedia? media)
    {
        (chosen, media) = (null, null);
        foreach (var line in offer.Media)
        {
            if (media?.Srtp is null && TryAgree(offer, line, local, out var agreed) && (media is null || agreed.Srtp is not null))
                (chosen, media) = (line, agreed);
        }
        return chosen is not null && media is not null;
    }

    /// <summary>What one of the peer's media lines comes to on our side.</summary>
    private static bool TryAgree(SessionDescription theirs, MediaDescription line, LocalMedia local, [NotNullWhen(true)] out NegotiatedMedia? media)
    {
        media = null;
        var address = theirs.AddressOf(line);
        if (!line.Is("audio") || !Sdes.IsRtp(line.Protocol) || line.Port == 0 || address is null || address.AddressFamily != local.Address.AddressFamily)
            return false;
        var common = AudioFormats.CommonCodecs(line, local.Codecs);
        if (common.Count == 0 || !Sdes.TryAgree(line, local.Srtp, out var crypto))
            return false;

        var chosen = common.MinBy(entry => Rank(local, entry.Codec));
        var noise = AudioFormats.ComfortNoisePayloadType(line, chosen.Codec.ClockRateHz);
        var (events, eventsHz) = AudioFormats.TelephoneEvents(line, chosen.Codec.ClockRateHz);
        media = new NegotiatedMedia
        {
            RemoteRtp = new IPEndPoint(address, line.Port),
            RemoteRtcp = line.RtcpEndPoint(address),
            Codec = chosen.Codec,
            SendPayloadType = chosen.PayloadType,
            ReceivePayloadType = chosen.PayloadType,
            AlsoReceived = Without(common, chosen),
            ComfortNoisePayloadType = noise,
            SendComfortNoisePayloadType = local.SilenceSuppression ? noise : null,
            TelephoneEventPayloadType = events,
            AlsoReceivedEvents = AudioFormats.OtherTelephoneEvents(line, events),
            SendTelephoneEventPayloadType = events,
            TelephoneEventClockRateHz = eventsHz,
            Opus = chosen.Codec == CodecCatalog.Opus ? OpusEncoding.For(local.Opus, OpusFormat.Parse(line.FormatParameters(chosen.PayloadType))) : null,
            PtimeMs = PacketTime.Choose(chosen.Codec, line.PtimeMs, line.MaxPtimeMs, local.PtimeMs),
            Direction = Held(OurDirection(theirs.DirectionOf(line), address), local.IsHolding),
            Srtp = crypto is { } key ? Sdes.Answer(key, local.Srtp) : null,
            Crypto = crypto,
        };
        return true;
    }

    // 0.0.0.0 is the hold of RFC 2543: the peer wants nothing sent to it, whatever the direction attribute says (RFC 3264 section 8.4).
    private static MediaDirection OurDirection(MediaDirection theirs, IPAddress address) =>
        !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? theirs.Mirrored()
        : theirs.Sends() ? MediaDirection.RecvOnly
        : MediaDirection.Inactive;

    private static MediaDirection Held(MediaDirection direction, bool isHolding) =>
        !isHolding ? direction
        : direction.Sends() ? MediaDirection.SendOnly
        : MediaDirection.Inactive;

    // Each codec once, so that a peer cannot have decoders built without end.
    private static AudioFormat[] Without(List<AudioFormat> formats, AudioFormat one) => [.. formats.Where(format => format.Codec != one.Codec).DistinctBy(format => format.Codec)];

    // The first of equals wins: which of the two narrowband laws fits is the offerer's to know, wider is better for every ear.
    private static int Rank(LocalMedia local, AudioCodec codec)
    {
        if (!local.OwnOrder && codec.SampleRateHz <= NarrowbandHz)
            return int.MaxValue;
        var rank = 0;
        while (local.Codecs[rank] != codec)
            rank++;
        return rank;
    }

    private static List<(byte PayloadType, int ClockRateHz)> EventsOf(NegotiatedMedia media) =>
        media.TelephoneEventPayloadType is { } events ? [(events, media.TelephoneEventClockRateHz)] : [];

    private static MediaDescription AnswerLine(MediaDescription offered, LocalMedia local, NegotiatedMedia media)
    {
        IEnumerable<SdpAttribute> crypto = media is { Srtp: { } keys, Crypto: { } theirs } ? [new CryptoAttribute(theirs.Tag, keys.Send).ToAttribute()] : [];
        return AudioLine(offered.Protocol, local, crypto, [new(media.ReceivePayloadType, media.Codec)], media.SendComfortNoisePayloadType, EventsOf(media), media.PtimeMs, media.Direction);
    }

    private static MediaDescription AudioLine(string protocol, LocalMedia local, IEnumerable<SdpAttribute> crypto, List<AudioFormat> codecs, byte? noise,
        List<(byte PayloadType, int ClockRateHz)> events, int ptimeMs, MediaDirection direction)
    {
        var attributes = crypto.ToList();
        foreach (var (payloadType, codec) in codecs)
        {
            attributes.Add(new("rtpmap", new RtpMap(payloadType, codec.Name, codec.ClockRateHz, codec.Channels).ToString()));
            if (codec == CodecCatalog.Opus)
                attributes.Add(new("fmtp", $"{payloadType} {OpusFormat.OfOurs(local.Opus)}"));
        }
        if (noise is { } comfortNoise)
            attributes.Add(new("rtpmap", new RtpMap(comfortNoise, AudioFormats.ComfortNoise, comfortNoise == NegotiatedMedia.StaticComfortNoisePayloadType ? NarrowbandHz : codecs[0].Codec.ClockRateHz).ToString()));
        foreach (var (payloadType, clockRateHz) in events)
        {
            attributes.Add(new("rtpmap", new RtpMap(payloadType, AudioFormats.TelephoneEvent, clockRateHz).ToString()));
            attributes.Add(new("fmtp", $"{payloadType} {AudioFormats.DtmfEvents}"));
        }
        attributes.Add(new("ptime", ptimeMs.ToString(CultureInfo.InvariantCulture)));
        attributes.Add(new(direction.AttributeName()));
        return new MediaDescription
        {
            Type = "audio",
            Port = local.RtpPort,
            Protocol = protocol,
            Formats = [.. codecs.Select(format => $"{format.PayloadType}"), .. noise is { } number ? [$"{number}"] : Array.Empty<string>(), .. events.Select(entry => $"{entry.PayloadType}")],
            Attributes = attributes,
        };
    }

    // A line that was there once is never left out (RFC 3264 section 8).
    private static List<MediaDescription> WithFormerLines(MediaDescription audio, SessionDescription? previousLocal)
    {
        var lines = previousLocal is null ? [] : previousLocal.Media.ToList();
        var own = Math.Max(0, lines.FindIndex(line => line.Port != 0));
        if (lines.Count == 0)
            return [audio];
        lines[own] = audio;
        return lines;
    }

    private static MediaDescription Redirected(MediaDescription line, bool isHolding)
    {
        var direction = isHolding ? MediaDirection.SendOnly
            : line.Direction is MediaDirection.SendOnly or MediaDirection.Inactive ? MediaDirection.SendRecv
            : line.Direction ?? MediaDirection.SendRecv;
        return line with { Attributes = [.. line.Attributes.Where(attribute => !MediaDirections.TryParse(attribute.Name, out _)), new(direction.AttributeName())] };
    }

    // The formats of a refused line mean nothing, but one has to be there (RFC 3264 section 6).
    private static MediaDescription Refused(MediaDescription offered) =>
        new() { Type = offered.Type, Port = 0, Protocol = offered.Protocol, Formats = [offered.Formats.Count > 0 ? offered.Formats[0] : "0"] };

    /// <summary>Wraps the lines; the version goes up by one if they differ from what we wrote last (RFC 3264 section 8).</summary>
    private static SessionDescription Describe(LocalMedia local, IReadOnlyList<MediaDescription> lines, SessionDescription? previousLocal)
    {
        var description = new SessionDescription
        {
            Origin = new SdpOrigin("-", $"{local.SessionId}", previousLocal?.Origin.Version ?? 1, $"{local.Address}"),
            ConnectionAddress = local.Address,
            Media = lines,
        };
        return previousLocal is null || SdpWriter.ToText(description) == SdpWriter.ToText(previousLocal)
            ? description
            : description with { Origin = description.Origin with { Version = description.Origin.Version + 1 } };
    }
}
