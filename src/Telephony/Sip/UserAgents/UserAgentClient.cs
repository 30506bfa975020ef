using Telephony.Sip.Authentication;
using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>One INVITE of ours, from the offer to the answer of one callee, whoever else rings or answers; then the call goes on in its <see cref="InviteDialog"/>.</summary>
/// <remarks>Owned by the signalling loop, as are all its members; a command that comes too late does nothing.</remarks>
internal sealed class UserAgentClient : IInviteAttempt, IClientTransactionUser
{
    // More devices than anybody lets ring; those beyond are not told apart until one of them answers.
    private const int MaxEarlyForks = 16;
    private const int MaxForks = 64;

    private readonly UserAgentCore _core;
    private readonly OutboundInvite _wanted;
    private readonly SipRequest _invite;
    private readonly DigestClient? _digest;
    private readonly Dictionary<string, Fork> _forks = new(StringComparer.Ordinal);
    private IOutboundInviteHandler _handler;
    private ClientTransaction? _transaction;
    private SignalingTimer? _patience;
    private SignalingTimer? _silence;
    private Stage _stage;
    private bool _isHeard;
    private bool _hasProgress;
    private bool _isOver;

    public UserAgentClient(UserAgentCore core, OutboundInvite wanted, IOutboundInviteHandler handler)
    {
        _core = core;
        _wanted = wanted;
        _handler = handler;
        _invite = CreateInvite(core.Options.ServerName, wanted);
        if (wanted.MayRefer && core.Options.TakesRefer(wanted.Trunk))
            _invite.Headers.Set(HeaderNames.Allow, Capabilities.AllowWithRefer);
        SessionTimer.Ask(_invite, core.Options.SessionTimer.Expires);
        _digest = wanted.Account is { } account ? new(account.Account) : null;
        core.Clients.Add(this);
    }

    private enum Stage
    {
        /// <summary>Nobody has answered, and we still want it.</summary>
        Calling,

        /// <summary>Somebody has answered.</summary>
        Answered,

        /// <summary>We do not want it any more, or it was refused.</summary>
        Left,
    }

    /// <summary>The Call-ID header.</summary>
    public string SipCallId => _invite.CallId;

    /// <summary>Whether nobody has answered yet, and we still want it.</summary>
    public bool IsCalling => _stage == Stage.Calling;

    /// <summary>Sends the INVITE; once.</summary>
    public void Send()
    {
        if (_wanted.RingTimeout != Timeout.InfiniteTimeSpan)
            _patience = _core.Layer.StartTimer(_wanted.RingTimeout, () => Leave(new InviteRefusal(408, "Not answered in time", HasProgress: _isHeard)), SipCallId);
        if (_wanted.ResponseTimeout != Timeout.InfiniteTimeSpan)
            _silence = _core.Layer.StartTimer(_wanted.ResponseTimeout, () => Leave(new InviteRefusal(408, "No answer from the server")), SipCallId);
        _transaction = _core.Layer.Send(_invite, _wanted.Flow, this);
    }

    /// <summary>Gives up before the answer: CANCEL, as soon as it may be sent (RFC 3261 section 9.1).</summary>
    public void Cancel() => Leave(new InviteRefusal(487, "Given up"));

    void IClientTransactionUser.OnResponse(SipRequest request, SipResponse response)
    {
        if (request != _invite)
            return;   // of our CANCEL
        _isHeard = true;
        _silence?.Cancel();
        if (response.IsProvisional)
            OnProvisional(response);
        else if (response.IsSuccess)
            OnSuccess(response);
        else if (!TryAuthenticate(response) && !TryLongerInterval(response))
            OnFinal(Refusal(response));
    }

    void IClientTransactionUser.OnFailed(SipRequest request, bool isTimeout)
    {
        if (request == _invite)
            OnFinal(isTimeout ? new(408, "No answer from the server", HasProgress: _hasProgress) : new(503, "The server cannot be reached"));
    }

    /// <summary>The callee gave up before we heard its answer; nothing good can follow.</summary>
    public void OnCalleeBye() => Leave(new InviteRefusal(480, "The callee hung up", HasProgress: true));

    /// <summary>A bug has hit the call before the answer.</summary>
    public void Fail() => Leave(new InviteRefusal(500, "A fault of ours"));

    private static SipRequest CreateInvite(string productName, OutboundInvite wanted)
    {
        var invite = new SipRequest(SipMethods.Invite, wanted.RequestUri)
        {
            MaxForwards = TransactionLayer.InitialMaxForwards,
            From = wanted.From.WithTag(Dialog.NewTag()),
            To = new NameAddress { Uri = wanted.RequestUri },
            CallId = wanted.SipCallId,
            CSeq = new CSeq(Dialog.NewCSeq(), SipMethods.Invite),
            Contact = ContactAddress.Of(wanted.Flow, wanted.LocalUser, wanted.RequestUri.IsSecure),
        };
        invite.Headers.Add(HeaderNames.Allow, Capabilities.Allow);
        invite.Headers.Add(HeaderNames.Supported, Capabilities.Supported);
        invite.Headers.Add(HeaderNames.UserAgent, productName);
        foreach (var (name, value) in wanted.Headers)
            invite.Headers.Add(name, value);
        invite.ContentType = Capabilities.SessionDescription;
        invite.Body = wanted.Offer;
        return invite;
    }

