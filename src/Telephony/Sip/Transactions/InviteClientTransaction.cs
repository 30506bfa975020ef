using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Transactions;

/// <summary>Client transaction of an INVITE, which confirms refusals itself and passes every 2xx on (RFC 3261 section 17.1.1, RFC 6026 section 7.2).</summary>
internal sealed class InviteClientTransaction(TransactionLayer layer, TransactionKey key, SipRequest request, SipFlow flow, IClientTransactionUser user)
    : ClientTransaction(layer, key, request, flow, user)
{
    private static readonly TimeSpan TimerD = TimeSpan.FromSeconds(32);   // at least 32 s, whatever T1 is

    private State _state = State.Calling;
    private ReadOnlyMemory<byte> _ack;

    private enum State { Calling, Proceeding, Completed, Accepted }

    protected override bool IsRepeating => _state == State.Calling;

    public override void OnResponse(SipResponse response)
    {
        switch (_state)
        {
            case State.Calling or State.Proceeding when response.IsProvisional:
                _state = State.Proceeding;
                StopTimers();
                User.OnResponse(Request, response);
                break;
            case State.Calling or State.Proceeding when response.IsSuccess:
                _state = State.Accepted;
                StopTimers();
                Live(Timers.TransactionLifetime, Terminate);   // M
                User.OnResponse(Request, response);
                break;
            case State.Calling or State.Proceeding:
                Refused(response);
                break;
            case State.Completed when response.IsFinal && !response.IsSuccess:
                Transmit(_ack);
                break;
            case State.Accepted when response.IsSuccess:
                User.OnResponse(Request, response);
                break;
        }
    }

    /// <summary>Timer A: doubles without limit until timer B ends it.</summary>
    protected override TimeSpan NextWait(TimeSpan wait) => wait * 2;

    private void Refused(SipResponse response)
    {
        _state = State.Completed;
        StopTimers();
        _ack = Refusal.Serialize(AckFor(response));
        Transmit(_ack);
        if (IsReliable)
            Terminate();
        else
            Live(TimerD > Timers.TransactionLifetime ? TimerD : Timers.TransactionLifetime, Terminate);
        User.OnResponse(Request, response);
    }

    /// <summary>ACK within the transaction: the INVITE's branch, route and From, the response's To (RFC 3261 section 17.1.1.3).</summary>
    private SipRequest AckFor(SipResponse response)
    {
        var ack = new SipRequest(SipMethods.Ack, Request.RequestUri);
        ack.Headers.Add(HeaderNames.Via, Request.TopVia.ToString());
        foreach (var route in Request.Headers.GetLines(HeaderNames.Route))
            ack.Headers.Add(HeaderNames.Route, route);
        ack.MaxForwards = TransactionLayer.InitialMaxForwards;
        ack.Headers.Add(HeaderNames.From, Request.Headers.GetFirst(HeaderNames.From)!);
        ack.Headers.Add(HeaderNames.To, response.Headers.GetFirst(HeaderNames.To)!);
        ack.CallId = Request.CallId;
        ack.CSeq = new CSeq(Request.CSeq.Number, SipMethods.Ack);
        return ack;
    }
}
