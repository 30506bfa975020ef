using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>A call between its INVITE and the end of its dialog, whoever called whom: turns commands into SIP, and SIP and media into events.</summary>
/// <remarks>Owned by the signalling loop; commands from other threads are posted to it, so that the listener hears everything in one order, and
/// nothing after the end.</remarks>
internal abstract class CallLeg : ICallLeg, IInviteHandler
{
    private readonly CallLayer _layer;
    private readonly DigitFilter _digits;
    private readonly long _begunAt;
    private InfoDigits? _infoDigits;
    private volatile CallMedia _media;
    private bool _hasMedia;

    protected CallLeg(CallLayer layer, CallServices services, CallMedia media, CallIdentity identity, SipHeaders requestHeaders)
    {
        _layer = layer;
        Services = services;
        _media = media;
        _digits = new DigitFilter(services.TimeProvider);
        _begunAt = services.TimeProvider.GetTimestamp();
        Call = new Call(identity, requestHeaders, this);
        Renegotiation = new Renegotiation(Call, media, services.Logger);
    }

    /// <summary>How far a call is.</summary>
    protected enum CallStage
    {
        /// <summary>Not answered.</summary>
        Offered,

        /// <summary>Answered.</summary>
        Answered,

        /// <summary>Over.</summary>
        Over,
    }

    /// <summary>The call as its host sees it.</summary>
    public Call Call { get; }

    public MediaStatistics Statistics => Media.Statistics;

    public bool CanSendDigits => Media.CanSendDigits || SendsDigitsByInfo;

    /// <summary>How far it is.</summary>
    protected CallStage Stage { get; set; }

    /// <summary>What all calls share.</summary>
    protected CallServices Services { get; }

    /// <summary>Its half of offer and answer, and its audio.</summary>
    protected CallMedia Media => _media;

    /// <summary>What changes its media while it runs.</summary>
    protected Renegotiation Renegotiation { get; private set; }

    /// <summary>Its dialog; null while there is none.</summary>
    protected abstract InviteDialog? Dialog { get; }

    /// <summary>Our name of it.</summary>
    protected string CallId => Call.CallId;

    /// <summary>Time since its INVITE, in ms.</summary>
    protected long ElapsedMs => (long)Services.TimeProvider.GetElapsedTime(_begunAt).TotalMilliseconds;

    public abstract void Ring(IPcmSource? earlyAudio);

    public abstract void Answer(IPcmSink callerAudio, IPcmSource agentAudio);

    public void Connect(IPcmSink callerAudio, IPcmSource agentAudio) => Post(() =>
    {
        if (Stage == CallStage.Answered)
            Media.Connect(callerAudio, agentAudio);
    });

    public void Reject(int statusCode, string? reason, string? retryAfter) => Post(() =>
    {
        if (Stage == CallStage.Offered)
            Leave(statusCode, reason, retryAfter);
        else
            HangUpNow(reasonHeader: null, CallEndReason.AgentHungUp);
    });

    public void HangUp(string? reason) => Post(() =>
    {
        if (Stage == CallStage.Offered)
            Leave(480, null, null);
        else
            HangUpNow(reason, CallEndReason.AgentHungUp);
    });

    public void Transfer(TransferTarget target) => Post(() =>
    {
        if (Stage != CallStage.Answered || Dialog is not { CanRefer: true } dialog)
            return;
        if (_layer.TryTakeTransfer(Call, target) is var verdict and not DialRefusal.None)
        {
            CallsLog.TransferWithheld(Services.Logger, CallId, target.ToString(), verdict);
            Call.Listener?.OnTransferEnded(new TransferOutcome(TransferEnd.Refused, 403));
            return;
        }
        var uri = target.UriFor(dialog.Dialog.RemoteAddress.Uri, dialog.Dialog.RemoteTarget);
        dialog.Refer(uri);
        CallsLog.Transferring(Services.Logger, CallId, uri.ToString());
    });

    public void Hold(bool isHolding) => Post(() =>
    {
        if (Stage != CallStage.Answered || Media.IsHolding == isHolding)
            return;
        Media.IsHolding = isHolding;
        Dialog?.Reoffer();
    });

    public bool TrySendDigits(DigitSequence digits) => SendsDigitsByInfo ? Dialog is { Phase: DialogPhase.Confirmed } dialog && DigitsByInfo(dialog).TryLeave(digits) : Media.TrySendDigits(digits);

    public void AudioReady() => Media.AudioReady();

    public void OnCancelled() => Finish(CallEndReason.Cancelled);

    public void OnAck(ReadOnlyMemory<byte> body, string? contentType)
    {
        if (Stage == CallStage.Answered && Media.IsOfferOutstanding && !Renegotiation.TryTakeAnswer(body.Span, "ACK"))
            HangUpNow("SIP;cause=488;text=\"Not Acceptable Here\"", CallEndReason.NotAcceptable);
        if (Stage != CallStage.Answered)
            return;
        Renegotiation.TellHold();
        Call.Listener?.OnAcknowledged();
    }

    public bool OnEarlyAnswer(ReadOnlyMemory<byte> answer)
    {
        if (Renegotiation.TryTakeAnswer(answer.Span, "PRACK"))
            return true;
        Services.Metrics.OnRefused(488);
        Finish(CallEndReason.NotAcceptable);
        return false;
    }

    public OfferReply OnOffer(ReadOnlyMemory<byte> offer)
    {
        var reply = Renegotiation.Answer(offer.Span);
        if (Stage == CallStage.Answered)
            Renegotiation.TellHold();
        return reply;
    }

    public void OnAckTimeout() => End(CallEndReason.NoAck);   // the user agent has sent BYE; its end is told by OnByeCompleted

