using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Transactions;

/// <summary>Client transaction of any method but INVITE and ACK: Trying -> Proceeding -> Completed -> terminated (RFC 3261 section 17.1.2).</summary>
internal sealed class NonInviteClientTransaction(TransactionLayer layer, TransactionKey key, SipRequest request, SipFlow flow, IClientTransactionUser user)
    : ClientTransaction(layer, key, request, flow, user)
{
    private State _state = State.Trying;

    private enum State { Trying, Proceeding, Completed }

    protected override bool IsRepeating => _state != State.Completed;

    public override void OnResponse(SipResponse response)
    {
        if (_state == State.Completed)
            return;
        if (response.IsProvisional)
        {
            _state = State.Proceeding;
            User.OnResponse(Request, response);
            return;
        }
        _state = State.Completed;
        StopTimers();
        if (IsReliable)
            Terminate();
        else
            Live(Timers.T4, Terminate);   // K
        User.OnResponse(Request, response);
    }

    /// <summary>Timer E: doubles up to T2, and is T2 once a provisional response came.</summary>
    protected override TimeSpan NextWait(TimeSpan wait) => _state == State.Proceeding ? Timers.T2 : Timers.Next(wait);
}
