using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>A call between its INVITE and the end of its dialog, whoever called whom: turns commands into SIP, and SIP and media into events.</summary>
/// <remarks>Owned by the signalling loop, on which commands come (<see cref="LegCommands"/>), so that the listener hears everything in one order, and
/// nothing after the end.</remarks>
internal abstract class CallLeg : IInviteHandler
{
    private readonly CallLayer _layer;
    private readonly LegDigits _digits;
    private readonly long _begunAt;
    private LegCommands _commands;
    private volatile CallMedia _media;
    private readonly LegReferrals _referrals;
    private readonly LegHold _hold;
    private bool _hasMedia;

    protected CallLeg(CallLayer layer, CallServices services, CallMedia media, CallIdentity identity, SipHeaders requestHeaders)
    {
        _layer = layer;
        Services = services;
        _media = media;
        _digits = new LegDigits(this, services.TimeProvider);
        _referrals = new LegReferrals(this, layer, services);
        _hold = new LegHold(this, () => HangUpNow("SIP;cause=488;text=\"Still on hold\"", CallEndReason.SessionLost));
        _begunAt = services.TimeProvider.GetTimestamp();
        Identity = identity;
        _commands = new LegCommands(this);
        Call = new Call(Identity, requestHeaders, _commands) { Ladder = layer.BeginLadder(identity.SipCallId) };
        Renegotiation = new Renegotiation(Call, media, services.Logger);
    }

    /// <summary>The call as its host sees it; one without a host once the call has gone on over another leg.</summary>
    public Call Call { get; private set; }

    /// <summary>Who is at the other end of this leg.</summary>
    public CallIdentity Identity { get; }

    /// <summary>See <see cref="Call.GetMediaStatistics"/>; any thread.</summary>
    public MediaStatistics Statistics => Media.Statistics;

    /// <summary>See <see cref="Call.CanSendDigits"/>; any thread.</summary>
    public bool CanSendDigits => _digits.CanSend;

    /// <summary>Where its audio comes from and goes to; null before the host has said.</summary>
    protected (IPcmSink Sink, IPcmSource Source)? Audio { get; set; }

    /// <summary>How far it is.</summary>
    public CallStage Stage { get; protected set; }

    /// <summary>What all calls share.</summary>
    protected CallServices Services { get; }

    /// <summary>Its half of offer and answer, and its audio.</summary>
    public CallMedia Media => _media;

    /// <summary>What changes its media while it runs.</summary>
    protected Renegotiation Renegotiation { get; private set; }

    /// <summary>Its dialog; null while there is none.</summary>
    public abstract InviteDialog? Dialog { get; }

    /// <summary>Our name of it.</summary>
    protected string CallId => Call.CallId;

    /// <summary>Time since its INVITE, in ms.</summary>
    protected long ElapsedMs => (long)Services.TimeProvider.GetElapsedTime(_begunAt).TotalMilliseconds;

    /// <summary>See <see cref="Call.Ring"/>.</summary>
    public abstract void Ring(IPcmSource? earlyAudio);

    /// <summary>See <see cref="Call.Answer"/>.</summary>
    public abstract void Answer(IPcmSink callerAudio, IPcmSource agentAudio);

    /// <summary>See <see cref="Call.Connect"/>.</summary>
    public void Connect(IPcmSink callerAudio, IPcmSource agentAudio)
    {
        if (Stage != CallStage.Answered)
            return;
        Audio = (callerAudio, agentAudio);
        if (!Media.IsOver)
            Media.Connect(callerAudio, agentAudio);
    }

    /// <summary>See <see cref="Call.Reject"/>.</summary>
    public void Reject(int statusCode, string? reason, string? retryAfter)
    {
        if (Stage == CallStage.Offered)
            Leave(statusCode, reason, retryAfter);
        else
            HangUpNow(reasonHeader: null, CallEndReason.AgentHungUp);
    }

