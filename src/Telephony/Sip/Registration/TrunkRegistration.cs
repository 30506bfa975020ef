using System.Net;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;
using Telephony.StateMachines;
using Telephony.Trunks;

namespace Telephony.Sip.Registration;

/// <summary>Keeps one trunk registered (RFC 3261 section 10): renews in time, goes on to the next server when one fails, and leaves at the end.</summary>
/// <remarks>Owned by the signalling loop. What happens when is in <see cref="RegistrationStates"/>, how long is waited in <see cref="RegistrationSchedule"/>.</remarks>
internal sealed class TrunkRegistration : IRegistrationActions
{
    private static readonly TimeSpan RefreshPatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(2);

    private readonly TrunkStack _stack;
    private readonly Trunk _trunk;
    private readonly TrunkServers _servers;
    private readonly TrunkReport _report;
    private readonly RegisterRequests _requests;
    private readonly StateMachine<RegistrationState, RegistrationTrigger, IRegistrationActions> _machine;
    private readonly Dictionary<IPEndPoint, long> _resting = [];   // server that asked for a pause -> timestamp of its end
    private readonly List<RegisterExchange> _underWay = [];
    private RegistrationRound? _round;
    private SignalingTimer? _timer;
    private SipFlow? _flow;
    private SipFlow? _holder;
    private long _heldSince;
    private long _heldUntil;
    private TimeSpan _expiry;
    private int _refusals;
    private bool _hasMoved;

    public TrunkRegistration(TrunkStack stack, Trunk trunk, TrunkServers servers, RegisterRequests requests, TrunkReport report)
    {
        _stack = stack;
        _trunk = trunk;
        _servers = servers;
        _requests = requests;
        _report = report;
        _expiry = trunk.Options.RegistrationExpiry;
        _machine = new(RegistrationStates.Table, this);
    }

    /// <summary>Where it stands.</summary>
    public RegistrationState State => _machine.State;

    /// <summary>The way to the server that has accepted us; null while none has.</summary>
    public SipFlow? Flow => _machine.State is RegistrationState.Registered or RegistrationState.Refreshing ? _flow : null;

    bool IRegistrationActions.MayHold => Holder is not null || _underWay.Count > 0;

    /// <summary>The server that accepted us last, as long as that holds there, whatever we know of it since.</summary>
    private SipFlow? Holder => _stack.TimeProvider.GetTimestamp() < _heldUntil ? _holder : null;

    /// <summary>Called when it is over after <see cref="Stop"/>.</summary>
    public Action OnLeft { get; set; } = () => { };

    /// <summary>Begins after a while.</summary>
    public void Start(TimeSpan wait) => SetTimer(wait);

    /// <summary>Takes the registration back.</summary>
    public void Stop() => _machine.Fire(RegistrationTrigger.Stop);

    /// <summary>The server is gone.</summary>
    /// <param name="why">For people.</param>
    public void OnServerGone(string why)
    {
        if (Flow is null)
            return;
        _report.Lost(_flow, why);
        _machine.Fire(RegistrationTrigger.Lost);
    }

    void IRegistrationActions.Wait(Transition<RegistrationState, RegistrationTrigger> cause)
    {
        _round?.Stop();
        ReleaseFlow();
        SetTimer(cause.Trigger switch
        {
            RegistrationTrigger.Refused => WaitAfterRefusal((RegisterResult)cause.Argument!),
            RegistrationTrigger.Failed when cause.Argument is TimeSpan rest => rest,
            _ => RegistrationSchedule.Retry(_stack.Random),
        });
    }

    void IRegistrationActions.Locate()
    {
        ReleaseFlow();
        _servers.Locate(flows =>
        {
            if (flows.Count == 0)
                _report.Failed(null, _servers.WhyNone);
            _machine.Fire(flows.Count > 0 ? RegistrationTrigger.Located : RegistrationTrigger.NotFound, flows);
        });
    }

    void IRegistrationActions.Register(Transition<RegistrationState, RegistrationTrigger> cause)
    {
        _timer?.Cancel();
        var flows = (IReadOnlyList<SipFlow>)cause.Argument!;
        var awake = flows.Where(flow => Rest(flow) <= TimeSpan.Zero).ToList();
        if (awake.Count == 0)
        {
            _machine.Fire(RegistrationTrigger.Failed, flows.Min(Rest));
            return;
        }
        RegistrationRound? round = null;
        round = new(_stack.Layer, _requests.CallId, awake, Ask, result => OnResult(result, isCurrent: _round == round && State == RegistrationState.Registering));
        _round = round;
        round.Start();
    }

    void IRegistrationActions.Hold(Transition<RegistrationState, RegistrationTrigger> cause)
    {
        var result = (RegisterResult)cause.Argument!;
        _round?.Stop();
        _refusals = 0;
        _resting.Clear();
        TakeFlow(result.Flow);
        _holder = result.Flow with { Connection = null };   // the connection may be gone when it is needed
        _heldSince = _stack.TimeProvider.GetTimestamp();
        _heldUntil = After(result.Expiry);
        _requests.OnRegistered(result.Contact);
        _report.Registered(result);
        SetTimer(HasMoved(result) ? TimeSpan.Zero : RegistrationSchedule.Refresh(result.Expiry, _stack.Random));
    }

