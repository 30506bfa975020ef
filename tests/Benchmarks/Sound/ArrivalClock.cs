using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Benchmarks.Media;
using Telephony.Rtp;

namespace Benchmarks.Sound;

/// <summary>Notes when the system received each packet of many streams, whatever its own thread was doing then: Linux only.</summary>
internal sealed partial class ArrivalClock : IDisposable
{
    private const nuint SiocGetStampNs = 0x8907;
    private const double FrameMs = 20;

    private readonly Socket _socket = StreamRows.Bind();
    private readonly ConcurrentDictionary<uint, List<(ushort Number, double Ms)>> _streams = [];
    private readonly Thread _thread;
    private volatile bool _closing;

    public ArrivalClock()
    {
        Ioctl(_socket.SafeHandle, SiocGetStampNs, out _);   // the first question turns the stamps on
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public Socket Socket => _socket;

    public int Packets { get; private set; }

    /// <summary>Ends the measurement: how much later than the most punctual packet of its stream each one came, and the peer's jitter (RFC 3550 section 6.4.1) of each stream.</summary>
    public (Samples Lateness, Samples Jitter) Stop()
    {
        Dispose();
        var (lateness, jitter) = (new Samples(), new Samples());
        foreach (var stream in _streams.Values)
        {
            // The first second is the start's, when calls join.
            var transits = stream.Skip(50).Select(packet => packet.Ms - FrameMs * (ushort)(packet.Number - stream[0].Number)).ToArray();
            if (transits.Length == 0)
                continue;
            var least = transits.Min();
            foreach (var transit in transits)
                lateness.Add(transit - least);
            jitter.Add(transits.Zip(transits.Skip(1), (one, next) => Math.Abs(next - one)).Aggregate(0.0, (sum, d) => sum + (d - sum) / 16));
        }
        return (lateness, jitter);
    }

    public void Dispose()
    {
        if (_closing)
            return;
        _closing = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[2_048];
        while (!_closing)
        {
            if (!_socket.Poll(100_000, SelectMode.SelectRead))
                continue;
            var bytes = _socket.Receive(buffer);
            if (!RtpPacket.TryParse(buffer.AsSpan(0, bytes), out var packet) || Ioctl(_socket.SafeHandle, SiocGetStampNs, out var stamp) != 0)
                continue;
            Packets++;
            _streams.GetOrAdd(packet.Ssrc, _ => []).Add((packet.SequenceNumber, stamp.Seconds * 1e3 + stamp.Nanoseconds / 1e6));
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(SafeHandle socket, nuint request, out TimeSpec stamp);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
