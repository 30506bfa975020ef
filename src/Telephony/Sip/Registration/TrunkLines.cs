using System.Diagnostics.Metrics;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.Registration;

/// <summary>The lines of all trunks that have a server: started and stopped together.</summary>
/// <remarks>Owned by the signalling loop, except where it says otherwise.</remarks>
internal sealed class TrunkLines
{
    private readonly TrunkStack _stack;
    private readonly TimeSpan _spread;
    private readonly List<TrunkLine> _leaving = [];   // gone, and not yet left
    private readonly List<TrunkLine> _waiting = [];   // to begin when one of the same name has left
    private volatile TrunkLine[] _lines;
    private bool _isStarted;
    private TaskCompletionSource? _over;

    /// <param name="stack">What the lines work with.</param>
    /// <param name="trunks">The trunks; those without a server have no line.</param>
    /// <param name="spread">Time that the first registrations spread over; zero to choose it.</param>
    public TrunkLines(TrunkStack stack, TrunkDirectory trunks, TimeSpan spread)
    {
        _stack = stack;
        _spread = spread;
        _lines = [.. trunks.All.Where(trunk => trunk.Server is not null).Select(trunk => new TrunkLine(stack, trunk))];
        stack.Metrics.ObserveTrunks(() => Statuses.Select(status => new Measurement<int>(status.State == TrunkState.Up ? 1 : 0, new KeyValuePair<string, object?>("trunk", status.Name))));
    }

    /// <summary>How the trunks are; any thread.</summary>
    public IReadOnlyList<TrunkStatus> Statuses => [.. _lines.Select(line => line.Status)];

    /// <summary>The way to the server where a trunk has accepted our registration, which our calls shall go first; null while there is none.</summary>
    public SipFlow? RegisteredFlow(Trunk trunk) => Of(trunk)?.RegisteredFlow;

    /// <summary>Whether a server of a trunk is known not to answer.</summary>
    public bool IsSilent(Trunk trunk, SipTarget server) => Of(trunk)?.IsSilent(server) == true;

    /// <summary>Starts them, registrations one after the other.</summary>
    public void Start()
    {
        _isStarted = true;
        Start(_lines);
    }

    /// <summary>Watches other trunks: those that are gone are left, new ones are begun with, and where a line changes the new one begins when the old one has ended,
    /// because a server knows both by the same Contact.</summary>
    public void Replace(IReadOnlyList<Trunk> trunks)
    {
        var former = _lines;
        TrunkLine[] lines = [.. trunks.Where(trunk => trunk.Server is not null).Select(trunk => Array.Find(former, line => line.Trunk.SharesLine(trunk)) ?? new TrunkLine(_stack, trunk))];
        _lines = lines;
        if (!_isStarted || _over is not null)
            return;
        foreach (var gone in former.Except(lines).Where(gone => !_waiting.Remove(gone)))
            Leave(gone);
        _waiting.AddRange(lines.Except(former));
        StartWaiting();
    }

    private TrunkLine? Of(Trunk trunk) => Array.Find(_lines, line => line.Trunk.SharesLine(trunk));

    private void Leave(TrunkLine line)
    {
        _leaving.Add(line);
        line.Stop(() =>
        {
            _leaving.Remove(line);
            StartWaiting();
        });
    }

    /// <summary>Starts the lines that need not wait for one of their name to end; none while the service stops.</summary>
    private void StartWaiting()
    {
        if (_over is not null)
            return;
        var ready = _waiting.FindAll(line => !_leaving.Exists(leaving => leaving.Trunk.Name.Equals(line.Trunk.Name, StringComparison.OrdinalIgnoreCase)));
        _waiting.RemoveAll(ready.Contains);
        Start(ready);
    }

    private void Start(IReadOnlyList<TrunkLine> lines)
    {
        var registering = lines.Count(line => line.Trunk.Options.Register);
        var index = 0;
        foreach (var line in lines)
            line.Start(line.Trunk.Options.Register ? RegistrationSchedule.First(index++, registering, _spread, _stack.Random) : TimeSpan.Zero);
    }

    /// <summary>Leaves all trunks; completes when their servers have answered, or have had their time. Any thread; idempotent.</summary>
    public Task StopAsync()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _over, over, null) is { } earlier)
            return earlier.Task;
        if (!_stack.Loop.TryPost(Stop, sipCallId: null))
            over.SetResult();
        return over.Task;
    }

    private void Stop()
    {
        var left = _lines.Length;
        if (left == 0)
            _over!.SetResult();
        foreach (var line in _lines)
        {
            line.Stop(() =>
            {
                if (--left == 0)
                    _over!.SetResult();
            });
        }
    }
}
