using System.Net;
using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.UserAgents;

/// <summary>One inbound INVITE, from the offer to the ACK of our answer; then the call goes on in its <see cref="InviteDialog"/>.</summary>
/// <remarks>Owned by the signalling loop, as are all its members; a command that comes too late does nothing.</remarks>
public sealed class UserAgentServer : IInviteBeginning, IInviteOwner
{
    private static readonly TimeSpan RingInterval = TimeSpan.FromMinutes(1);   // keeps a proxy's timer C from running out (RFC 3261 section 13.3.1.1)

    private readonly UserAgentCore _core;
    private readonly InviteServerTransaction _transaction;
    private readonly ReliableProvisionals _provisionals;
    private PendingAnswer? _answer;
    private ReadOnlyMemory<byte>? _heldAnswer;   // accepted, but an early session description is not confirmed yet
    private SignalingTimer? _ringAgain;

    internal UserAgentServer(UserAgentCore core, InviteServerTransaction transaction)
    {
        _core = core;
        _transaction = transaction;
        _transaction.Owner = this;
        Trunk = core.Trunks.Of(transaction.Request, transaction.Flow);
        Dialog = new(core, Dialogs.Dialog.OfCallee(transaction.Request, transaction.Flow), transaction.Request.RequestUri.User, this, ServerAccount.Of(Trunk, transaction.Flow));
        Dialog.Responses.TakesRefer = (Trunk is not null || User is not null) && core.Options.TakesRefer(Trunk);   // a stranger does not have us pay
        Dialog.LearnMethods(transaction.Request);
        _provisionals = new(core, transaction, Dialog.Responses, OnPrackTimeout);
    }

    /// <summary>The INVITE.</summary>
    public SipRequest Request => _transaction.Request;

    /// <summary>The caller's session description; empty when it wants our offer.</summary>
    public ReadOnlyMemory<byte> Offer => SessionBody.Of(Request);

    /// <summary>Where the INVITE came from.</summary>
    public IPEndPoint RemoteEndPoint => _transaction.Flow.Remote;

    /// <summary>Whether the INVITE came over TLS.</summary>
    public bool IsSecure => _transaction.Flow.IsSecure;

    /// <summary>The trunk that it came from; null for a call of nobody that the configuration knows.</summary>
    public Trunk? Trunk { get; }

    /// <summary>Name of the user who has proven to send it; null for a call that nobody had to log in for.</summary>
    public string? User => _transaction.User;

    /// <summary>Which listen endpoint it came in on.</summary>
    public SipListenEndPoint LocalEndPoint => _transaction.Flow.Transport.LocalEndPoint;

    /// <summary>Our address for Contact and SDP: the public one, or the one the caller reached.</summary>
    public IPAddress AdvertisedAddress => _transaction.Flow.AdvertisedAddress;

    /// <summary>Where the caller wants to be reached within the call: its latest Contact.</summary>
    public SipUri RemoteTarget => Dialog.Dialog.RemoteTarget;

    /// <summary>The call of ours whose place it is to take (RFC 3891); null for a call like any other. Who may do so is not looked at here.</summary>
    internal InviteDialog? Replaced { get; init; }

    /// <summary>The Call-ID header.</summary>
    public string SipCallId => Request.CallId;

    /// <summary>Whether the INVITE still wants its final answer.</summary>
    public bool IsOpen => Dialog.Phase == DialogPhase.Early;

    /// <summary>Who is told what happens; to be set in <see cref="IUserAgentHandler.OnInvite"/>.</summary>
    public IInviteHandler Handler
    {
        get => Dialog.Handler;
        set => Dialog.Handler = value;
    }

    /// <summary>Notes what has come and gone before the call had a ladder: the INVITE, and our latest answer.</summary>
    internal void TellLadder() => _core.Layer.Ladders?.Begun(Request, _transaction.LastResponse, _transaction.Flow);

    /// <summary>The dialog that it makes.</summary>
    internal InviteDialog Dialog { get; }

    /// <summary>Whether provisional responses are confirmed by PRACK because the caller demands it: then the first one needs our offer if the INVITE had none.</summary>
    public bool RingsReliably => _provisionals.IsRequired;

    /// <summary>Whether a provisional response may carry a session description: any where it is an answer, one that is confirmed where it is our offer.</summary>
    public bool CanDescribeEarly => !Offer.IsEmpty || DescribesReliably;

    bool IInviteBeginning.IsOfferOpen => Dialog.Phase == DialogPhase.Answered && Offer.IsEmpty && !_provisionals.HasAgreed;

    bool IInviteBeginning.HasEarlySession => _provisionals.HasAgreed;

    string IInviteOwner.LocalTag => Dialog.Dialog.Id.LocalTag;

    private bool DescribesReliably => _provisionals.IsRequired || (_provisionals.IsPossible && _core.Options.ReliableEarlyMedia);

