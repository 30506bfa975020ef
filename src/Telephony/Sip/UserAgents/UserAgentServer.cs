using System.Net;
using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.UserAgents;

/// <summary>One inbound INVITE and the dialog it makes, from the offer to the BYE; between the transaction layer and a call.</summary>
/// <remarks>Owned by the signalling loop, as are all its members; a command that comes too late does nothing.</remarks>
public sealed class UserAgentServer : IDialogUsage, IInviteOwner
{
    private static readonly TimeSpan RingInterval = TimeSpan.FromMinutes(1);   // keeps a proxy's timer C from running out (RFC 3261 section 13.3.1.1)

    private readonly UserAgentCore _core;
    private readonly InviteServerTransaction _transaction;
    private readonly Dialog _dialog;
    private readonly DialogResponses _responses;
    private readonly Reinvites _reinvites;
    private readonly ByeClient _bye;
    private readonly ReferClient _refer;
    private PendingAnswer? _answer;
    private SignalingTimer? _ringAgain;
    private Phase _phase;

    internal UserAgentServer(UserAgentCore core, InviteServerTransaction transaction)
    {
        _core = core;
        _transaction = transaction;
        _transaction.Owner = this;
        Trunk = core.Trunks.Of(transaction.Request, transaction.Flow);
        _dialog = Dialog.OfCallee(transaction.Request, transaction.Flow);
        _responses = new(core, _dialog, transaction.Request.RequestUri.User);
        _reinvites = new(core, _dialog, _responses, OnAckTimeout);
        _bye = new(core.Requests, _dialog, OnByeCompleted);
        _refer = new(core, _dialog, _responses, outcome => Handler.OnTransferEnded(outcome));
    }

    private enum Phase { Offered, Accepted, Confirmed, Ending, Ended }

    /// <summary>The INVITE.</summary>
    public SipRequest Request => _transaction.Request;

    /// <summary>The caller's session description; empty when it wants our offer.</summary>
    public ReadOnlyMemory<byte> Offer => SessionBody.Of(Request);

    /// <summary>Where the INVITE came from.</summary>
    public IPEndPoint RemoteEndPoint => _transaction.Flow.Remote;

    /// <summary>The trunk that it came from; null for a call of nobody that the configuration knows.</summary>
    public Trunk? Trunk { get; }

    /// <summary>Which listen endpoint it came in on.</summary>
    public SipListenEndPoint LocalEndPoint => _transaction.Flow.Transport.LocalEndPoint;

    /// <summary>Our address for Contact and SDP: the public one, or the one the caller reached.</summary>
    public IPAddress AdvertisedAddress => _transaction.Flow.AdvertisedAddress;

    /// <summary>Where the caller wants to be reached within the call: its latest Contact.</summary>
    public SipUri RemoteTarget => _dialog.RemoteTarget;

    /// <summary>The Call-ID header.</summary>
    public string SipCallId => Request.CallId;

    /// <summary>Who is told what happens; to be set in <see cref="IUserAgentHandler.OnInvite"/>.</summary>
    public IInviteHandler Handler { get; set; } = SilentInviteHandler.Instance;

    Dialog IDialogUsage.Dialog => _dialog;

    string IInviteOwner.LocalTag => _dialog.Id.LocalTag;

    /// <summary>Sends a provisional response, and again every minute until the answer.</summary>
    /// <param name="statusCode">101 to 199.</param>
    public void Ring(int statusCode = 180)
    {
        if (_phase != Phase.Offered)
            return;
        _transaction.Respond(_responses.Provisional(_transaction, statusCode));
        _ringAgain?.Cancel();
        _ringAgain = _core.Layer.StartTimer(RingInterval, () => Ring(statusCode), SipCallId);
    }

    /// <summary>Answers with 200, which is repeated until its ACK comes.</summary>
    /// <param name="sdp">Our answer, or our offer when the INVITE had none.</param>
    public void Accept(ReadOnlyMemory<byte> sdp)
    {
        if (_phase != Phase.Offered)
            return;
        _phase = Phase.Accepted;
        _ringAgain?.Cancel();
        _answer = new(_core.Layer, _transaction, _responses.Session(_transaction, sdp), OnAckTimeout);
    }

    /// <summary>Refuses the call.</summary>
    /// <param name="statusCode">300 to 699.</param>
    /// <param name="reasonPhrase">Null for the usual one.</param>
    /// <param name="headers">Further headers, such as Retry-After or Warning.</param>
    public void Reject(int statusCode, string? reasonPhrase = null, params (string Name, string Value)[] headers)
    {
        if (_phase != Phase.Offered)
            return;
        End();
        _transaction.Respond(_responses.Refusal(_transaction, statusCode, reasonPhrase, headers));
    }

