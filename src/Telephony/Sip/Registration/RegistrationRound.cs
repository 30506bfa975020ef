using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Registration;

/// <summary>One try at all servers: the next is asked as soon as one fails, or does not answer soon; the first that accepts wins.</summary>
/// <remarks>Owned by the signalling loop. Servers that are slow are not given up when the next is asked: their answer still counts.</remarks>
internal sealed class RegistrationRound
{
    /// <summary>Time for two repetitions of a lost datagram.</summary>
    private static readonly TimeSpan NextAfter = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(10);

    private readonly TransactionLayer _layer;
    private readonly string _callId;
    private readonly IReadOnlyList<SipFlow> _flows;
    private readonly Action<SipFlow, Action<RegisterResult>> _register;
    private readonly Action<RegisterResult> _onResult;
    private SignalingTimer? _timer;
    private RegisterResult? _failure;
    private int _started;
    private int _failed;

    /// <param name="layer">Gives timers.</param>
    /// <param name="callId">Name of the registration.</param>
    /// <param name="flows">The ways to the servers, the best first; not empty.</param>
    /// <param name="register">Sends a REGISTER there and tells its result.</param>
    /// <param name="onResult">Told the result of the round, and after a failed one perhaps a late success.</param>
    public RegistrationRound(TransactionLayer layer, string callId, IReadOnlyList<SipFlow> flows, Action<SipFlow, Action<RegisterResult>> register, Action<RegisterResult> onResult)
    {
        _layer = layer;
        _callId = callId;
        _flows = flows;
        _register = register;
        _onResult = onResult;
    }

    /// <summary>Asks the first server.</summary>
    public void Start()
    {
        _timer?.Cancel();
        var flow = _flows[_started++];
        _timer = _started < _flows.Count
            ? _layer.StartTimer(NextAfter, Start, _callId)
            : _layer.StartTimer(GiveUpAfter, () => _onResult(_failure ?? new(RegisterOutcome.Failed, flow, "no answer")), _callId);
        _register(flow, OnResult);
    }

    /// <summary>Asks no more servers; answers under way still come.</summary>
    public void Stop() => _timer?.Cancel();

    private void OnResult(RegisterResult result)
    {
        if (result.Outcome != RegisterOutcome.Failed)
        {
            Stop();
            _onResult(result);
            return;
        }
        _failed++;
        // What a server said tells more than that another one was silent.
        if (_failure is not { StatusCode: > 0 })
            _failure = result;
        if (_failed == _flows.Count)
        {
            Stop();
            _onResult(_failure);
        }
        else if (_started < _flows.Count)
        {
            Start();
        }
    }
}
