using Telephony.Audio;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>A call that we make: one attempt after the other until somebody takes it, then a <see cref="CallLeg"/> like any other.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class OutboundCall : CallLeg, IOutboundInviteHandler
{
    /// <summary>Time for four repetitions of a lost datagram: a server that has not said anything then is given up for the next one.</summary>
    private static readonly TimeSpan ServerPatience = TimeSpan.FromSeconds(4);

    private readonly UserAgent _userAgent;
    private readonly bool _isOneByOne;
    private readonly Queue<IReadOnlyList<OutboundInvite>> _attempts;
    private IInviteAttempt? _invite;
    private InviteDialog? _dialog;
    private bool _hasRung;
    private readonly List<(SipFlow Way, CallMedia Media)> _offers;
    private InviteDialog? _changedBy;   // the device whose UPDATE the media goes by
    private bool _isHeardEarly;
    private int _open;   // attempts that something may still come of

    /// <param name="layer">Where the call is kept.</param>
    /// <param name="services">What all calls share.</param>
    /// <param name="userAgent">Sends.</param>
    /// <param name="identity">Who calls whom.</param>
    /// <param name="offers">Our media for each kind of way that it is offered on, disposed by the call; the first is the call's until another is answered.</param>
    /// <param name="attempts">The INVITEs: those of one attempt go out at once.</param>
    public OutboundCall(CallLayer layer, CallServices services, UserAgent userAgent, CallIdentity identity, List<(SipFlow Way, CallMedia Media)> offers, IEnumerable<IReadOnlyList<OutboundInvite>> attempts)
        : base(layer, services, offers[0].Media, identity, new SipHeaders())
    {
        _offers = offers;
        _userAgent = userAgent;
        _attempts = new(attempts);
        _isOneByOne = _attempts.All(attempt => attempt.Count == 1);
    }

    /// <inheritdoc/>
    public override InviteDialog? Dialog => _dialog;

    /// <summary>Makes the next attempt.</summary>
    public void Begin()
    {
        var invites = _attempts.Dequeue();
        if (_attempts.Count > 0)
            invites = [.. invites.Select(invite => invite with { ResponseTimeout = ServerPatience })];
        _open++;
        _invite = _userAgent.Invite(invites, this);
        _invite.Send();
    }

    /// <inheritdoc/>
    public override void Ring(IPcmSource? earlyAudio)
    {
        // Ringing is the callee's.
    }

    /// <inheritdoc/>
    public override void Answer(IPcmSink callerAudio, IPcmSource agentAudio)
    {
        if (Stage == CallStage.Over || Audio is not null)
            return;
        Audio = (callerAudio, agentAudio);
        if (Stage == CallStage.Answered)
            StartMedia(callerAudio, agentAudio);   // before that nobody is there to be heard or spoken to
    }

    public void OnProgress(int statusCode, InviteDialog? dialog, ReadOnlyMemory<byte> sdp)
    {
        if (Stage != CallStage.Offered)
            return;
        if (!sdp.IsEmpty)
            HearEarly(dialog, sdp);
        if (_hasRung || statusCode is not (180 or 183))
            return;
        _hasRung = true;
        CallsLog.Ringing(Services.Logger, CallId, ElapsedMs);
        Call.Listener?.OnRinging();
    }

    public OfferReply OnEarlyOffer(InviteDialog dialog, ReadOnlyMemory<byte> offer)
    {
        if (Stage != CallStage.Offered || !IsOfferedBy(dialog))
            return new(488, default);
        var reply = OnOffer(offer);
        if (reply.StatusCode == 200)
            _changedBy = dialog;
        return reply;
    }

    public void OnAccepted(InviteDialog dialog, SipResponse response, ReadOnlyMemory<byte> sdp)
    {
        _dialog = dialog;
        Stage = CallStage.Answered;
        Call.RequestHeaders = response.Headers;
        ChooseMedia(dialog.Dialog.Flow);
        // What an UPDATE has changed is newer than the answer to our INVITE.
        if (_changedBy != dialog && !Media.TryTakeFirstAnswer(sdp.Span, out var why))
        {
            CallsLog.AnswerUnusable(Services.Logger, CallId, "the response to our INVITE", why);
            HangUpNow("SIP;cause=488;text=\"Not Acceptable Here\"", CallEndReason.NotAcceptable);
            return;
        }
        if (Audio is { } audio)
            StartMedia(audio.Sink, audio.Source);
        Services.Metrics.OnAnswered();
        CallsLog.Answered(Services.Logger, CallId, Media.Negotiated!.Codec.Name, ElapsedMs);
        Call.Listener?.OnAnswered();
        Call.Listener?.OnAcknowledged();
        TellEarlyMedia();
        Renegotiation.TellHold();
    }

    public void OnRefused(InviteRefusal refusal)
    {
        if (Stage == CallStage.Over)
            return;
        // Nobody took it: another server of the same name may (RFC 3263 section 4.3).
        if (Stage == CallStage.Offered && _attempts.Count > 0 && refusal is { HasProgress: false, StatusCode: 408 or 503 })
        {
            Begin();
            return;
        }
        CallsLog.NotReached(Services.Logger, CallId, refusal.StatusCode, refusal.ReasonPhrase);
        Call.Refusal = new DialOutcome(refusal.StatusCode, refusal.ReasonPhrase, refusal.RetryAfter);
        End(ReasonOf(refusal));
    }

    public void OnClosed()
    {
        // An attempt that was given up in silence stays open beside the next one, which may by then have led to the call.
        if (--_open == 0)
            OnByeCompleted();
    }

    /// <inheritdoc/>
    protected override void Leave(int statusCode, string? reason, string? retryAfter)
    {
        End(CallEndReason.GivenUp);
        _invite?.Cancel();
    }

    /// <inheritdoc/>
    protected override void DisposeMedia()
    {
        base.DisposeMedia();
        foreach (var (_, media) in _offers.Where(offer => offer.Media != Media))
            media.Dispose();
        _offers.Clear();
    }

    /// <summary>A device is heard before it answers: media comes up, of several that are heard with the latest, and nothing of ours is said. Where several offers went
    /// out it waits for the answer.</summary>
    private void HearEarly(InviteDialog? dialog, ReadOnlyMemory<byte> sdp)
    {
        if (!IsOfferedBy(dialog))
            return;
        _changedBy = null;
        if (!Media.TryTakeFirstAnswer(sdp.Span, out var why))
        {
            CallsLog.AnswerUnusable(Services.Logger, CallId, "a provisional response", why);
            return;
        }
        if (_isHeardEarly)
            return;
        _isHeardEarly = true;
        StartEarlyMedia(SilentSource.Instance);
        CallsLog.HeardEarly(Services.Logger, CallId, ElapsedMs);
    }

    /// <summary>Whether the media that the call has now is what that dialog's INVITE offered: of several offers the first, where one INVITE follows the other.</summary>
    private bool IsOfferedBy(InviteDialog? dialog) => _offers.Count <= 1 || (_isOneByOne && dialog is not null && MediaOn(dialog.Dialog.Flow) == Media);

    private CallMedia MediaOn(SipFlow way) => _offers.Find(offer => offer.Way.IsLike(way)).Media ?? Media;

    /// <summary>The call goes on with the media that was offered on the way by which it was answered.</summary>
    private void ChooseMedia(SipFlow way)
    {
        var chosen = MediaOn(way);
        foreach (var (_, media) in _offers.Where(offer => offer.Media != chosen && offer.Media != Media))
            media.Dispose();
        _offers.Clear();
        if (chosen != Media)
            ChangeMedia(chosen);
    }

    private static CallEndReason ReasonOf(InviteRefusal refusal) => refusal switch
    {
        { StatusCode: 486 or 600 } => CallEndReason.Busy,
        { StatusCode: 408 or 503, HasProgress: false } => CallEndReason.NotReachable,
        { StatusCode: 408 or 480 } => CallEndReason.NoAnswer,
        _ => CallEndReason.Declined,
    };
}
