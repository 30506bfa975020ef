using System.Net;
using Telephony.Codecs;
using Telephony.Codecs.Opus;
using Telephony.Rtp.Srtp;

namespace Telephony.Sdp;

/// <summary>What an offer/answer exchange settled for the call's one audio stream (RFC 3264): the only thing that the media side needs to know of SDP.</summary>
public sealed record NegotiatedMedia
{
    /// <summary>Where the peer wants RTP; symmetric RTP may correct it. An unspecified address (0.0.0.0, ::) means hold in the old style.</summary>
    public required IPEndPoint RemoteRtp { get; init; }

    /// <summary>Where the peer wants RTCP: the port above RTP, or <c>a=rtcp</c> (RFC 3605).</summary>
    public required IPEndPoint RemoteRtcp { get; init; }

    /// <summary>The codec that both sides use.</summary>
    public required AudioCodec Codec { get; init; }

    /// <summary>Payload type that the peer wants on packets towards it, 0 to 127.</summary>
    public required byte SendPayloadType { get; init; }

    /// <summary>Payload type that the peer puts on its packets, 0 to 127; equal to <see cref="SendPayloadType"/> in nearly every call.</summary>
    public required byte ReceivePayloadType { get; init; }

    /// <summary>Further codecs that both sides named: the peer may change to one of them without a new offer (RFC 3264 section 6.1). Payload types as
    /// for <see cref="ReceivePayloadType"/>.</summary>
    public IReadOnlyList<AudioFormat> AlsoReceived { get; init; } = [];

    /// <summary>Payload type of comfort noise on an 8 kHz clock (RFC 3389 section 4); understood in every call, since devices send it unasked.</summary>
    public const byte StaticComfortNoisePayloadType = 13;

    /// <summary>Payload type that the peer puts on comfort noise on the codec's clock (RFC 3389), or null when it named none.</summary>
    public byte? ComfortNoisePayloadType { get; init; }

    /// <summary>Payload type that the peer wants on comfort noise towards it; null when silence is to be sent as audio, as one of both sides wants it.</summary>
    public byte? SendComfortNoisePayloadType { get; init; }

    /// <summary>Payload type that the peer puts on telephone-event (RFC 4733), or null when the peer has none.</summary>
    public byte? TelephoneEventPayloadType { get; init; }

    /// <summary>Payload type that the peer wants on telephone-event towards it, or null when the peer takes none; equal to
    /// <see cref="TelephoneEventPayloadType"/> in nearly every call.</summary>
    public byte? SendTelephoneEventPayloadType { get; init; }

    /// <summary>Further numbers of telephone-event, beside the other codecs of a peer that may change to them.</summary>
    public IReadOnlyList<EventFormat> AlsoReceivedEvents { get; init; } = [];

    /// <summary>Units per second of the durations in telephone-event: the codec's RTP clock, or 8000 where a peer has events on no other.</summary>
    public int TelephoneEventClockRateHz { get; init; } = 8000;

    /// <summary>How the encoder is set when the codec is Opus; null for every other.</summary>
    public OpusEncoding? Opus { get; init; }

    /// <summary>Packet time of what we send, in ms: 10 to 60.</summary>
    public required int PtimeMs { get; init; }

    /// <summary>Our direction: what the answer says of us.</summary>
    public required MediaDirection Direction { get; init; }

    /// <summary>Keys of both directions; null when media goes unencrypted.</summary>
    public SrtpKeys? Srtp { get; init; }

    /// <summary>The peer's crypto line that the keys come from.</summary>
    internal CryptoAttribute? Crypto { get; init; }
}

/// <summary>A codec under the number that it has on the wire.</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="Codec">What it stands for.</param>
public readonly record struct AudioFormat(byte PayloadType, AudioCodec Codec);

/// <summary>Telephone-event under the number that it has on the wire.</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="ClockRateHz">Units per second of its durations.</param>
public readonly record struct EventFormat(byte PayloadType, int ClockRateHz);
