using System.Net;

namespace Benchmarks.Media;

/// <summary>One plain thread that sends every line's packet each 20 ms on an absolute schedule, each line at its own random phase.</summary>
internal sealed class RtpPacer : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Action<byte[], SocketAddress> _send;
    private readonly Thread _thread;
    private PhoneLine[] _lines = [];   // replaced whole, never changed
    private volatile bool _closing;

    /// <summary>The furthest that a packet left behind its schedule, in ms, since the last <see cref="Add"/>.</summary>
    public double WorstLatenessMs { get; private set; }

    public RtpPacer(Action<byte[], SocketAddress> send)
    {
        _send = send;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public void Add(PhoneLine line)
    {
        line.NextDue = Clock.After(Clock.Now, Random.Shared.NextDouble() * PhoneLine.FrameMs);
        WorstLatenessMs = 0;
        lock (_gate)
            _lines = [.. _lines, line];
    }

    public void Remove(PhoneLine line)
    {
        lock (_gate)
            _lines = Array.FindAll(_lines, other => other != line);
    }

    public void Dispose()
    {
        _closing = true;
        _thread.Join();
    }

    private void Run()
    {
        while (!_closing)
        {
            var lines = _lines;
            var due = Clock.After(Clock.Now, PhoneLine.FrameMs);
            foreach (var line in lines)
                due = Math.Min(due, line.NextDue);
            Clock.SleepUntil(due);
            foreach (var line in lines)
            {
                var lateness = Clock.Milliseconds(line.NextDue, Clock.Now);
                if (lateness < 0)
                    continue;
                WorstLatenessMs = Math.Max(WorstLatenessMs, lateness);
                line.Send(_send);
            }
        }
    }
}
