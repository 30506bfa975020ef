using System.Net;
using Telephony.Codecs;
using Telephony.Codecs.Opus;

namespace Telephony.Sdp;

/// <summary>What our side of a call can do and where it listens: our half of every offer/answer exchange.</summary>
/// <param name="Address">Address that the peer is told, for RTP and RTCP.</param>
/// <param name="RtpPort">Leased RTP port, even; RTCP is the port above.</param>
/// <param name="Codecs">Codecs that we speak, in our order of preference; telephone-event is spoken at their clock rates and not listed.</param>
/// <param name="OwnOrder">True to answer with our first codec that was offered; false to take wideband codecs first, in our order, and then to follow the offerer's.</param>
/// <param name="PtimeMs">Packet time of what we send when the peer wishes none, in ms.</param>
/// <param name="SessionId">Our session id in o=, the same for the call's whole life.</param>
public sealed record LocalMedia(IPAddress Address, int RtpPort, IReadOnlyList<AudioCodec> Codecs, bool OwnOrder, int PtimeMs, ulong SessionId)
{
    /// <summary>Whether our silence may be described instead of sent, and the caller's too (RFC 3389).</summary>
    public bool SilenceSuppression { get; init; }

    /// <summary>Whether we have put the peer on hold: it hears us, and is not listened to.</summary>
    public bool IsHolding { get; init; }

    /// <summary>How Opus is spoken.</summary>
    public OpusOptions Opus { get; init; } = new();

    /// <summary>What is demanded of encryption.</summary>
    public SrtpTerms Srtp { get; init; } = SrtpTerms.None;
}
