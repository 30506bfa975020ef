using Telephony.Audio;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>A call that somebody made to us: rung, answered or refused; then it is a <see cref="CallLeg"/> like any other.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class InboundCall : CallLeg
{
    private readonly UserAgentServer _invite;
    private readonly byte[]? _answer;   // null when the INVITE brought no offer
    private bool _hasRung;

    public InboundCall(CallLayer layer, CallServices services, UserAgentServer invite, CallIdentity identity, CallMedia media, byte[]? answer)
        : base(layer, services, media, identity, invite.Request.Headers)
    {
        _invite = invite;
        _answer = answer;
    }

    /// <inheritdoc/>
    protected override InviteDialog Dialog => _invite.Dialog;

    /// <inheritdoc/>
    public override void Ring() => Post(() =>
    {
        if (Stage != CallStage.Offered || _hasRung)
            return;
        _hasRung = true;
        _invite.Ring();
    });

    /// <inheritdoc/>
    public override void Answer(IPcmSink callerAudio, IPcmSource agentAudio) => Post(() =>
    {
        if (Stage != CallStage.Offered)
            return;
        Stage = CallStage.Answered;
        StartMedia(callerAudio, agentAudio);
        _invite.Accept(_answer ?? Media.Offer());
        Services.Metrics.OnAnswered();
        CallsLog.Answered(Services.Logger, CallId, Media.Negotiated?.Codec.Name ?? "our offer", ElapsedMs);
        Call.Listener?.OnAnswered();
        Renegotiation.TellHold();
    });

    /// <inheritdoc/>
    protected override void Leave(int statusCode, string? reason, string? retryAfter)
    {
        CallsLog.Refused(Services.Logger, CallId, statusCode, reason ?? "asked by the host");
        _invite.Reject(statusCode, reason, CallLayer.RetryAfter(retryAfter));
        Services.Metrics.OnRefused(statusCode);
        Finish(CallEndReason.Rejected);
    }
}
