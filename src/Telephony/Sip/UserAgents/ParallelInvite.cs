using Telephony.Sip.Messages;

namespace Telephony.Sip.UserAgents;

/// <summary>One call to several phones at once: all of them ring, the first that answers has the call, and the others stop.</summary>
/// <remarks>Owned by the signalling loop. To its handler it is one INVITE; of refusals it tells the one that says most (RFC 3261 section 16.7 point 6).</remarks>
internal sealed class ParallelInvite : IInviteAttempt
{
    private readonly List<Branch> _branches;
    private readonly List<InviteRefusal> _refusals = [];
    private IOutboundInviteHandler _handler;
    private int _open;
    private bool _isSettled;

    public ParallelInvite(UserAgentCore core, IReadOnlyList<OutboundInvite> invites, IOutboundInviteHandler handler)
    {
        _handler = handler;
        _branches = [.. invites.Select(invite => new Branch(core, invite, this))];
        _open = _branches.Count;
    }

    public void Send()
    {
        foreach (var branch in _branches)
            branch.Client.Send();
    }

    public void Cancel() => CancelAllBut(null);

    private void OnProgress(int statusCode, InviteDialog? dialog, ReadOnlyMemory<byte> sdp)
    {
        if (!_isSettled)
            _handler.OnProgress(statusCode, dialog, sdp);
    }

    private OfferReply OnEarlyOffer(InviteDialog dialog, ReadOnlyMemory<byte> offer) => _isSettled ? new(488, default) : _handler.OnEarlyOffer(dialog, offer);

    private void OnAccepted(Branch winner, InviteDialog dialog, SipResponse response, ReadOnlyMemory<byte> sdp)
    {
        _isSettled = true;
        CancelAllBut(winner);
        dialog.Handler = _handler;
        _handler.OnAccepted(dialog, response, sdp);
        _handler = SilentOutboundHandler.Instance;   // the others' INVITEs may be on their way for half a minute yet, and must not hold the call
    }

    private void OnRefused(Branch branch, InviteRefusal refusal)
    {
        if (_isSettled)
            return;
        _refusals.Add(refusal);
        // Somebody declined for all phones; else the others go on ringing.
        var isFinal = refusal.StatusCode >= 600;
        if (!isFinal && _refusals.Count < _branches.Count)
            return;
        _isSettled = true;
        CancelAllBut(branch);
        _handler.OnRefused(_refusals.MinBy(Rank)! with { HasProgress = _refusals.Exists(one => one.HasProgress) });
    }

    private void OnClosed()
    {
        if (--_open == 0)
            _handler.OnClosed();
    }

    private void CancelAllBut(Branch? one)
    {
        foreach (var branch in _branches)
        {
            if (branch != one)
                branch.Client.Cancel();
        }
    }

    /// <summary>What a person did says more than that nobody was there, and that more than that nothing was reached.</summary>
    private static int Rank(InviteRefusal refusal) => refusal.StatusCode switch
    {
        >= 600 => 0,
        486 => 1,
        480 or 487 => 3,
        408 => 4,
        >= 500 => 5,
        _ => 2,
    };

    /// <summary>The INVITE to one of the phones.</summary>
    private sealed class Branch : SilentInviteHandler, IOutboundInviteHandler
    {
        private readonly ParallelInvite _all;

        public Branch(UserAgentCore core, OutboundInvite invite, ParallelInvite all)
        {
            _all = all;
            Client = new(core, invite, this);
        }

        public UserAgentClient Client { get; }

        public void OnProgress(int statusCode, InviteDialog? dialog, ReadOnlyMemory<byte> sdp) => _all.OnProgress(statusCode, dialog, sdp);

        public OfferReply OnEarlyOffer(InviteDialog dialog, ReadOnlyMemory<byte> offer) => _all.OnEarlyOffer(dialog, offer);

        public void OnAccepted(InviteDialog dialog, SipResponse response, ReadOnlyMemory<byte> sdp) => _all.OnAccepted(this, dialog, response, sdp);

        public void OnRefused(InviteRefusal refusal) => _all.OnRefused(this, refusal);

        public void OnClosed() => _all.OnClosed();
    }
}
