using System.Diagnostics;

namespace Simulation.Phone;

/// <summary>Scripts that wait for something to be heard or said; looked at on every tick of the phone clock.</summary>
internal sealed class TickWaiters
{
    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiters = [];
    private bool _closed;

    /// <summary>Completes with true as soon as a tick finds the condition met, with false after the timeout or when the phone is closed.</summary>
    /// <param name="condition">Called on the phone clock's thread with the tick's Stopwatch timestamp; must be quick.</param>
    /// <param name="timeout">Real time.</param>
    public Task<bool> WaitAsync(Func<long, bool> condition, TimeSpan timeout)
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(timeout.TotalSeconds * Stopwatch.Frequency);
        var waiter = new Waiter(condition, deadline, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            if (_closed)
                return Task.FromResult(false);
            _waiters.Add(waiter);
        }
        return waiter.Done.Task;
    }

    /// <summary>Completes those whose condition is met or whose time is over.</summary>
    public void Tick(long now)
    {
        lock (_gate)
        {
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                var met = _waiters[i].Condition(now);
                if (!met && now < _waiters[i].Deadline)
                    continue;
                _waiters[i].Done.SetResult(met);
                _waiters.RemoveAt(i);
            }
        }
    }

    /// <summary>Completes all with false, and all later ones.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var waiter in _waiters)
                waiter.Done.SetResult(false);
            _waiters.Clear();
        }
    }

    private sealed record Waiter(Func<long, bool> Condition, long Deadline, TaskCompletionSource<bool> Done);
}
