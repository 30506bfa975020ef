using Benchmarks.Media;

namespace Benchmarks.Live;

/// <summary>One thread that gives every line its 20 ms tick, the lines spread over the 20 ms.</summary>
internal sealed class Metronome : IDisposable
{
    private const double FrameMs = 20;

    private readonly IReadOnlyList<Action> _lines;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <summary>Starts ticking.</summary>
    public Metronome(IReadOnlyList<Action> lines)
    {
        _lines = lines;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
    }

    private void Run()
    {
        var start = Clock.Now;
        for (var tick = 0; !_isStopping; tick++)
        {
            for (var line = 0; line < _lines.Count; line++)
            {
                Clock.SleepUntil(Clock.After(start, FrameMs * (tick + (double)line / _lines.Count)));
                _lines[line]();
            }
        }
    }
}