    /// <summary>Hangs up: BYE, as soon as the ACK is there (RFC 3261 section 15); 480 when the call is not answered yet.</summary>
    /// <param name="reasonHeader">Value of a Reason header (RFC 3326), or null for none.</param>
    public void Bye(string? reasonHeader = null)
    {
        _bye.Want(reasonHeader);
        if (_phase == Phase.Offered)
            Reject(480);
        else if (_phase == Phase.Confirmed)
            SendBye();
    }

    /// <summary>Asks the caller's device to call somebody else (RFC 3515): REFER, as soon as the ACK is there.</summary>
    /// <param name="target">Whom to call.</param>
    /// <returns>False if nothing is asked: the call is not answered or ends, or an earlier transfer is not settled.</returns>
    public bool Refer(SipUri target)
    {
        if (_phase is not (Phase.Accepted or Phase.Confirmed) || !_refer.TryWant(target))
            return false;
        if (_phase == Phase.Confirmed)
            _refer.Send();
        return true;
    }

    void IDialogUsage.OnRequest(ServerTransaction transaction)
    {
        if (transaction.Request.Method == SipMethods.Bye)
            OnBye(transaction);
        else if (_phase == Phase.Ending)
            _core.Refuse(transaction, 481);
        else if (transaction is InviteServerTransaction reinvite)
            _reinvites.Receive(reinvite, isAnswered: _phase != Phase.Offered, isOurOfferOpen: _phase == Phase.Accepted && Offer.IsEmpty, Handler);
        else if (transaction.Request.Method == SipMethods.Info)
            transaction.Respond(_responses.Plain(transaction, Handler.OnInfo(transaction.Request)));
        else if (transaction.Request.Method == SipMethods.Notify)
            _refer.OnNotify(transaction);
        else
            transaction.Respond(_responses.Options(transaction));
    }

    void IDialogUsage.OnAck(SipRequest ack)
    {
        if (_reinvites.TryConfirm(ack) || _phase != Phase.Accepted || ack.CSeq.Number != Request.CSeq.Number)
            return;
        _answer?.Stop();
        _phase = Phase.Confirmed;
        Handler.OnAck(SessionBody.Of(ack), ack.ContentType);
        if (_phase != Phase.Confirmed)
            return;
        if (_bye.IsWanted)
            SendBye();
        else
            _refer.Send();
    }

    void IDialogUsage.Fail()
    {
        if (_phase == Phase.Offered)
            Reject(500);
        else if (_phase is Phase.Accepted or Phase.Confirmed)
            SendBye();
        End();
        Handler.OnTransportFailed();
    }

    void IInviteOwner.OnCancel() => GiveUp();

    void IInviteOwner.OnTransportError()
    {
        if (_phase is not (Phase.Offered or Phase.Accepted))
            return;
        End();
        Handler.OnTransportFailed();
    }

    private void OnAckTimeout()
    {
        if (_phase is not (Phase.Accepted or Phase.Confirmed))
            return;
        _core.Logger.NoAck(SipCallId);
        SendBye();
        Handler.OnAckTimeout();
    }

    private void OnBye(ServerTransaction bye)
    {
        bye.Respond(_responses.Plain(bye, 200));
        if (_phase == Phase.Offered)
        {
            GiveUp();
        }
        else if (_phase is Phase.Accepted or Phase.Confirmed)
        {
            var hasTakenOver = _refer.IsAgreed;
            End();
            if (hasTakenOver)
                Handler.OnTransferEnded(new TransferOutcome(TransferEnd.Accepted, 202));
            Handler.OnBye(bye.Request.Headers.GetFirst(HeaderNames.Reason));
        }
    }

    private void GiveUp()
    {
        Reject(487);
        Handler.OnCancelled();
    }

    private void SendBye()
    {
        StopWaiting();
        _phase = Phase.Ending;
        _bye.Send();
    }

    private void OnByeCompleted()
    {
        if (_phase != Phase.Ending)
            return;
        End();
        Handler.OnByeCompleted();
    }

    private void StopWaiting()
    {
        _ringAgain?.Cancel();
        _answer?.Stop();
        _reinvites.Stop();
        _refer.Stop();
    }

    private void End()
    {
        StopWaiting();
        _phase = Phase.Ended;
        _core.Dialogs.Remove(this);
    }
}
