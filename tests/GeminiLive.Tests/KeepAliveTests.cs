using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace GeminiLive.Tests;

/// <summary>Pings of a real WebSocket against a server that is slow to answer them, or does not answer at all.</summary>
public sealed class KeepAliveTests
{
    private static readonly LiveOptions Quick = new() { KeepAliveInterval = TimeSpan.FromMilliseconds(100), KeepAliveTimeout = TimeSpan.FromMilliseconds(400) };
    private static readonly TimeSpan OneAndAHalf = 1.5 * Quick.KeepAliveInterval;
    private static readonly LiveOptions Patient = new() { KeepAliveInterval = TimeSpan.FromMilliseconds(100), KeepAliveTimeout = TimeSpan.FromSeconds(5) };

    [Fact]
    public async Task Idle_server_that_answers_no_ping_is_left()
    {
        using var listener = Listen(out var address);
        var serving = ServeAsync(listener, answers: false);
        var attempt = await new WebSocketConnector(Quick).ConnectAsync(address, new Dictionary<string, string>(StringComparer.Ordinal), CancellationToken.None);
        using var socket = attempt.Socket!;
        var read = await socket.ReadAsync(new byte[100]).AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.True(read.IsClosed);
        Assert.Null(socket.CloseCode);
        await serving;
    }

    [Fact]
    public async Task Late_answer_ends_nothing()
    {
        using var listener = Listen(out var address);
        var serving = ServeAsync(listener, answers: true);
        var attempt = await new WebSocketConnector(Patient).ConnectAsync(address, new Dictionary<string, string>(StringComparer.Ordinal), CancellationToken.None);
        using var socket = attempt.Socket!;
        var reading = socket.ReadAsync(new byte[100]).AsTask();
        await _pings.Until(() => _pinged > 2).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.False(reading.IsCompleted);
        socket.Abort();
        await reading;
        await serving;
    }

    private readonly Pulse _pings = new();
    private int _pinged;

    private static TcpListener Listen(out Uri address)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        address = new Uri($"ws://{listener.LocalEndpoint}/");
        return listener;
    }

    /// <summary>Accepts one upgrade; then each ping is answered after one and a half intervals, or nothing is.</summary>
    private async Task ServeAsync(TcpListener listener, bool answers)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var buffer = new byte[4096];
        var request = Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
        var key = request.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0];
#pragma warning disable CA5350 // RFC 6455 section 4.2.2 has it so.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var bytes)
            {
                if (!answers)
                    continue;
                Interlocked.Increment(ref _pinged);
                _pings.Signal();
                await Task.Delay(OneAndAHalf);   // the network's, and a socket knows real time only
                await stream.WriteAsync(PongFor(buffer.AsSpan(0, bytes)));
            }
        }
        catch (IOException)
        {
            // The client has aborted.
        }
    }

    // Client frames are masked: two bytes of header, four of mask, then the payload (RFC 6455 section 5.2).
    private static byte[] PongFor(ReadOnlySpan<byte> ping)
    {
        var length = ping[1] & 0x7F;
        var pong = new byte[2 + length];
        (pong[0], pong[1]) = (0x8A, (byte)length);
        for (var i = 0; i < length; i++)
            pong[2 + i] = (byte)(ping[6 + i] ^ ping[2 + i % 4]);
        return pong;
    }
}
