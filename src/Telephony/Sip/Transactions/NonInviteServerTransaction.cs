using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Transactions;

/// <summary>Server transaction of any method but INVITE and ACK: Trying -> Proceeding -> Completed -> terminated (RFC 3261 section 17.2.2).</summary>
internal sealed class NonInviteServerTransaction(TransactionLayer layer, TransactionKey key, SipRequest request, SipFlow flow)
    : ServerTransaction(layer, key, request, flow)
{
    private State _state = State.Trying;
    private SignalingTimer? _timerJ;

    private enum State { Trying, Proceeding, Completed }

    public override void Respond(SipResponse response)
    {
        if (_state == State.Completed || IsTerminated)
            return;
        _state = response.IsFinal ? State.Completed : State.Proceeding;
        Send(response);
        if (_state != State.Completed || IsTerminated)
            return;
        if (IsReliable)
            Terminate();
        else
            _timerJ = StartTimer(Timers.TransactionLifetime, Terminate);
    }

    public override void OnRetransmission()
    {
        if (_state != State.Trying)
            SendAgain();
    }

    protected override void OnTerminated() => _timerJ?.Cancel();
}
