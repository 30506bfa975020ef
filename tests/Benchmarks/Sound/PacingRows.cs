using System.Net;
using Benchmarks.Media;
using Microsoft.Extensions.Logging.Abstractions;
using Support.Audio;
using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;

namespace Benchmarks.Sound;

/// <summary>Goals B6 and B7: how punctual the packets of 50 calls are at the peer, on an idle machine and with every core busy, next to a plain thread's.</summary>
internal static class PacingRows
{
    private const int Calls = 50;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(6);

    public static IEnumerable<FigureRow> Measure() => new[] { false, true }.SelectMany(Measure);

    private static IEnumerable<FigureRow> Measure(bool isBusy)
    {
        using var load = isBusy ? new BusyCores() : null;
        var reference = PlainThread();
        var automatic = Service(RealTimePriority.Auto, out var isRealTime);
        var normal = isRealTime ? Service(RealTimePriority.Off, out _) : automatic;
        var where = $"{Calls} calls, {(isBusy ? "every core busy" : "no other load")}";
        if (isRealTime)
            yield return Lateness($"{where}, real-time priority", automatic.Lateness, 1, 5, reference.Lateness);
        yield return Lateness($"{where}, normal priority", normal.Lateness, reference.Lateness.Quantile(0.99) + 1, double.MaxValue, reference.Lateness);
        yield return new("B7", $"jitter at the peer, {where}", isBusy ? "<= 2 ms" : "<= 0.5 ms", Verdict.Of(automatic.Jitter, worstMs: isBusy ? 2 : 0.5, reference: reference.Jitter), $"plain thread: {reference.Jitter}");
    }

    private static FigureRow Lateness(string what, Samples lateness, double p99Ms, double worstMs, Samples reference)
    {
        var wanted = worstMs < double.MaxValue ? $"p99 <= {p99Ms:0.##}, worst <= {worstMs:0} ms" : $"p99 <= reference + 1 = {p99Ms:0.##} ms";
        var isMissed = lateness.Quantile(0.99) > p99Ms || lateness.Quantile(1) > worstMs;
        return new("B6", $"packets behind their schedule, {what}", wanted, $"{lateness}, worst {lateness.Quantile(1):0.00} ms{(isMissed ? ", **missed**" : "")}",
            $"plain thread: {reference}, worst {reference.Quantile(1):0.00} ms");
    }

    private static (Samples Lateness, Samples Jitter) Service(RealTimePriority priority, out bool isRealTime)
    {
        using var arrivals = new ArrivalClock();
        var options = new RtpOptions { RealTimePriority = priority };
        using var clock = new MediaClock(options, TimeProvider.System, NullLoggerFactory.Instance);
        var voice = SyntheticVoice.Create(24_000, 24_000, seed: 6);
        if (!RtpPortRange.TryParse("42000-42998", out var ports))
            throw new InvalidOperationException("no ports");
        var sessions = new List<MediaSession>();
        for (var call = 0; call < Calls && ports.TryLease(IPAddress.Loopback, out var pair); call++)
        {
            sessions.Add(new MediaSession(clock, pair, DiscardingSink.Instance, new LoopedAudio(voice, 24_000), new NoListener(), options, TimeProvider.System, NullLogger.Instance, "sound"));
            sessions[^1].Apply(StreamRows.MediaTo(arrivals.Socket));
        }
        Thread.Sleep(Length);
        isRealTime = clock.IsRealTime;
        sessions.ForEach(session => session.Dispose());
        return arrivals.Stop();
    }

    private static (Samples Lateness, Samples Jitter) PlainThread()
    {
        using var arrivals = new ArrivalClock();
        using var socket = StreamRows.Bind();
        var to = arrivals.Socket.LocalEndPoint!.Serialize();
        var sender = new Thread(() =>
        {
            var packet = new byte[RtpPacket.FixedHeaderBytes + 160];
            var start = Clock.After(Clock.Now, 5);
            for (var turn = 0; turn < Length.TotalMilliseconds / 20; turn++)
            {
                for (var call = 0u; call < Calls; call++)
                {
                    Clock.SleepUntil(Clock.After(start, 20 * turn + 20.0 * call / Calls));
                    RtpWriter.WriteHeader(packet, 0, marker: false, (ushort)turn, 160 * (uint)turn, call);
                    socket.SendTo(packet, System.Net.Sockets.SocketFlags.None, to);
                }
            }
        }) { IsBackground = true };
        sender.Start();
        sender.Join();
        return arrivals.Stop();
    }

    /// <summary>Keeps every core at work at normal priority.</summary>
    private sealed class BusyCores : IDisposable
    {
        private readonly List<Thread> _threads;
        private volatile bool _closing;

        public BusyCores()
        {
            _threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Spin) { IsBackground = true })];
            _threads.ForEach(thread => thread.Start());
        }

        public void Dispose()
        {
            _closing = true;
            _threads.ForEach(thread => thread.Join());
        }

        private void Spin()
        {
            while (!_closing)
                Thread.SpinWait(1_000);
        }
    }

    private sealed class NoListener : IMediaListener
    {
        public void OnFirstPacket()
        {
        }

        public void OnDigit(char digit, int durationMs)
        {
        }

        public void OnDigitsSent(string sent, string unsent)
        {
        }

        public void OnTimeout()
        {
        }

        public void OnFailed(Exception fault) => throw new InvalidOperationException("The media of a call failed.", fault);
    }
}
