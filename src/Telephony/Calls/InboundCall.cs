using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>An inbound call between its INVITE and the end of its dialog: turns commands into SIP, and SIP and media into events.</summary>
/// <remarks>Owned by the signalling loop; commands from other threads are posted to it, so that the listener hears everything in one order, and
/// nothing after the end.</remarks>
internal sealed class InboundCall : ICallLeg, IInviteHandler
{
    private readonly CallLayer _layer;
    private readonly CallServices _services;
    private readonly UserAgentServer _invite;
    private readonly CallMedia _media;
    private readonly byte[]? _answer;   // null when the INVITE brought no offer
    private readonly DigitFilter _digits;
    private readonly Renegotiation _renegotiation;
    private readonly long _offeredAt;
    private Stage _stage;
    private bool _hasRung;

    public InboundCall(CallLayer layer, CallServices services, UserAgentServer invite, CallIdentity identity, CallMedia media, byte[]? answer)
    {
        _layer = layer;
        _services = services;
        _invite = invite;
        _media = media;
        _answer = answer;
        _digits = new DigitFilter(services.TimeProvider);
        _offeredAt = services.TimeProvider.GetTimestamp();
        Call = new Call(identity, invite.Request.Headers, this);
        _renegotiation = new Renegotiation(Call, media, services.Logger);
    }

    private enum Stage
    {
        Offered,
        Answered,
        Over,
    }

    public Call Call { get; }

    public MediaStatistics Statistics => _media.Statistics;

    private string CallId => Call.CallId;

    private long ElapsedMs => (long)_services.TimeProvider.GetElapsedTime(_offeredAt).TotalMilliseconds;

    public void Ring() => Post(() =>
    {
        if (_stage != Stage.Offered || _hasRung)
            return;
        _hasRung = true;
        _invite.Ring();
    });

    public void Answer(IPcmSink callerAudio, IPcmSource agentAudio) => Post(() =>
    {
        if (_stage != Stage.Offered)
            return;
        _stage = Stage.Answered;
        _media.Start(callerAudio, agentAudio, new MediaEvents(this, Post), CallId);
        _invite.Accept(_answer ?? _media.Offer());
        _services.Metrics.OnAnswered();
        CallsLog.Answered(_services.Logger, CallId, _media.Negotiated?.Codec.Name ?? "our offer", ElapsedMs);
        Call.Listener?.OnAnswered();
        _renegotiation.TellHold();
    });

    public void Reject(int statusCode, string? reason, string? retryAfter) => Post(() =>
    {
        if (_stage == Stage.Offered)
            Refuse(statusCode, reason, retryAfter);
        else
            HangUpNow(reasonHeader: null, CallEndReason.AgentHungUp);
    });

    public void HangUp(string? reason) => Post(() =>
    {
        if (_stage == Stage.Offered)
            Refuse(480, null, null);
        else
            HangUpNow(reason, CallEndReason.AgentHungUp);
    });

    public void Transfer(TransferTarget target) => Post(() =>
    {
        if (_stage != Stage.Answered)
            return;
        var uri = target.UriFor(_invite.Request.From.Uri, _invite.RemoteTarget);
        if (_invite.Refer(uri))
            CallsLog.Transferring(_services.Logger, CallId, uri.ToString());
    });

    public bool CanSendDigits => _media.CanSendDigits;

    public bool TrySendDigits(DigitSequence digits) => _media.TrySendDigits(digits);

    public void AudioReady() => _media.AudioReady();

    public void OnCancelled()
    {
        End(CallEndReason.Cancelled);
        _layer.OnDialogClosed(this);
    }

    public void OnAck(ReadOnlyMemory<byte> body, string? contentType)
    {
        if (_stage == Stage.Answered && _media.IsOfferOutstanding && !_renegotiation.TryTakeAnswer(body.Span))
            HangUpNow("SIP;cause=488;text=\"Not Acceptable Here\"", CallEndReason.NotAcceptable);
        if (_stage == Stage.Answered)
            Call.Listener?.OnAcknowledged();
    }

    public void OnAckTimeout() => End(CallEndReason.NoAck);   // the user agent has sent BYE; its end is told by OnByeCompleted

    public void OnReinvite(ReinviteServer reinvite)
    {
        if (_stage == Stage.Answered)
            _renegotiation.OnReinvite(reinvite);
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
        if (_stage != Stage.Answered)
            return;
        if (outcome.End == TransferEnd.Accepted)
            CallsLog.Transferred(_services.Logger, CallId, outcome.StatusCode);
        else
            CallsLog.NotTransferred(_services.Logger, CallId, outcome.End, outcome.StatusCode);
        Call.Listener?.OnTransferEnded(outcome);
        if (outcome.End == TransferEnd.Accepted)
            HangUpNow(reasonHeader: null, CallEndReason.Transferred);
    }

    public void OnBye(string? reason)
    {
        End(CallEndReason.CallerHungUp);
        _layer.OnDialogClosed(this);
    }

    public void OnByeCompleted() => _layer.OnDialogClosed(this);

    public void OnTransportFailed()
    {
        End(CallEndReason.TransportFailed);
        _layer.OnDialogClosed(this);
    }

    public void OnMediaStarted()
    {
        if (_stage == Stage.Answered)
            Call.Listener?.OnMediaStarted();
    }

    public void OnDigit(char digit, int durationMs, DigitSource source)
    {
        if (_stage == Stage.Answered && _digits.IsNew(digit, source))
            Call.Listener?.OnDigit(digit, durationMs, source);
    }

    public void OnDigitsSent(string sent, string unsent)
    {
        if (_stage == Stage.Answered)
            Call.Listener?.OnDigitsSent(sent, unsent);
    }

    // Q.850 cause 102: recovery on timer expiry.
    public void OnMediaTimeout() => HangUpNow("Q.850;cause=102;text=\"No RTP\"", CallEndReason.MediaTimeout);

    // Q.850 cause 41: temporary failure.
    public void OnMediaFailed(Exception fault)
    {
        CallsLog.MediaFailed(_services.Logger, CallId, fault);
        HangUpNow("Q.850;cause=41;text=\"Media failed\"", CallEndReason.MediaFailed);
    }

    private void Post(Action action) => _layer.Post(action, Call.SipCallId);

    private void Refuse(int statusCode, string? reason, string? retryAfter)
    {
        CallsLog.Refused(_services.Logger, CallId, statusCode, reason ?? "asked by the host");
        _invite.Reject(statusCode, reason, CallLayer.RetryAfter(retryAfter));
        _services.Metrics.OnRefused(statusCode);
        End(CallEndReason.Rejected);
        _layer.OnDialogClosed(this);
    }

    private void HangUpNow(string? reasonHeader, CallEndReason reason)
    {
        if (_stage != Stage.Answered)
            return;
        _invite.Bye(reasonHeader);
        End(reason);
    }

    private void End(CallEndReason reason)
    {
        if (_stage == Stage.Over)
            return;
        _stage = Stage.Over;
        _media.Dispose();
        _services.Metrics.OnEnded(reason);
        CallsLog.Ended(_services.Logger, CallId, ElapsedMs, reason);
        Call.Listener?.OnEnded(reason);
    }
}
