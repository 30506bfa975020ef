using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>One call's half of offer and answer, and the ports and media session that follow from it.</summary>
/// <remarks>Owned by the signalling loop; <see cref="AudioReady"/>, <see cref="Statistics"/> and what has to do with digits may be asked from any thread.</remarks>
internal sealed class CallMedia : IDisposable
{
    private readonly CallServices _services;
    private readonly LocalMedia _local;
    private readonly SrtpTerms _srtp;
    private readonly RtpPortPair _ports;
    private readonly IPAddress _signalingHost;
    private SessionDescription? _firstOffer;   // of a call of ours: every device that it reaches answers this one
    private SessionDescription? _lastSent;
    private SessionDescription? _sentBefore;   // what stands if our offer comes to nothing
    private bool _isHoldOffered;
    private bool _isHoldAgreed;
    private volatile NegotiatedMedia? _negotiated;
    private volatile MediaSession? _session;

    private CallMedia(CallServices services, RtpPortPair ports, MediaPlace place)
    {
        _services = services;
        _ports = ports;
        _signalingHost = place.SignalingHost;
        _srtp = place.Srtp;
        // RFC 8866 section 5.2 wants a number that is this session's alone; 62 bits stay within every device's integers.
        var sessionId = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 2;
        _local = new LocalMedia(place.Advertised, ports.RtpPort, services.Codecs, services.OwnOrder, services.Options.PtimeMs, sessionId) { SilenceSuppression = services.Options.SilenceSuppression, Opus = services.Options.Opus };
    }

    /// <summary>Our half of the next offer or answer. Once media is encrypted it stays so.</summary>
    public LocalMedia Local => _local with { IsHolding = IsHolding, Srtp = _srtp with { Current = _negotiated?.Srtp } };

    /// <summary>What was agreed last; null before the first answer.</summary>
    public NegotiatedMedia? Negotiated => _negotiated;

    /// <summary>True while the caller does not want to hear us: a direction without receiving, or the zero address.</summary>
    public bool IsHeld => _negotiated is { } media && !media.Direction.Sends();

    /// <summary>Whether we hold the caller; takes effect with the next offer or answer.</summary>
    public bool IsHolding { get; set; }

    /// <summary>Whether the caller is on hold, is to be taken back, and no offer that says so is open.</summary>
    public bool IsResumeDue => _isHoldAgreed && !IsHolding && !IsOfferOutstanding;

    /// <summary>True between our offer and its answer.</summary>
    public bool IsOfferOutstanding { get; private set; }

    /// <summary>True once the media has ended.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Counters of the media session; zeros before the answer. Any thread.</summary>
    public MediaStatistics Statistics => _session?.Statistics ?? new MediaStatistics();

    /// <summary>Leases the ports of a call that came in; false when none is free.</summary>
    public static bool TryLease(CallServices services, UserAgentServer invite, [NotNullWhen(true)] out CallMedia? media) =>
        TryLease(services, new MediaPlace(invite.LocalEndPoint, invite.AdvertisedAddress, invite.RemoteEndPoint.Address, services.SrtpTermsFor(invite.Trunk, invite.IsSecure)), out media);

    /// <summary>Leases the ports of a call; false when none is free.</summary>
    public static bool TryLease(CallServices services, MediaPlace place, [NotNullWhen(true)] out CallMedia? media)
    {
        // A socket bound to one address is only reached there; behind a wildcard, RTP may come to any of our addresses.
        var boundAddress = place.Local.EndPoint.Address;
        var bindAddress = boundAddress.AddressFamily == place.Advertised.AddressFamily ? boundAddress
            : place.Advertised.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any
            : IPAddress.Any;
        media = services.Ports.TryLease(bindAddress, out var ports) ? new CallMedia(services, ports, place) : null;
        return media is not null;
    }

    /// <summary>Answers the caller's offer; in a running call the new media is used at once.</summary>
    /// <returns>False if nothing offered can be used; then nothing has changed.</returns>
    public bool TryAnswer(SessionDescription offer, [NotNullWhen(true)] out byte[]? answer)
    {
        answer = null;
        if (!OfferAnswer.TryAnswer(offer, Local, _lastSent, out var description, out var media))
            return false;
        _lastSent = description;
        _isHoldAgreed = IsHolding;
        answer = SdpWriter.Write(description);
        Use(media);
        return true;
    }

    /// <summary>Our offer, for an INVITE that brought none; its answer is in the ACK.</summary>
    public byte[] Offer() => Offer(OfferAnswer.CreateOffer(Local, _lastSent));

    /// <summary>Our offer in a running call, for a re-INVITE of ours: what we said last, held or not.</summary>
    public byte[] Reoffer() => Offer(_lastSent is null ? OfferAnswer.CreateOffer(Local) : OfferAnswer.Reoffer(_lastSent, Local));

    /// <summary>Our offer has come to nothing, and may be made again: what was agreed goes on meanwhile.</summary>
    public void DropOffer()
    {
        if (!IsOfferOutstanding)
            return;
        IsOfferOutstanding = false;
        _lastSent = _sentBefore;
    }

    /// <summary>Our offer was refused for good: what was agreed goes on; a hold is not wanted any more, its end still is.</summary>
    public void GiveOfferUp()
    {
        if (!IsOfferOutstanding)
            return;
        DropOffer();
        IsHolding &= _isHoldAgreed;
    }