    /// <summary>Sends a provisional response, and again every minute until the answer; confirmed by PRACK where the caller demands that, or where it has a
    /// session description and the caller and we know how.</summary>
    /// <param name="statusCode">101 to 199.</param>
    /// <param name="sdp">Our answer, or our offer when the INVITE had none and <see cref="CanDescribeEarly"/>; empty for none. The same as for <see cref="Accept"/>.</param>
    public void Ring(int statusCode = 180, ReadOnlyMemory<byte> sdp = default)
    {
        if (!IsOpen || _heldAnswer is not null)
            return;
        if (_provisionals.IsRequired || (!sdp.IsEmpty && DescribesReliably))
            _provisionals.Send(statusCode, _provisionals.HasAgreed ? default : sdp);
        else
            _transaction.Respond(sdp.IsEmpty ? Dialog.Responses.Provisional(_transaction, statusCode) : Dialog.Responses.Session(_transaction, sdp, statusCode));
        _ringAgain?.Cancel();
        _ringAgain = _core.Layer.StartTimer(RingInterval, () => Ring(statusCode, sdp), SipCallId);
    }

    /// <summary>Answers with 200, which is repeated until its ACK comes; it waits for the PRACK of a session description sent before (RFC 3262 section 3).</summary>
    /// <param name="sdp">Our answer, or our offer when the INVITE had none.</param>
    public void Accept(ReadOnlyMemory<byte> sdp)
    {
        if (!IsOpen || _heldAnswer is not null)
            return;
        _ringAgain?.Cancel();
        if (_provisionals.HoldsAnswer)
        {
            _heldAnswer = sdp;
            return;
        }
        Dialog.Answer();
        _provisionals.Stop();
        _answer = new(_core.Layer, _transaction, Dialog.Responses.Session(_transaction, _provisionals.HasAgreed ? default : sdp), Dialog.OnAckTimeout);
    }

    /// <summary>Refuses the call.</summary>
    /// <param name="statusCode">300 to 699.</param>
    /// <param name="reasonPhrase">Null for the usual one.</param>
    /// <param name="headers">Further headers, such as Retry-After or Warning.</param>
    public void Reject(int statusCode, string? reasonPhrase = null, params (string Name, string Value)[] headers)
    {
        if (!IsOpen)
            return;
        Dialog.End();
        _transaction.Respond(Dialog.Responses.Refusal(_transaction, statusCode, reasonPhrase, headers));
    }

    /// <summary>Hangs up: BYE, as soon as the ACK is there (RFC 3261 section 15); 480 when the call is not answered yet.</summary>
    /// <param name="reasonHeader">Value of a Reason header (RFC 3326), or null for none.</param>
    public void Bye(string? reasonHeader = null) => Dialog.Bye(reasonHeader);

    /// <summary>Asks the caller's device to call somebody else (RFC 3515): REFER, as soon as the ACK is there.</summary>
    /// <param name="target">Whom to call.</param>
    /// <returns>False if nothing is asked: the call is not answered or ends, or an earlier transfer is not settled.</returns>
    public bool Refer(SipUri target) => Dialog.Refer(target);

    void IInviteBeginning.OnAck(SipRequest ack)
    {
        if (Dialog.Phase != DialogPhase.Answered || ack.CSeq.Number != Request.CSeq.Number)
            return;
        _answer?.Stop();
        Dialog.Confirm();
        Handler.OnAck(SessionBody.Of(ack), ack.ContentType);
        Dialog.SendWaiting();
    }

    void IInviteBeginning.OnBye() => Leave();

    bool IInviteBeginning.TryTakePrack(ServerTransaction prack)
    {
        if (!_provisionals.TryConfirm(prack.Request, out var confirmed))
            return false;
        var sdp = SessionBody.Of(prack.Request);
        var answersUs = Offer.IsEmpty && !confirmed.Body.IsEmpty;
        prack.Respond(answersUs || sdp.IsEmpty ? Dialog.Responses.Plain(prack, 200) : Dialog.Responses.Reply(prack, ReplyTo(sdp)));
        if (IsOpen && answersUs && !Handler.OnEarlyAnswer(sdp))
            Reject(488);
        GoOn();
        return true;
    }

    void IInviteBeginning.GiveUp()
    {
        var wasAccepted = _heldAnswer is not null;
        Reject(480);
        if (wasAccepted)
            Handler.OnByeCompleted();   // for the host the call was answered, and it waits for the end
    }

    void IInviteBeginning.Fail() => Reject(500);

    void IInviteBeginning.Stop()
    {
        _ringAgain?.Cancel();
        _heldAnswer = null;
        _provisionals.Stop();
        _answer?.Stop();
    }

    void IInviteOwner.OnCancel() => Leave();

    void IInviteOwner.OnTransportError()
    {
        if (Dialog.Phase is not (DialogPhase.Early or DialogPhase.Answered))
            return;
        Dialog.End();
        Handler.OnTransportFailed();
    }

    // Before the INVITE's own offer is answered there is no session to change (RFC 3262 section 5).
    private OfferReply ReplyTo(ReadOnlyMemory<byte> offer) => IsOpen && _provisionals.HasAgreed ? Handler.OnOffer(offer) : new(491, default);

    /// <summary>A provisional response is confirmed: the next one goes out, or the answer that waited.</summary>
    private void GoOn()
    {
        if (!IsOpen)
            return;
        if (_heldAnswer is null || _provisionals.HoldsAnswer)
            _provisionals.SendNext();
        if (_heldAnswer is not { } sdp || _provisionals.HoldsAnswer)
            return;
        _heldAnswer = null;
        Accept(sdp);
    }

    private void OnPrackTimeout()
    {
        if (!IsOpen)
            return;
        _core.Logger.NoPrack(SipCallId);
        Reject(504);
        Handler.OnPrackTimeout();
    }

    private void Leave()
    {
        Reject(487);
        Handler.OnCancelled();
    }
}