    public ReadOnlyMemory<byte> OnOfferDue() => Stage == CallStage.Answered ? Renegotiation.Reoffer() : default;

    public void OnReoffered(int statusCode, ReadOnlyMemory<byte> answer, bool isTriedAgain)
    {
        if (Stage == CallStage.Answered)
            Renegotiation.OnReoffered(statusCode, answer, isTriedAgain);
    }

    public void OnSessionLost() => End(CallEndReason.SessionLost);

    public void OnReinvite(ReinviteServer reinvite)
    {
        if (Stage == CallStage.Answered)
            Renegotiation.OnReinvite(reinvite);
        else
            reinvite.Reject(481);
    }

    public int OnInfo(SipRequest info)
    {
        if (info.Body.IsEmpty)
            return 200;
        if (!DtmfInfo.IsDtmf(info.ContentType))
            return 415;
        if (!DtmfInfo.TryParse(info.Body.Span, out var digit, out var durationMs))
            return 400;
        if (digit is { } key)
            OnDigit(key, durationMs, DigitSource.Info);
        return 200;
    }

    public void OnTransferEnded(TransferOutcome outcome)
    {
        if (Stage != CallStage.Answered)
            return;
        if (outcome.End == TransferEnd.Accepted)
            CallsLog.Transferred(Services.Logger, CallId, outcome.StatusCode);
        else
            CallsLog.NotTransferred(Services.Logger, CallId, outcome.End, outcome.StatusCode);
        Call.Listener?.OnTransferEnded(outcome);
        if (outcome.End == TransferEnd.Accepted)
            HangUpNow(reasonHeader: null, CallEndReason.Transferred);
    }

    public void OnBye(string? reason) => Finish(CallEndReason.CallerHungUp);

    public void OnByeCompleted() => _layer.OnDialogClosed(this);

    public void OnPrackTimeout() => Finish(CallEndReason.NoPrack);

    public void OnTransportFailed() => Finish(CallEndReason.TransportFailed);

    public void OnMediaStarted()
    {
        _hasMedia = true;
        if (Stage == CallStage.Answered)
            Call.Listener?.OnMediaStarted();
    }

    public void OnDigit(char digit, int durationMs, DigitSource source)
    {
        if (Stage == CallStage.Answered && _digits.IsNew(digit, source))
            Call.Listener?.OnDigit(digit, durationMs, source);
    }

    public void OnDigitsSent(string sent, string unsent)
    {
        if (Stage == CallStage.Answered)
            Call.Listener?.OnDigitsSent(sent, unsent);
    }

    // Q.850 cause 102: recovery on timer expiry.
    public void OnMediaTimeout() => HangUpNow("Q.850;cause=102;text=\"No RTP\"", CallEndReason.MediaTimeout);

    // Q.850 cause 41: temporary failure.
    public void OnMediaFailed(Exception fault)
    {
        CallsLog.MediaFailed(Services.Logger, CallId, fault);
        HangUpNow("Q.850;cause=41;text=\"Media failed\"", CallEndReason.MediaFailed);
    }

    // Keys of the peer's own way come first: INFO only where it has agreed to a session without telephone-event, and says that it takes INFO.
    private bool SendsDigitsByInfo => Media is { Negotiated.SendTelephoneEventPayloadType: null, IsOver: false } && Dialog is { PeerTakesInfo: true };

    private InfoDigits DigitsByInfo(InviteDialog dialog) =>
        _infoDigits ?? Interlocked.CompareExchange(ref _infoDigits, new InfoDigits(dialog, Post, OnDigitsSent), null) ?? _infoDigits!;

    /// <summary>Runs a command on the signalling loop.</summary>
    protected void Post(Action action) => _layer.Post(action, Call.SipCallId);

    /// <summary>We do not want the call, before it is answered.</summary>
    protected abstract void Leave(int statusCode, string? reason, string? retryAfter);

    /// <summary>The call goes on with other media than it began with, which is given up.</summary>
    protected void ChangeMedia(CallMedia media)
    {
        _media.Dispose();
        _media = media;
        Renegotiation = new Renegotiation(Call, media, Services.Logger);
    }

    /// <summary>Gives up all media.</summary>
    protected virtual void DisposeMedia() => Media.Dispose();

    /// <summary>Starts the audio.</summary>
    protected void StartMedia(IPcmSink callerAudio, IPcmSource agentAudio) => Media.Start(callerAudio, agentAudio, new MediaEvents(this, Post), CallId);

    /// <summary>Starts the audio before the answer, towards the peer only.</summary>
    protected void StartEarlyMedia(IPcmSource earlyAudio) => Media.StartEarly(earlyAudio, new MediaEvents(this, Post), CallId);

    /// <summary>Tells of media that came before the answer.</summary>
    protected void TellEarlyMedia()
    {
        if (_hasMedia)
            Call.Listener?.OnMediaStarted();
    }

    /// <summary>The call is over, and its dialog with it.</summary>
    protected void Finish(CallEndReason reason)
    {
        End(reason);
        _layer.OnDialogClosed(this);
    }

    /// <summary>Sends BYE once the call is answered.</summary>
    protected void HangUpNow(string? reasonHeader, CallEndReason reason)
    {
        if (Stage != CallStage.Answered)
            return;
        Dialog?.Bye(reasonHeader);
        End(reason);
    }

    /// <summary>The call is over for its host; its dialog may still end.</summary>
    protected void End(CallEndReason reason)
    {
        if (Stage == CallStage.Over)
            return;
        Stage = CallStage.Over;
        Services.Metrics.OnMediaOver(Media.Statistics);
        DisposeMedia();
        Services.Metrics.OnEnded(reason);
        CallsLog.Ended(Services.Logger, CallId, ElapsedMs, reason);
        Call.Listener?.OnEnded(reason);
    }
}