    void IRegistrationActions.Refresh()
    {
        // A name that leads elsewhere is followed now, and not before: this server has promised to hold us until here.
        if (_servers.HasDropped(_flow!.Remote.Address, _heldSince))
        {
            _machine.Fire(RegistrationTrigger.Lost);
            return;
        }
        SetTimer(RefreshPatience);
        Ask(_flow, result => OnResult(result, isCurrent: State == RegistrationState.Refreshing));
    }

    void IRegistrationActions.Leave()
    {
        SetTimer(LeavePatience);
        _underWay.ForEach(exchange => exchange.Abandon());
        var servers = new[] { _flow, Holder }.OfType<SipFlow>().Concat(_underWay.Select(exchange => exchange.Flow)).DistinctBy(flow => flow.Remote).ToList();
        var left = servers.Count;
        foreach (var server in servers)
            new RegisterExchange(_stack.Layer, _requests, server, TimeSpan.Zero, _trunk.Account, _ => OnWithdrawn(--left)).Start();
    }

    void IRegistrationActions.Finish()
    {
        _round?.Stop();
        _timer?.Cancel();
        ReleaseFlow();
        _report.Left();
        OnLeft();
    }

    private void Ask(SipFlow flow, Action<RegisterResult> onResult)
    {
        RegisterExchange? exchange = null;
        exchange = new(_stack.Layer, _requests, flow, _expiry, _trunk.Account, result =>
        {
            _underWay.Remove(exchange!);
            _stack.Metrics.TrunkRegistered(_trunk.Name, result.Outcome.ToString());
            if (result.RetryAfter is { } rest)
                _resting[flow.Remote] = After(Shorter(rest, RegistrationSchedule.LongestRest));
            onResult(result);
        });
        _underWay.Add(exchange);
        exchange.Start();
    }

    private void OnWithdrawn(int left)
    {
        if (left == 0)
            _machine.Fire(RegistrationTrigger.Withdrawn);
    }

    /// <summary>A REGISTER ended. Only an acceptance counts when nobody waits for it any more.</summary>
    private void OnResult(RegisterResult result, bool isCurrent)
    {
        if (result.Outcome == RegisterOutcome.Accepted)
        {
            _machine.Fire(RegistrationTrigger.Accepted, result);
            return;
        }
        if (!isCurrent)
            return;
        if (result.Outcome == RegisterOutcome.Failed)
            _report.Failed(result.Flow, result.Answer);
        _machine.Fire(result.Outcome == RegisterOutcome.Refused ? RegistrationTrigger.Refused : RegistrationTrigger.Failed, result);
    }

    private TimeSpan WaitAfterRefusal(RegisterResult result)
    {
        var wait = RegistrationSchedule.AfterRefusal(++_refusals, _stack.Random);
        if (result.RetryAfter > wait)
            wait = Shorter(result.RetryAfter.Value, RegistrationSchedule.LongestRest);
        _report.Refused(result, wait);
        return wait;
    }

    private long After(TimeSpan wait) => _stack.TimeProvider.GetTimestamp() + (long)(wait.TotalSeconds * _stack.TimeProvider.TimestampFrequency);

    /// <summary>How long a server still wants to be left alone; zero or less for one that does not.</summary>
    private TimeSpan Rest(SipFlow flow) =>
        _resting.TryGetValue(flow.Remote, out var until) ? -_stack.TimeProvider.GetElapsedTime(until) : TimeSpan.Zero;

    /// <summary>Whether the server saw us under another address than we told it (RFC 3581 behind a NAT), or our connection has got its port since: it is then told.</summary>
    /// <remarks>Once for each renewal: a NAT with a new address for every request would have us register for ever.</remarks>
    private bool HasMoved(RegisterResult result)
    {
        if (_hasMoved)
            return _hasMoved = false;
        if (result.SeenAs is { } seenAs && _stack.Own.PublicFor(result.Flow.Remote.Address, seenAs.AddressFamily) is null && _requests.IsElsewhere(result.Flow, seenAs))
        {
            _requests.SeenAs = seenAs;
            _report.SeenAs(seenAs);
            return _hasMoved = true;
        }
        return _hasMoved = _requests.IsOutdated(result.Contact, result.Flow);
    }

    private void TakeFlow(SipFlow flow)
    {
        var connection = flow.Connection;
        if (connection != _flow?.Connection)
        {
            ReleaseFlow();
            connection?.Retain();
            connection?.WhenClosed(() => _stack.Loop.TryPost(() => OnClosed(connection), _requests.CallId));
        }
        _flow = flow;
    }

    private void OnClosed(ISipConnection connection)
    {
        if (_flow?.Connection == connection)
            OnServerGone("its connection was closed");
    }

    private void ReleaseFlow()
    {
        _flow?.Connection?.Release();
        _flow = null;
    }

    private void SetTimer(TimeSpan wait)
    {
        _timer?.Cancel();
        if (wait <= TimeSpan.Zero)
            _machine.Fire(RegistrationTrigger.Due);
        else
            _timer = _stack.Layer.StartTimer(wait, () => _machine.Fire(RegistrationTrigger.Due), _requests.CallId);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
