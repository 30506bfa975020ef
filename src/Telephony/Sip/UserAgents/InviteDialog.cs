using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>The dialog of a call, whoever called whom: what happens in it once it exists, until the BYE.</summary>
/// <remarks>Owned by the signalling loop. Its beginning, <see cref="UserAgentServer"/> or <see cref="UserAgentClient"/>, moves it from phase to phase up to the
/// call that stands; a command that comes too late does nothing.</remarks>
internal sealed class InviteDialog : IDialogUsage
{
    private readonly UserAgentCore _core;
    private readonly IInviteBeginning _beginning;
    private readonly Reinvites _reinvites;
    private readonly ReinviteClient _reinvite;
    private readonly ByeClient _bye;
    private readonly ReferClient _refer;
    private readonly Refers _refers;

    /// <summary>Opens it: from now on requests find it.</summary>
    /// <param name="core">Sends and answers.</param>
    /// <param name="dialog">Its names and numbers.</param>
    /// <param name="localUser">User part of our Contact, or null.</param>
    /// <param name="beginning">What leads up to the call.</param>
    /// <param name="account">What challenges within it are answered with, or null.</param>
    public InviteDialog(UserAgentCore core, Dialog dialog, string? localUser, IInviteBeginning beginning, ServerAccount? account)
    {
        _core = core;
        _beginning = beginning;
        Dialog = dialog;
        _reinvite = new(core, this);
        Session = new(core.Layer, core.Options.SessionTimer, dialog.Id.SipCallId, onRefreshDue: () => _reinvite.Want(isChange: false), onExpired: Lose);
        Responses = new(core, dialog, localUser, Session);
        _reinvites = new(core, dialog, Responses, OnAckTimeout, _reinvite.SendWanted);
        Sender = new(core.Requests, dialog, account);
        _bye = new(Sender, dialog, OnByeCompleted);
        _refer = new(core, Sender, dialog, Responses, outcome => Handler.OnTransferEnded(outcome));
        _refers = new(core, Sender, dialog, Responses);
        core.Dialogs.Add(this);
    }

    /// <summary>How far the call is.</summary>
    public DialogPhase Phase { get; private set; }

    /// <inheritdoc/>
    public Dialog Dialog { get; }

    /// <summary>Builds what is answered in it.</summary>
    public DialogResponses Responses { get; }

    /// <summary>Sends requests in it.</summary>
    public DialogSender Sender { get; }

    /// <summary>Who refreshes the session, and until when it holds.</summary>
    public SessionTimer Session { get; }

    /// <summary>Whether the peer takes UPDATE: its Allow header names it.</summary>
    public bool PeerTakesUpdate { get; set; }

    /// <summary>Whether the peer takes INFO: its Allow header names it.</summary>
    public bool PeerTakesInfo { get; private set; }

    /// <summary>Whether a re-INVITE or UPDATE of ours may go out: the call stands, and no change of the peer's is open.</summary>
    public bool MayOffer => Phase == DialogPhase.Confirmed && !_bye.IsWanted && !_reinvites.IsBusy;

    /// <summary>Who is told what happens.</summary>
    public IInviteHandler Handler { get; set; } = SilentInviteHandler.Instance;

    /// <summary>Called when the dialog is over, however that came about.</summary>
    public Action? Ended { get; set; }

    private bool IsUp => Phase is DialogPhase.Answered or DialogPhase.Confirmed;

    /// <summary>A 2xx has gone out, and its ACK is awaited.</summary>
    public void Answer() => Phase = DialogPhase.Answered;

    /// <summary>Both sides know that the call stands.</summary>
    public void Confirm() => Phase = DialogPhase.Confirmed;

    /// <summary>Sends what was asked for before it could be: a BYE, or else a REFER.</summary>
    public void SendWaiting()
    {
        if (Phase != DialogPhase.Confirmed)
            return;
        if (_bye.IsWanted)
        {
            SendBye();
            return;
        }
        _refer.Send();
        _reinvite.SendWanted();
    }

    /// <summary>Takes the methods that the peer knows from a message of its.</summary>
    public void LearnMethods(SipMessage message)
    {
        if (!message.Headers.Contains(HeaderNames.Allow))
            return;
        var methods = message.Headers.GetValues(HeaderNames.Allow);
        (PeerTakesUpdate, PeerTakesInfo) = (methods.Contains(SipMethods.Update), methods.Contains(SipMethods.Info));
    }

    /// <summary>Our side of the session has changed: the peer is told by re-INVITE, as soon as it may be.</summary>
    public void Reoffer() => _reinvite.Want(isChange: true);

    /// <summary>Does something in a while, unless the loop has stopped by then.</summary>
    public void After(TimeSpan wait, Action action) => _core.Layer.StartTimer(wait, action, Dialog.Id.SipCallId);

    /// <summary>The session is dead, or the peer knows nothing of it: hangs up.</summary>
    public void Lose()
    {
        if (!IsUp)
            return;
        _core.Logger.SessionLost(Dialog.Id.SipCallId);
        SendBye();
        Handler.OnSessionLost();
    }

    /// <summary>Hangs up: BYE, as soon as it may be sent (RFC 3261 section 15).</summary>
    /// <param name="reasonHeader">Value of a Reason header (RFC 3326), or null for none.</param>
    public void Bye(string? reasonHeader)
    {
        _bye.Want(reasonHeader);
        if (Phase == DialogPhase.Early)
            _beginning.GiveUp();
        else if (Phase == DialogPhase.Confirmed)
            SendBye();
    }

