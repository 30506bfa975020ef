using Simulation.Live;

namespace Benchmarks.Live;

/// <summary>What of the lines' audio arrived at the servers, over all connections: compared frame by frame with what was spoken.</summary>
internal sealed class Reception
{
    private const int FrameMs = 20;

    /// <summary>Audio between the first and the last arrived frame of a line that never arrived, in milliseconds.</summary>
    public int LostMs { get; private set; }

    /// <summary>Audio that arrived again, or after what was spoken later, in milliseconds.</summary>
    public int MisplacedMs { get; private set; }

    /// <summary>Lost and misplaced audio as text.</summary>
    public override string ToString() => $"lost {LostMs} ms, out of order or twice {MisplacedMs} ms" + (LostMs + MisplacedMs > 0 ? ", **missed**" : "");

    /// <summary>Compares.</summary>
    /// <param name="sessions">All connections, oldest first.</param>
    public static Reception Of(IEnumerable<SimulatedSession> sessions)
    {
        var lines = new Dictionary<int, List<int>>();
        foreach (var audio in sessions.Select(session => session.CallerAudio))
        {
            for (var at = 0; at + CountedAudio.FrameSamples <= audio.Length; at += CountedAudio.FrameSamples)
            {
                var (line, number) = CountedAudio.Read(audio.AsSpan(at));
                if (!lines.TryGetValue(line, out var numbers))
                    lines[line] = numbers = [];
                numbers.Add(number);
            }
        }
        var reception = new Reception();
        foreach (var numbers in lines.Values)
            reception.Count(numbers);
        return reception;
    }

    private void Count(List<int> numbers)
    {
        LostMs += (numbers.Max() - numbers.Min() + 1 - numbers.Distinct().Count()) * FrameMs;
        var latest = -1;
        foreach (var number in numbers)
        {
            if (number <= latest)
                MisplacedMs += FrameMs;
            latest = Math.Max(latest, number);
        }
    }
}
