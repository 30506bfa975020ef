using System.Net;
using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.UserAgents;

/// <summary>One inbound INVITE and the dialog it makes, from the offer to the BYE; between the transaction layer and a call.</summary>
/// <remarks>Owned by the signalling loop, as are all its members; a command that comes too late does nothing.</remarks>
public sealed class UserAgentServer : IDialogUsage, IInviteOwner, IClientTransactionUser
{
    private static readonly TimeSpan RingInterval = TimeSpan.FromMinutes(1);   // keeps a proxy's timer C from running out (RFC 3261 section 13.3.1.1)

    private readonly UserAgentCore _core;
    private readonly InviteServerTransaction _transaction;
    private readonly Dialog _dialog;
    private readonly Reinvites _reinvites;
    private PendingAnswer? _answer;
    private SignalingTimer? _ringAgain;
    private Phase _phase;
    private string? _byeReason;
    private bool _isByeWanted;

    internal UserAgentServer(UserAgentCore core, InviteServerTransaction transaction)
    {
        _core = core;
        _transaction = transaction;
        _transaction.Owner = this;
        _dialog = Dialog.OfCallee(transaction.Request, transaction.Flow);
        _reinvites = new(this, core, _dialog);
    }

    private enum Phase { Offered, Accepted, Confirmed, Ending, Ended }

    /// <summary>The INVITE.</summary>
    public SipRequest Request => _transaction.Request;

    /// <summary>The caller's session description; empty when it wants our offer.</summary>
    public ReadOnlyMemory<byte> Offer => SessionBody.Of(Request);

    /// <summary>Where the INVITE came from.</summary>
    public IPEndPoint RemoteEndPoint => _transaction.Flow.Remote;

    /// <summary>Which listen endpoint it came in on.</summary>
    public SipListenEndPoint LocalEndPoint => _transaction.Flow.Transport.LocalEndPoint;

    /// <summary>Our address for Contact and SDP: the public one, or the one the caller reached.</summary>
    public IPAddress AdvertisedAddress => _transaction.Flow.AdvertisedAddress;

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
        _transaction.Respond(DialogResponse(_transaction, statusCode));
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
        _answer = new(_core.Layer, _transaction, SessionResponse(_transaction, sdp), OnAckTimeout);
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
        var response = _core.Response(Request, statusCode, reasonPhrase, _dialog.Id.LocalTag);
        foreach (var (name, value) in headers)
            response.Headers.Add(name, value);
        _transaction.Respond(response);
    }

    /// <summary>Hangs up: BYE, as soon as the ACK is there (RFC 3261 section 15); 480 when the call is not answered yet.</summary>
    /// <param name="reasonHeader">Value of a Reason header (RFC 3326), or null for none.</param>
    public void Bye(string? reasonHeader = null)
    {
        _byeReason = reasonHeader;
        if (_phase == Phase.Offered)
            Reject(480);
        else if (_phase == Phase.Accepted)
            _isByeWanted = true;
        else if (_phase == Phase.Confirmed)
            SendBye();
    }

    void IDialogUsage.OnRequest(ServerTransaction transaction)
    {
        if (transaction.Request.Method == SipMethods.Bye)
            OnBye(transaction);
        else if (_phase == Phase.Ending)
            _core.Refuse(transaction, 481);
        else if (transaction is InviteServerTransaction reinvite)
            OnReinvite(reinvite);
        else if (transaction.Request.Method == SipMethods.Info)
            transaction.Respond(_core.Response(transaction.Request, Handler.OnInfo(transaction.Request), toTag: _dialog.Id.LocalTag));
        else
            _core.AnswerOptions(transaction, _dialog.Id.LocalTag);
    }

    void IDialogUsage.OnAck(SipRequest ack)
    {
        if (_reinvites.TryConfirm(ack) || _phase != Phase.Accepted || ack.CSeq.Number != Request.CSeq.Number)
            return;
        _answer?.Stop();
        _phase = Phase.Confirmed;
        Handler.OnAck(SessionBody.Of(ack), ack.ContentType);
        if (_isByeWanted && _phase == Phase.Confirmed)
            SendBye();
    }

    void IDialogUsage.Fail()
    {
        if (_phase == Phase.Offered)
            Reject(500);
        else
            HangUpAfterFault();
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

    void IClientTransactionUser.OnResponse(SipRequest request, SipResponse response)
    {
        if (response.IsFinal)
            OnByeDone();
    }

    void IClientTransactionUser.OnFailed(SipRequest request, bool isTimeout) => OnByeDone();

    /// <summary>A response of this dialog: To tag, Contact.</summary>
    internal SipResponse DialogResponse(ServerTransaction transaction, int statusCode)
    {
        var response = _core.Response(transaction.Request, statusCode, toTag: _dialog.Id.LocalTag);
        response.Contact = ContactAddress.Of(transaction.Flow, Request.RequestUri.User);
        return response;
    }

    /// <summary>A 200 with a session description.</summary>
    internal SipResponse SessionResponse(ServerTransaction transaction, ReadOnlyMemory<byte> sdp)
    {
        var response = DialogResponse(transaction, 200);
        Capabilities.Describe(response);
        response.ContentType = Capabilities.SessionDescription;
        response.Body = sdp;
        return response;
    }

    /// <summary>An answer of ours was never confirmed.</summary>
    internal void OnAckTimeout()
    {
        if (_phase is not (Phase.Accepted or Phase.Confirmed))
            return;
        _core.Logger.NoAck(SipCallId);
        SendBye();
        Handler.OnAckTimeout();
    }

    private void OnBye(ServerTransaction bye)
    {
        bye.Respond(_core.Response(bye.Request, 200, toTag: _dialog.Id.LocalTag));
        if (_phase == Phase.Offered)
        {
            GiveUp();
        }
        else if (_phase is Phase.Accepted or Phase.Confirmed)
        {
            End();
            Handler.OnBye(bye.Request.Headers.GetFirst(HeaderNames.Reason));
        }
    }

    private void OnReinvite(InviteServerTransaction reinvite)
    {
        if (_phase == Phase.Offered || _reinvites.HasOpen)
            _core.RefuseForNow(reinvite);
        else if ((_phase == Phase.Accepted && Offer.IsEmpty) || _reinvites.AwaitsAnswer)
            _core.Refuse(reinvite, 491);   // our own offer is still open: its answer comes with the ACK (RFC 3261 section 14.2)
        else
            Handler.OnReinvite(_reinvites.Add(reinvite));
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
        var bye = _dialog.CreateRequest(SipMethods.Bye);
        if (_byeReason is not null)
            bye.Headers.Add(HeaderNames.Reason, _byeReason);
        _core.Requests.Send(_dialog, bye, this);
    }

    private void OnByeDone()
    {
        if (_phase != Phase.Ending)
            return;
        End();
        Handler.OnByeCompleted();
    }

    private void HangUpAfterFault()
    {
        if (_phase is Phase.Accepted or Phase.Confirmed)
            SendBye();
        End();
    }

    private void StopWaiting()
    {
        _ringAgain?.Cancel();
        _answer?.Stop();
        _reinvites.Stop();
    }

    private void End()
    {
        StopWaiting();
        _phase = Phase.Ended;
        _core.Dialogs.Remove(this);
    }
}