    /// <summary>See <see cref="Call.HangUp"/>.</summary>
    public void HangUp(string? reason)
    {
        if (Stage == CallStage.Offered)
            Leave(480, null, null);
        else
            HangUpNow(reason, CallEndReason.AgentHungUp);
    }

    /// <summary>See <see cref="Call.Transfer"/>.</summary>
    public void Transfer(TransferTarget target)
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
    }

    /// <summary>See <see cref="Call.Hold"/>.</summary>
    public void Hold(bool isHolding) => _hold.Set(isHolding);

    /// <summary>The call of another leg goes on over this one; the other one has no call any more, and is to be ended.</summary>
    public void TakeCallOf(CallLeg former)
    {
        var wasAnswered = former.Stage == CallStage.Answered;
        var (call, commands, audio, wasHeld) = (former.Call, former._commands, former.Audio, former.Renegotiation.IsHeld);
        former.LoseCall();
        _layer.JoinLadder(Identity.SipCallId, Call.Ladder, call.Ladder);
        call.HandOver(Identity, Call.RequestHeaders);
        (Call, _commands) = (call, commands);
        commands.Leg = this;
        Renegotiation = new Renegotiation(call, Media, Services.Logger, wasHeld);
        if (audio is { } ends)
            StartMedia(ends.Sink, ends.Source);
        CallsLog.HandedOver(Services.Logger, CallId, Identity.RemoteEndPoint, call.PartyNumber ?? "somebody", Identity.SipCallId);
        if (!wasAnswered)
            call.Listener?.OnAnswered();
    }

    /// <summary>Whether a dialog is this leg's, or of one of the devices that ring for it.</summary>
    public bool Has(InviteDialog dialog) => Stage != CallStage.Over
        && (Dialog == dialog || (dialog.Phase == DialogPhase.Early && Identity.IsOutbound && dialog.Dialog.Id.SipCallId == Identity.SipCallId));

    /// <summary>Whether the host has said where audio comes from and goes to, without which nobody can be heard; no more once the call goes on over another leg.</summary>
    public bool HasAudio => Audio is not null;

    /// <summary>Tells the host who is at the other end now, and whether they hold us.</summary>
    public void TellHandedOver()
    {
        Renegotiation.TellHold();
        Call.Listener?.OnHandedOver();
    }

    /// <summary>The same in a while, if its peer has not hung up by then.</summary>
    public void LeaveCallWithin(TimeSpan wait)
    {
        if (Dialog is { Phase: not DialogPhase.Ended } dialog)
            dialog.After(wait, LeaveCall);
        else
            LeaveCall();
    }

    /// <summary>Ends a leg whose call goes on over another one.</summary>
    public void LeaveCall()
    {
        if (Stage == CallStage.Offered)
            Leave(480, null, null);
        else
            HangUpNow(reasonHeader: null, CallEndReason.Transferred);
    }

    /// <summary>See <see cref="Call.TrySendDigits"/>; any thread.</summary>
    public bool TrySendDigits(DigitSequence digits) => _digits.TrySend(digits);

    /// <summary>See <see cref="Call.AudioReady"/>; any thread.</summary>
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
        if (Stage != CallStage.Answered)
            return;
        Renegotiation.OnReoffered(statusCode, answer, isTriedAgain);
        if (!isTriedAgain)
            _hold.OnReoffered();
    }

    public void OnSessionLost() => End(CallEndReason.SessionLost);

    public void OnReinvite(ReinviteServer reinvite)
    {
        if (Stage == CallStage.Answered)
            Renegotiation.OnReinvite(reinvite);
        else
            reinvite.Reject(481);
    }

    public int OnInfo(SipRequest info) => _digits.OnInfo(info);

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

    public void OnRefer(ReferServer refer) => _referrals.Receive(refer);

    /// <summary>Whom the peer named has not taken its place: it goes on with us, if it is still there.</summary>
    public void OnReferralFailed()
    {
        if (Dialog is { Phase: DialogPhase.Ended })
            Finish(CallEndReason.CallerHungUp);
    }

    public void OnBye(string? reason)
    {
        if (!_referrals.IsOpen)
        {
            Finish(CallEndReason.CallerHungUp);
            return;
        }
        // It leaves it to us to reach the other party, with whom the call goes on.
        StopMedia();
        Renegotiation.TellHold(isHeld: true);
    }

    public void OnByeCompleted() => _layer.OnDialogClosed(this);

    public void OnPrackTimeout() => Finish(CallEndReason.NoPrack);

    public void OnTransportFailed() => Finish(CallEndReason.TransportFailed);

    public void OnMediaStarted()
    {
        _hasMedia = true;
        if (Stage == CallStage.Answered)
            Call.Listener?.OnMediaStarted();
    }

    /// <summary>A digit has come, perhaps not for the first time.</summary>
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
    public void OnMediaTimeout()
    {
        if (!Media.IsOver)
            HangUpNow("Q.850;cause=102;text=\"No RTP\"", CallEndReason.MediaTimeout);
    }

    // Q.850 cause 41: temporary failure.
    public void OnMediaFailed(Exception fault)
    {
        CallsLog.MediaFailed(Services.Logger, CallId, fault);
        HangUpNow("Q.850;cause=41;text=\"Media failed\"", CallEndReason.MediaFailed);
    }

    /// <summary>Runs a command on the signalling loop.</summary>
    public void Post(Action action) => _layer.Post(action, Identity.SipCallId);

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
    protected void StartMedia(IPcmSink callerAudio, IPcmSource agentAudio)
    {
        Audio = (callerAudio, agentAudio);
        Media.Start(callerAudio, agentAudio, new MediaEvents(this, Post), CallId);
    }

    /// <summary>Starts the audio before the answer, towards the peer only.</summary>
    protected void StartEarlyMedia(IPcmSource earlyAudio) => Media.StartEarly(earlyAudio, new MediaEvents(this, Post), CallId);

    /// <summary>Tells of media that came before the answer.</summary>
    protected void TellEarlyMedia()
    {
        if (_hasMedia)
            Call.Listener?.OnMediaStarted();
    }

    /// <summary>Its call goes on over another leg: nothing of this one concerns the host any more.</summary>
    private void LoseCall()
    {
        if (Dialog is { IsReferring: true })
            Call.Listener?.OnTransferEnded(new TransferOutcome(TransferEnd.Failed, 487));
        _commands = new LegCommands(this);
        Call = new Call(Identity, Call.RequestHeaders, _commands);
        Renegotiation = new Renegotiation(Call, Media, Services.Logger);
        Audio = null;   // who is still there hands nobody the call that is not theirs any more
        if (!Media.IsOver)
            Media.Connect(DiscardingSink.Instance, SilentSource.Instance);
    }

    /// <summary>The call is over, and its dialog with it.</summary>
    protected void Finish(CallEndReason reason)
    {
        End(reason);
        _layer.OnDialogClosed(this);
    }

    /// <summary>Its SIP side is finished.</summary>
    public virtual void LetGo() => Dialog?.LetGo();

    /// <summary>Sends BYE once the call is answered.</summary>
    protected void HangUpNow(string? reasonHeader, CallEndReason reason)
    {
        if (Stage != CallStage.Answered)
            return;
        Dialog?.Bye(reasonHeader);
        End(reason);
        if (Dialog is { Phase: DialogPhase.Ended })
            _layer.OnDialogClosed(this);   // the peer had left it to us to reach somebody else
    }

    private void StopMedia()
    {
        if (Media.IsOver)
            return;
        Services.Metrics.OnMediaOver(Media.Statistics);
        DisposeMedia();
    }

    /// <summary>The call is over for its host; its dialog may still end.</summary>
    protected void End(CallEndReason reason)
    {
        if (Stage == CallStage.Over)
            return;
        Stage = CallStage.Over;
        _referrals.GiveUp();
        StopMedia();
        Services.Metrics.OnEnded(reason);
        CallsLog.Ended(Services.Logger, CallId, ElapsedMs, reason);
        Call.Listener?.OnEnded(reason);
    }
}
