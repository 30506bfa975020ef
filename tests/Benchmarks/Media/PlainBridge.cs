using GeminiLive;
using System.Net.Sockets;
using System.Net.WebSockets;
using Simulation.Live;
using AudioMessage = GeminiLive.Messages.AudioMessage;

namespace Benchmarks.Media;

/// <summary>The reference sender: the same ways as the agent's, UDP in to WebSocket out and back, on plain threads and without any work in between.</summary>
/// <remarks>Runs beside the measured calls, so that it suffers what they suffer.</remarks>
internal sealed class PlainBridge : IAsyncDisposable
{
    private const int PacketBytes = 172;
    private const int ClipSamples = 4_800;   // 200 ms at 24 kHz: one chunk
    private const int LeastAudioMessageBytes = 8_000;
    private static readonly TimeSpan ClipPause = TimeSpan.FromMilliseconds(290);

    private readonly Socket _up = LoopbackSocket.Bind();
    private readonly Socket _down = LoopbackSocket.Bind();
    private readonly ClientWebSocket _socket;
    private readonly SimulatedSession _session;
    private readonly AudioMessage _message = new(320);
    private readonly List<(long Sent, long Arrived, long Forwarded)> _upward = [];
    private readonly List<long> _downward = [];
    private readonly Samples _lateness = new();
    private readonly Thread[] _threads;
    private readonly Task _receiving;
    private readonly Task _talking;
    private volatile bool _closing;

    private PlainBridge(ClientWebSocket socket, SimulatedSession session)
    {
        (_socket, _session) = (socket, session);
        _threads = [new Thread(Pace) { IsBackground = true }, new Thread(ForwardUp) { IsBackground = true }, new Thread(HearDown) { IsBackground = true }];
        Array.ForEach(_threads, thread => thread.Start());
        _receiving = ForwardDownAsync();
        _talking = TalkAsync();
    }

    /// <summary>Opens a session of its own at the server and starts.</summary>
    public static async Task<PlainBridge> StartAsync(SimulatedLive live)
    {
        var socket = await LiveDoor.OpenAsync(live.Endpoint);
        return new PlainBridge(socket, live.Sessions[^1]);
    }

    /// <summary>Ends everything and tells what was measured.</summary>
    public async Task<ReferenceTimes> StopAsync()
    {
        await DisposeAsync();
        var times = new ReferenceTimes(_lateness, new Samples(), new Samples(), new Samples(), new Samples());
        foreach (var (packet, message) in _upward.Zip(_session.AudioArrivals))
        {
            times.Hop.Add(Clock.Milliseconds(packet.Sent, packet.Arrived));
            times.Message.Add(Clock.Milliseconds(packet.Forwarded, message.Timestamp));
            times.Up.Add(Clock.Milliseconds(packet.Sent, message.Timestamp));
        }
        foreach (var (arrival, chunk) in _downward.Zip(_session.SentChunks))
            times.Down.Add(Clock.Milliseconds(chunk.Timestamp, arrival));
        return times;
    }

    public async ValueTask DisposeAsync()
    {
        if (_closing)
            return;
        _closing = true;
        await _talking;
        _threads[0].Join();
        _up.SendTo([0], _up.LocalEndPoint!);
        _threads[1].Join();
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);
        await _receiving;
        _down.SendTo([0], _down.LocalEndPoint!);
        _threads[2].Join();
        _up.Dispose();
        _down.Dispose();
        _socket.Dispose();
    }

    private void Pace()
    {
        var packet = new byte[PacketBytes];
        for (var due = Clock.After(Clock.Now, 20); !_closing; due = Clock.After(due, 20))
        {
            Clock.SleepUntil(due);
            var sent = Clock.Now;
            _lateness.Add(Clock.Milliseconds(due, sent));
            BitConverter.TryWriteBytes(packet, sent);
            _up.SendTo(packet, _up.LocalEndPoint!);
        }
    }

    private void ForwardUp()
    {
        var (packet, silence) = (new byte[PacketBytes], new short[Uplink.RateHz / 50]);
        while (_up.Receive(packet) == PacketBytes)
        {
            var arrived = Clock.Now;
            var message = _message.Write(silence);
            _upward.Add((BitConverter.ToInt64(packet), arrived, Clock.Now));
            var sending = _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            if (!sending.IsCompletedSuccessfully)
                sending.AsTask().Wait();
        }
    }

    private async Task TalkAsync()
    {
        while (!_closing)
        {
            await _session.SayAsync(new short[ClipSamples]);
            await Task.Delay(ClipPause);
        }
    }

    private async Task ForwardDownAsync()
    {
        var (buffer, packet) = (new byte[1 << 16], new byte[PacketBytes]);
        while (await LiveDoor.ReceiveAsync(_socket, buffer) is var length and > 0)
        {
            if (length >= LeastAudioMessageBytes)
                _down.SendTo(packet, _down.LocalEndPoint!);
        }
    }

    private void HearDown()
    {
        var packet = new byte[PacketBytes];
        while (_down.Receive(packet) == PacketBytes)
            _downward.Add(Clock.Now);
    }
}

/// <summary>What the reference sender measured.</summary>
/// <param name="Lateness">Its sends against their absolute schedule.</param>
/// <param name="Hop">A datagram from thread to thread.</param>
/// <param name="Message">A WebSocket message of 20 ms of audio to the simulated server.</param>
/// <param name="Up">Both, one after the other.</param>
/// <param name="Down">A WebSocket message of 200 ms of audio from the simulated server, then a datagram.</param>
internal sealed record ReferenceTimes(Samples Lateness, Samples Hop, Samples Message, Samples Up, Samples Down);