    /// <summary>Reads the answer to our offer.</summary>
    /// <param name="body">The SDP.</param>
    /// <param name="why">Why it cannot be used, for the log; null if it can.</param>
    /// <returns>False if it is none or does not fit; the media of before, if any, goes on.</returns>
    public bool TryTakeAnswer(ReadOnlySpan<byte> body, [NotNullWhen(false)] out string? why)
    {
        why = "no offer of ours waits for one";
        if (!IsOfferOutstanding || _lastSent is null)
            return false;
        IsOfferOutstanding = false;
        if (!TryAccept(body, _lastSent, Local, out var media, out why))
            return false;
        _isHoldAgreed = _isHoldOffered;
        Use(_negotiated is { } before && before.Codec == media.Codec && before.ReceivePayloadType == media.ReceivePayloadType && media.AlsoReceived.Count == 0
            ? media with { AlsoReceived = before.AlsoReceived, AlsoReceivedEvents = before.AlsoReceivedEvents }   // what the peer once offered it may go on using
            : media);
        return true;
    }

    /// <summary>Reads an answer to the offer of our INVITE, until the call is answered: each device that it reaches may give one, and each takes the place of the one before.</summary>
    /// <param name="body">The SDP.</param>
    /// <param name="why">Why it cannot be used, for the log; null if it can.</param>
    /// <returns>False if it is none or does not fit; the media of before, if any, goes on.</returns>
    public bool TryTakeFirstAnswer(ReadOnlySpan<byte> body, [NotNullWhen(false)] out string? why)
    {
        _firstOffer ??= _lastSent!;
        // The keys of one device are not those of another.
        if (!TryAccept(body, _firstOffer, _local with { Srtp = _srtp }, out var media, out why))
            return false;
        (IsOfferOutstanding, _lastSent) = (false, _firstOffer);
        Use(media);
        return true;
    }

    /// <summary>Starts the media session before the answer: the other side hears the source as soon as something is agreed, and is not listened to.</summary>
    public void StartEarly(IPcmSource source, IMediaListener listener, string callId) =>
        Start(new MediaSession(_services.Clock, _ports, DiscardingSink.Instance, source, listener, _services.RtpOptions, _services.TimeProvider, _services.Logger, callId)
        {
            SignalingHost = _signalingHost,
            IsEarly = true,
        });

    /// <summary>Starts the media session, or connects the one that began early; media flows as soon as something is agreed.</summary>
    public void Start(IPcmSink sink, IPcmSource source, IMediaListener listener, string callId)
    {
        if (_session is { } early)
            early.Connect(sink, source);
        else
            Start(new MediaSession(_services.Clock, _ports, sink, source, listener, _services.RtpOptions, _services.TimeProvider, _services.Logger, callId)
            {
                SignalingHost = _signalingHost,
            });
    }

    /// <summary>See <see cref="MediaSession.Connect"/>; nothing before the start.</summary>
    public void Connect(IPcmSink sink, IPcmSource source) => _session?.Connect(sink, source);

    /// <summary>See <see cref="MediaSession.AudioReady"/>; nothing before the start.</summary>
    public void AudioReady() => _session?.AudioReady();

    /// <summary>Whether the peer takes digits; false before the first answer. Any thread.</summary>
    public bool CanSendDigits => _negotiated?.SendTelephoneEventPayloadType is not null;

    /// <summary>See <see cref="MediaSession.TrySendDigits"/>; false before the start.</summary>
    public bool TrySendDigits(DigitSequence digits) => CanSendDigits && !IsOver && _session?.TrySendDigits(digits) == true;

    /// <summary>Ends the media and gives the ports back.</summary>
    public void Dispose()
    {
        IsOver = true;
        if (_session is { } session)
            session.Dispose();   // which disposes the ports once its thread has let go of them
        else
            _ports.Dispose();
    }

    private byte[] Offer(SessionDescription offer)
    {
        (_sentBefore, _lastSent) = (_lastSent, offer);
        _isHoldOffered = IsHolding;
        IsOfferOutstanding = true;
        return SdpWriter.Write(offer);
    }

    private static bool TryAccept(ReadOnlySpan<byte> body, SessionDescription offer, LocalMedia local, [NotNullWhen(true)] out NegotiatedMedia? media, [NotNullWhen(false)] out string? why)
    {
        media = null;
        why = body.IsEmpty ? "it has no session description" : "its session description cannot be read";
        if (!SdpParser.TryParse(body, out var answer))
            return false;
        why = OfferAnswer.TryAcceptAnswer(offer, answer, local, out media) ? null : CallLayer.WhyUnusable(answer, local);
        return media is not null;
    }

    private void Start(MediaSession session)
    {
        _session = session;
        if (_negotiated is { } media)
            session.Apply(media);
    }

    private void Use(NegotiatedMedia media)
    {
        _negotiated = media with
        {
            RemoteRtp = LinkLocal.InZoneOf(media.RemoteRtp, _signalingHost),
            RemoteRtcp = LinkLocal.InZoneOf(media.RemoteRtcp, _signalingHost),
        };
        _session?.Apply(_negotiated);
    }
}
