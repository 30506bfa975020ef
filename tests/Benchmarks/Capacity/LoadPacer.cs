using System.Collections.Immutable;
using System.Diagnostics;

namespace Benchmarks.Capacity;

/// <summary>One thread that sends what is due in each millisecond of the 20 ms frame: callers' packets and the model's messages.</summary>
internal sealed class LoadPacer : IDisposable
{
    private const int Phases = 20;
    private const long StepNs = 1_000_000;

    private readonly Lock _gate = new();
    private readonly ImmutableArray<Action>[] _due = [.. Enumerable.Repeat(ImmutableArray<Action>.Empty, Phases)];
    private readonly Thread _thread;
    private int _joined;
    private volatile bool _closing;

    public LoadPacer()
    {
        _thread = new Thread(Run) { Name = "load pacer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>How late the thread was at its work.</summary>
    public GapHistogram Lateness { get; } = new();

    /// <summary>From now on called every 20 ms.</summary>
    /// <returns>What <see cref="Remove"/> wants.</returns>
    public int Add(Action action)
    {
        lock (_gate)
        {
            var phase = _joined++ % Phases;
            _due[phase] = _due[phase].Add(action);
            return phase;
        }
    }

    public void Remove(int phase, Action action)
    {
        lock (_gate)
            _due[phase] = _due[phase].Remove(action);
    }

    public void Dispose()
    {
        _closing = true;
        _thread.Join();
    }

    private static long NowNs => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    private void Run()
    {
        var dueNs = NowNs;
        for (var step = 0L; !_closing; step++)
        {
            SleepUntil(dueNs += StepNs);
            Lateness.Add((NowNs - dueNs) / 1e6);
            ImmutableArray<Action> due;
            lock (_gate)
                due = _due[step % Phases];
            foreach (var action in due)
                action();
        }
    }

    // Stopwatch is CLOCK_MONOTONIC on Linux.
    private static unsafe void SleepUntil(long ns)
    {
        var time = LibC.Time.FromNs(ns);
        _ = LibC.Sleep(LibC.ClockMonotonic, LibC.AbsoluteTime, &time, null);
    }
}
