using Telephony.Audio;
using Telephony.Sip.Transactions;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>A call that somebody made to us: rung, answered or refused; then it is a <see cref="CallLeg"/> like any other.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class InboundCall : CallLeg
{
    // By then the 200 has gone out four times (after 0, 0.5, 1.5 and 3.5 s); RFC 3261 waits for 32 s.
    private static readonly TimeSpan StrangersAckWait = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan NextLook = TimeSpan.FromSeconds(1);

    private readonly CallLayer _layer;
    private readonly UserAgentServer _invite;
    private byte[]? _description;   // our answer, or our offer once there is one
    private SignalingTimer? _ackWatch;
    private bool _hasRung;

    public InboundCall(CallLayer layer, CallServices services, UserAgentServer invite, CallIdentity identity, CallMedia media, byte[]? answer)
        : base(layer, services, media, identity, invite.Request.Headers)
    {
        _layer = layer;
        _invite = invite;
        _description = answer;
    }

    /// <inheritdoc/>
    public override InviteDialog Dialog => _invite.Dialog;

    /// <inheritdoc/>
    public override void Ring(IPcmSource? earlyAudio)
    {
        if (Stage != CallStage.Offered || _hasRung)
            return;
        _hasRung = true;
        if (earlyAudio is null || !_invite.CanDescribeEarly)
        {
            // The first response that is confirmed has to carry our offer (RFC 3261 section 13.2.1).
            _invite.Ring(180, _invite.RingsReliably && _invite.Offer.IsEmpty ? Description() : default);
            return;
        }
        StartEarlyMedia(earlyAudio);
        _invite.Ring(183, Description());
        CallsLog.EarlyMedia(Services.Logger, CallId);
    }

    /// <inheritdoc/>
    public override void Answer(IPcmSink callerAudio, IPcmSource agentAudio)
    {
        if (Stage != CallStage.Offered)
            return;
        StartMedia(callerAudio, agentAudio);
        Accept();
        Call.Listener?.OnAnswered();
        TellEarlyMedia();
        Renegotiation.TellHold();
    }

    /// <summary>Answers at once, and goes on with the call of a leg that the INVITE replaces, which is hung up on (RFC 3891 section 3).</summary>
    public void AnswerInPlaceOf(CallLeg former)
    {
        TakeCallOf(former);
        Accept();
        former.LeaveCall();
        TellHandedOver();
    }

    /// <inheritdoc/>
    protected override void Leave(int statusCode, string? reason, string? retryAfter)
    {
        CallsLog.Refused(Services.Logger, CallId, statusCode, reason ?? "asked by the host");
        _invite.Reject(statusCode, reason, CallLayer.RetryAfter(retryAfter));
        Services.Metrics.OnRefused(statusCode);
        Finish(CallEndReason.Rejected);
    }

    private void Accept()
    {
        Stage = CallStage.Answered;
        _invite.Accept(Description());
        if (Identity.IsStranger)
            MissAckAfter(StrangersAckWait);
        Services.Metrics.OnAnswered();
        CallsLog.Answered(Services.Logger, CallId, Media.Negotiated?.Codec.Name ?? "our offer", ElapsedMs);
    }

    /// <summary>Anybody can write another's address into an INVITE and never say more: such a call does not keep its place where there is none left.</summary>
    private void MissAckAfter(TimeSpan wait) => _ackWatch = _layer.After(wait, () =>
    {
        if (Dialog.Phase is DialogPhase.Early)
            MissAckAfter(StrangersAckWait);   // the answer still waits for a PRACK
        else if (Dialog.Phase is DialogPhase.Answered && _layer.LacksRoomForStrangers)
            Dialog.OnAckTimeout();
        else if (Dialog.Phase is DialogPhase.Answered)
            MissAckAfter(NextLook);
    }, Identity.SipCallId);

    /// <inheritdoc/>
    public override void LetGo()
    {
        _ackWatch?.Cancel();
        base.LetGo();
    }

    private byte[] Description() => _description ??= Media.Offer();
}