    private InviteRefusal Refusal(SipResponse response) =>
        new(response.StatusCode, response.ReasonPhrase, response.Headers.GetFirst(HeaderNames.RetryAfter), _hasProgress);

    private void OnProvisional(SipResponse response)
    {
        if (_stage == Stage.Left)
        {
            _core.Layer.Cancel(_transaction!, this);
            return;
        }
        if (_stage == Stage.Answered || response.StatusCode == 100)
            return;
        _hasProgress = true;
        if (response.To.Tag is null)
            _handler.OnProgress(response.StatusCode, null, default);
        else if (ForkOf(response, MaxEarlyForks) is { } fork && fork.TryTake(response, out var sdp))
            _handler.OnProgress(response.StatusCode, fork.Dialog, sdp);
    }

    private void OnSuccess(SipResponse response)
    {
        if (ForkOf(response, MaxForks) is not { } fork)
            return;
        if (fork.HasAnswered)
            fork.Acknowledge(Credentials());
        else
            OnAnswer(fork, response);
    }

    private void OnAnswer(Fork fork, SipResponse response)
    {
        fork.Dialog.Dialog.Confirm(response);
        fork.Dialog.Confirm();
        fork.Acknowledge(Credentials());
        if (_stage == Stage.Calling)
        {
            Win(fork, response);
        }
        else
        {
            // Somebody else was first, or we had given up (RFC 3261 section 13.2.2.4).
            fork.Dialog.Ended = Close;
            fork.Dialog.Bye(null);
        }
    }

    private void Win(Fork fork, SipResponse response)
    {
        _stage = Stage.Answered;
        _patience?.Cancel();
        _core.Clients.Remove(this);
        EndEarlyForks();
        fork.Dialog.Handler = _handler;
        fork.Dialog.LearnMethods(response);
        fork.Dialog.Session.Learn(response);
        _handler.OnAccepted(fork.Dialog, response, fork.AnswerOf(response));
    }

    /// <summary>Sends the INVITE again with credentials, where the server asks for them and we have some.</summary>
    private bool TryAuthenticate(SipResponse response)
    {
        if (_stage != Stage.Calling || _digest is null || !_digest.TryAnswer(_invite, response, out var credentials))
            return false;
        _invite.Headers.Set(credentials.Value.Name, credentials.Value.Value);
        SendAgain();
        return true;
    }

    /// <summary>Sends the INVITE again with the interval that the callee wants at least (RFC 4028 section 7.3); once.</summary>
    private bool TryLongerInterval(SipResponse response)
    {
        if (_stage != Stage.Calling || response.StatusCode != 422 || !SessionTimer.TryAskLonger(_invite, response))
            return false;
        SendAgain();
        return true;
    }

    private void SendAgain()
    {
        EndEarlyForks();
        _invite.Headers.Remove(HeaderNames.Via);
        _invite.CSeq = new CSeq(_invite.CSeq.Number + 1, SipMethods.Invite);
        _transaction = _core.Layer.Send(_invite, _wanted.Flow, this);
    }

    private void OnFinal(InviteRefusal refusal)
    {
        if (_stage == Stage.Answered)
            return;
        Tell(refusal);
        Close();
    }

    /// <summary>We do not want it any more. The host is told at once, the peer when it may be.</summary>
    private void Leave(InviteRefusal why)
    {
        if (_stage != Stage.Calling)
            return;
        Tell(why);
        if (_transaction is { AnsweredOn: not null } transaction)
            _core.Layer.Cancel(transaction, this);
    }

    private void Tell(InviteRefusal why)
    {
        if (_stage != Stage.Calling)
            return;
        _stage = Stage.Left;
        _patience?.Cancel();
        _silence?.Cancel();
        EndEarlyForks();
        _handler.OnRefused(why);
    }

    /// <summary>Tells nobody anything any more: transactions that wait for repetitions must not hold the call.</summary>
    public void LetGo()
    {
        _handler = SilentOutboundHandler.Instance;
        foreach (var fork in _forks.Values)
            fork.Dialog.Handler = SilentOutboundHandler.Instance;
    }

    private void Close()
    {
        if (_isOver || _stage != Stage.Left)
            return;
        _isOver = true;
        _core.Clients.Remove(this);
        _handler.OnClosed();
        LetGo();
    }

    private Fork? ForkOf(SipResponse response, int max)
    {
        var tag = response.To.Tag ?? "";
        if (_forks.TryGetValue(tag, out var fork) && (fork.HasAnswered || fork.Dialog.Phase == DialogPhase.Early))
            return fork;
        return fork is null && _forks.Count >= max ? null : _forks[tag] = NewFork(response);
    }

    private Fork NewFork(SipResponse response)
    {
        var dialog = Dialog.OfCaller(_invite, response, _transaction?.AnsweredOn ?? _wanted.Flow);
        return new Fork(_core, this, dialog, _wanted, _invite.CSeq.Number, _handler);
    }

    private void EndEarlyForks()
    {
        foreach (var fork in _forks.Values.Where(fork => fork.Dialog.Phase == DialogPhase.Early))
            fork.Dialog.End();
    }

    /// <summary>What the INVITE proved itself with, for its ACK.</summary>
    private IEnumerable<SipHeader> Credentials() =>
        _invite.Headers.Where(header => header.Name is HeaderNames.Authorization or HeaderNames.ProxyAuthorization);
}