    /// <summary>Whether <see cref="Refer"/> would ask: the call is answered, and no earlier transfer is open.</summary>
    public bool CanRefer => IsUp && !_refer.IsWanted;

    /// <summary>Whether a transfer that we asked for is not settled.</summary>
    public bool IsReferring => _refer.IsWanted;

    /// <summary>Asks the peer's device to call somebody else (RFC 3515), as soon as it may be asked.</summary>
    /// <returns>False if nothing is asked: the call is not answered or ends, or an earlier transfer is not settled.</returns>
    public bool Refer(SipUri target)
    {
        if (!IsUp || !_refer.TryWant(target))
            return false;
        if (Phase == DialogPhase.Confirmed)
            _refer.Send();
        return true;
    }

    /// <summary>No ACK of a 2xx came in time: hangs up.</summary>
    public void OnAckTimeout()
    {
        if (!IsUp)
            return;
        _core.Logger.NoAck(Dialog.Id.SipCallId);
        SendBye();
        Handler.OnAckTimeout();
    }

    /// <summary>The dialog is over; requests do not find it any more.</summary>
    public void End()
    {
        StopWaiting();
        Phase = DialogPhase.Ended;
        _core.Dialogs.Remove(this);
        Ended?.Invoke();
    }

    /// <summary>Tells nobody anything any more: its transactions wait for repetitions for half a minute yet, and must not hold the call and its sound for so long.</summary>
    public void LetGo()
    {
        Handler = SilentInviteHandler.Instance;
        Ended = null;
        _beginning.LetGo();
    }

    void IDialogUsage.OnRequest(ServerTransaction transaction)
    {
        if (transaction.Request.Method == SipMethods.Bye)
            OnBye(transaction);
        else if (Phase == DialogPhase.Ending)
            _core.Refuse(transaction, 481);
        else if (transaction is InviteServerTransaction reinvite)
            _reinvites.Receive(reinvite, isAnswered: Phase != DialogPhase.Early, _beginning.IsOfferOpen || _reinvite.IsOfferOpen, Handler);
        else if (transaction.Request.Method == SipMethods.Prack)
            OnPrack(transaction);
        else if (transaction.Request.Method == SipMethods.Update)
            OnUpdate(transaction);
        else if (transaction.Request.Method == SipMethods.Info)
            transaction.Respond(Responses.Plain(transaction, Handler.OnInfo(transaction.Request)));
        else if (transaction.Request.Method == SipMethods.Refer)
            _refers.Receive(transaction, IsUp, Handler);
        else if (transaction.Request.Method == SipMethods.Notify)
            _refer.OnNotify(transaction);
        else
            transaction.Respond(Responses.Options(transaction));
    }

    void IDialogUsage.OnAck(SipRequest ack)
    {
        if (!_reinvites.TryConfirm(ack))
            _beginning.OnAck(ack);
    }

    void IDialogUsage.Fail()
    {
        if (Phase == DialogPhase.Early)
            _beginning.Fail();
        else if (IsUp)
            SendBye();
        End();
        Handler.OnTransportFailed();
    }

    private void OnBye(ServerTransaction bye)
    {
        bye.Respond(Responses.Plain(bye, 200));
        if (Phase == DialogPhase.Early)
        {
            _beginning.OnBye();
        }
        else if (IsUp)
        {
            var hasTakenOver = _refer.IsAgreed;
            End();
            if (hasTakenOver)
                Handler.OnTransferEnded(new TransferOutcome(TransferEnd.Accepted, 202));
            Handler.OnBye(bye.Request.Headers.GetFirst(HeaderNames.Reason));
        }
    }

    // RFC 3311 section 5.2.
    private void OnUpdate(ServerTransaction update)
    {
        var sdp = SessionBody.Of(update.Request);
        if (!sdp.IsEmpty && (_beginning.IsOfferOpen || _reinvite.IsOfferOpen || _reinvites.AwaitsAnswer))
            _core.Refuse(update, 491);
        else if (!sdp.IsEmpty && (_reinvites.HasOpen || (Phase == DialogPhase.Early && !_beginning.HasEarlySession)))
            _core.RefuseForNow(update);
        else
            Answer(update, sdp.IsEmpty ? new(200, default) : Handler.OnOffer(sdp));
    }

    private void Answer(ServerTransaction update, OfferReply reply)
    {
        if (reply.StatusCode != 200)
        {
            update.Respond(Responses.Reply(update, reply));
            return;
        }
        Dialog.Refresh(update.Request);
        LearnMethods(update.Request);
        update.Respond(Responses.Session(update, reply.Sdp));
    }

    private void OnPrack(ServerTransaction prack)
    {
        if (!_beginning.TryTakePrack(prack))
            _core.Refuse(prack, 481);
    }

    private void SendBye()
    {
        StopWaiting();
        Phase = DialogPhase.Ending;
        _bye.Send();
    }

    private void OnByeCompleted()
    {
        if (Phase != DialogPhase.Ending)
            return;
        End();
        Handler.OnByeCompleted();
    }

    private void StopWaiting()
    {
        _beginning.Stop();
        _reinvites.Stop();
        _reinvite.Stop();
        Session.Stop();
        _refer.Stop();
        _refers.Stop();
    }
}
