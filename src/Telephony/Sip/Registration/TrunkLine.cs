using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.Registration;

/// <summary>Watches the server of one trunk: follows its name, asks whether it lives (OPTIONS), and keeps us registered there where that is wanted.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class TrunkLine : IClientTransactionUser
{
    /// <summary>How often a name is looked at where no OPTIONS are sent; what was looked up lately is not asked for again.</summary>
    private static readonly TimeSpan NameInterval = TimeSpan.FromSeconds(30);

    /// <summary>A server that is down is asked this often at least.</summary>
    private static readonly TimeSpan DownInterval = TimeSpan.FromSeconds(5);

    /// <summary>Time for four repetitions of a lost datagram.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(4);

    private readonly TrunkStack _stack;
    private readonly Trunk _trunk;
    private readonly TrunkServers _servers;
    private readonly TrunkReport _report;
    private readonly RegisterRequests _requests;
    private readonly SilentServers _silent;
    private readonly TrunkRegistration? _registration;
    private SignalingTimer? _beat;
    private SignalingTimer? _patience;
    private SipRequest? _options;
    private SipFlow? _asked;
    private SipFlow? _answering;
    private int _choice;
    private bool _isStopped;

    public TrunkLine(TrunkStack stack, Trunk trunk)
    {
        _stack = stack;
        _trunk = trunk;
        _servers = new(stack, trunk);
        _report = new(stack, trunk);
        _requests = new(trunk, stack.ProductName);
        _silent = new(stack, _requests);
        if (trunk.Account is { } account)
        {
            account.OnLearned = realm => stack.Logger.RealmLearned(trunk.Name, realm);
            account.OnStrange = realm => stack.Logger.RealmStrange(trunk.Name, realm);
        }
        _registration = trunk.Options.Register ? new(stack, trunk, _servers, _requests, _report) : null;
    }

    /// <summary>The trunk.</summary>
    public Trunk Trunk => _trunk;

    /// <summary>How it is; any thread.</summary>
    public TrunkStatus Status => _report.Status;

    /// <summary>The way to the server that we are registered at; null while there is none.</summary>
    /// <remarks>Behind a NAT it tells our address as that server sees it.</remarks>
    public SipFlow? RegisteredFlow =>
        _registration?.Flow is { } flow && _requests.SeenAs is { } seenAs && seenAs.AddressFamily == flow.Remote.AddressFamily
            ? flow with { AdvertisedAddress = seenAs.Address }
            : _registration?.Flow;

    /// <summary>Whether a server of the trunk is known not to answer.</summary>
    public bool IsSilent(SipTarget server) => _silent.Has(server);

    private bool IsHeldToAnswer => _registration is null || (_answering is not null && _answering.Remote.Equals(_asked?.Remote));

    /// <summary>Starts to watch.</summary>
    /// <param name="wait">How long the registration waits, so that many do not begin at once.</param>
    public void Start(TimeSpan wait)
    {
        _registration?.Start(wait);
        Beat();
    }

    /// <summary>Stops to watch, and leaves.</summary>
    /// <param name="onOver">Called when that is done.</param>
    public void Stop(Action onOver)
    {
        _isStopped = true;
        _beat?.Cancel();
        _patience?.Cancel();
        if (_registration is null)
        {
            _report.Left();
            onOver();
            return;
        }
        _registration.OnLeft = onOver;
        _registration.Stop();
    }

    public void OnResponse(SipRequest request, SipResponse response)
    {
        if (response.IsProvisional || _isStopped)
            return;
        _silent.OnResponse(request, response);
        var isCurrent = request == _options;
        if (isCurrent)
            Settle();
        var answer = $"{response.StatusCode} {response.ReasonPhrase}";
        // Any other status, a refusal too, comes from a server that lives.
        if (_registration is not null || response.StatusCode is not (408 or 503 or 504))
        {
            _answering = isCurrent ? _asked : _answering;
            _report.Answered(_asked!, answer, decides: _registration is null);
        }
        else if (isCurrent)
        {
            GoOn(answer);
        }
    }

    public void OnFailed(SipRequest request, bool isTimeout)
    {
        _silent.OnFailed(request, isTimeout);
        if (request == _options && !_isStopped)
            OnSilence(isTimeout ? "no answer to OPTIONS" : "cannot be reached");
    }

    private void Beat()
    {
        _servers.Locate(OnLocated);
        var interval = _trunk.Options.OptionsInterval == TimeSpan.Zero ? NameInterval : _trunk.Options.OptionsInterval;
        if (Status.State == TrunkState.Down && interval > DownInterval)
            interval = DownInterval;
        // 90 to 100 %: trunks that were started together do not stay together.
        _beat = _stack.Layer.StartTimer(interval * (0.9 + 0.1 * _stack.Random.NextDouble()), Beat, _requests.CallId);
    }

    private void OnLocated(IReadOnlyList<SipFlow> flows)
    {
        if (_isStopped)
            return;
        if (flows.Count > 0)
            Ask(flows);
        else if (_registration is null)
            _report.Failed(null, _servers.WhyNone);
    }

    private void Ask(IReadOnlyList<SipFlow> flows)
    {
        var flow = _registration is null ? flows.FirstOrDefault(one => !_silent.Has(one.Target)) ?? flows[_choice % flows.Count] : _registration.Flow;
        if (_trunk.Options.OptionsInterval == TimeSpan.Zero || _options is not null || flow is null)
            return;
        _asked = flow;
        _options = _requests.CreateOptions(flow);
        _patience = _stack.Layer.StartTimer(AnswerPatience, () => OnSilence("no answer to OPTIONS"), _requests.CallId);
        _silent.OnAsked(_options, flow);
        _stack.Layer.Send(_options, flow, this);
        _silent.Ask(flows);
    }

    private void OnSilence(string why)
    {
        var isHeld = IsHeldToAnswer;
        Settle();
        if (isHeld)
            GoOn(why);
    }

    private void GoOn(string why)
    {
        _answering = null;
        _choice++;
        _silent.Add(_asked!.Target);
        if (_registration is null)
            _report.Failed(_asked, why);
        else
            _registration.OnServerGone(why);
        Hasten();
    }

    /// <summary>The next question comes soon.</summary>
    private void Hasten()
    {
        _beat?.Cancel();
        _beat = _stack.Layer.StartTimer(DownInterval / 2, Beat, _requests.CallId);
    }

    private void Settle()
    {
        _patience?.Cancel();
        _options = null;
    }
}
