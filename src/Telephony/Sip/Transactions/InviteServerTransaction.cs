using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Transactions;

/// <summary>States of an <see cref="InviteServerTransaction"/> (RFC 6026 section 7.1).</summary>
internal enum InviteServerState
{
    /// <summary>No final response yet.</summary>
    Proceeding,

    /// <summary>Refused; the refusal is repeated until its ACK comes.</summary>
    Completed,

    /// <summary>Refused and confirmed; further ACKs are absorbed.</summary>
    Confirmed,

    /// <summary>Accepted; repetitions of the INVITE are absorbed, the dialog repeats the 2xx.</summary>
    Accepted,

    /// <summary>Forgotten.</summary>
    Terminated,
}

/// <summary>Who answers an INVITE.</summary>
internal interface IInviteOwner
{
    /// <summary>The To tag of the answers; the response to a CANCEL carries it too (RFC 3261 section 9.2).</summary>
    string LocalTag { get; }

    /// <summary>The caller gives up; not called once there is a final response.</summary>
    void OnCancel();

    /// <summary>A response could not be sent; the transaction is over.</summary>
    void OnTransportError();
}

/// <summary>Server transaction of an INVITE, with the Accepted state of RFC 6026 (RFC 3261 section 17.2.1).</summary>
internal sealed class InviteServerTransaction(TransactionLayer layer, TransactionKey key, SipRequest request, SipFlow flow)
    : ServerTransaction(layer, key, request, flow)
{
    private SignalingTimer? _repeat;     // G
    private SignalingTimer? _lifetime;   // H, I or L

    /// <summary>Who answers; null when the core refused it by itself.</summary>
    public IInviteOwner? Owner { get; set; }

    /// <summary>Where it stands.</summary>
    public InviteServerState State { get; private set; }

    public override void Respond(SipResponse response)
    {
        switch (State)
        {
            case InviteServerState.Proceeding when !response.IsFinal:
                Send(response);
                break;
            case InviteServerState.Proceeding when response.IsSuccess:
                Enter(InviteServerState.Accepted, Timers.TransactionLifetime);
                Send(response);
                break;
            case InviteServerState.Proceeding:
                Enter(InviteServerState.Completed, Timers.TransactionLifetime);
                if (!IsReliable)
                    RepeatAfter(Timers.T1);
                Send(response);
                break;
            case InviteServerState.Accepted when response.IsSuccess:
                Send(response);   // the dialog repeats it until the ACK (RFC 3261 section 13.3.1.4)
                break;
        }
    }

    public override void OnRetransmission()
    {
        if (State is InviteServerState.Proceeding or InviteServerState.Completed)
            SendAgain();
    }

    /// <summary>An ACK that matches. False: the core has to see it, because it confirms a 2xx.</summary>
    public bool Absorbs(SipRequest ack)
    {
        switch (State)
        {
            case InviteServerState.Completed:
                _repeat?.Cancel();
                _lifetime?.Cancel();
                if (IsReliable)
                    Terminate();
                else
                    Enter(InviteServerState.Confirmed, Timers.T4);
                return true;
            case InviteServerState.Confirmed:
                return true;
            default:
                return false;
        }
    }

    protected override void OnTerminated()
    {
        State = InviteServerState.Terminated;
        _repeat?.Cancel();
        _lifetime?.Cancel();
    }

    private void Enter(InviteServerState state, TimeSpan lifetime)
    {
        State = state;
        _lifetime = StartTimer(lifetime, Terminate);
    }

    private void RepeatAfter(TimeSpan wait) => _repeat = StartTimer(wait, () =>
    {
        SendAgain();
        if (State == InviteServerState.Completed)
            RepeatAfter(Timers.Next(wait));
    });
}
