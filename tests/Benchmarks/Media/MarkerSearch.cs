using Simulation.Live;

namespace Benchmarks.Media;

/// <summary>Finds the loud packets in what the simulated server heard, and when the message with the first loud sample of each arrived.</summary>
internal sealed class MarkerSearch
{
    private const int Loud = 1_000;
    private const int QuietSamples = 320;   // 20 ms at 16 kHz: what parts two markers

    private readonly List<long> _arrivals = [];

    public MarkerSearch(SimulatedSession session)
    {
        var (pcm, messages) = (session.CallerAudio, session.AudioArrivals);
        var (quiet, message) = (QuietSamples, 0);
        for (var i = 0; i < pcm.Length; i++)
        {
            var isLoud = Math.Abs((int)pcm[i]) >= Loud;
            if (isLoud && quiet >= QuietSamples)
            {
                while (messages[message].FirstSample + messages[message].Samples <= i)
                    message++;
                _arrivals.Add(messages[message].Timestamp);
            }
            quiet = isLoud ? 0 : quiet + 1;
        }
    }

    /// <summary>The marker that arrived in this span; 0 when none did.</summary>
    public long ArrivalBetween(long from, long to) => _arrivals.Find(arrival => arrival >= from && arrival < to);
}
