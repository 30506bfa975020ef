using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace VoiceAgent.Rehearsal;

/// <summary>A Live service for the rehearsal, on loopback: accepts every setup, says a short turn, and listens until the client has gone.</summary>
/// <remarks>Knows nothing and keeps nothing: what else of this machine connects meanwhile hears the same turn of silence.</remarks>
internal sealed class RehearsalLive : IAsyncDisposable
{
    private const int MaxHeadBytes = 8_192;
    private const int AudioMessages = 40;   // methods are compiled for good when they have been called thirty times
    private const string AcceptSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";   // RFC 6455 section 1.3

    private static readonly string[] Turn =
    [
        """{"setupComplete":{}}""",
        """{"sessionResumptionUpdate":{"newHandle":"warm-up","resumable":true}}""",
        """{"serverContent":{"inputTranscription":{"text":"hello"}}}""",
        .. Enumerable.Repeat($$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"{{{{Convert.ToBase64String(new byte[960])}}}}"}}]}}}""", AudioMessages),
        """{"serverContent":{"outputTranscription":{"text":"hello"}}}""",
        """{"serverContent":{"generationComplete":true}}""",
        """{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":1,"responseTokenCount":1,"totalTokenCount":2}}""",
    ];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _serving;

    /// <exception cref="SocketException">Nothing can be listened on.</exception>
    public RehearsalLive()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Endpoint => $"ws://{_listener.LocalEndpoint}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_over.IsCancellationRequested)
            return;
        await _over.CancelAsync();
        _listener.Dispose();
        await _serving;
        _over.Dispose();
    }

    // One after the other, as the calls are.
    private async Task ServeAsync()
    {
        try
        {
            while (!_over.IsCancellationRequested)
            {
                using var client = await _listener.AcceptTcpClientAsync(_over.Token);
                await ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The rehearsal is over; a listener that is closed says that it does not listen.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            client.NoDelay = true;
            var stream = client.GetStream();
            if (await AcceptAsync(stream))
                await TalkAsync(stream);
        }
        catch (Exception e) when (e is IOException or WebSocketException or InvalidOperationException)
        {
            // The client has gone.
        }
    }

    private async Task<bool> AcceptAsync(NetworkStream stream)
    {
        const string keyHeader = "\r\nSec-WebSocket-Key:";
        var buffer = new byte[MaxHeadBytes];
        var length = 0;
        while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var read = length == buffer.Length ? 0 : await stream.ReadAsync(buffer.AsMemory(length), _over.Token);
            if (read == 0)
                return false;
            length += read;
        }
        var head = Encoding.ASCII.GetString(buffer, 0, length);
        var at = head.IndexOf(keyHeader, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return false;
        var key = head[(at + keyHeader.Length)..].Split("\r\n", 2)[0].Trim();
#pragma warning disable CA5350 // RFC 6455 says SHA-1; nothing is kept secret by it.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSalt)));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"), _over.Token);
        return true;
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var buffer = new byte[4_096];
        while (!(await socket.ReceiveAsync(buffer.AsMemory(), _over.Token)).EndOfMessage)
        {
            // The setup.
        }
        foreach (var message in Turn)
            await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, _over.Token);
        while ((await socket.ReceiveAsync(buffer.AsMemory(), _over.Token)).MessageType != WebSocketMessageType.Close)
        {
            // The caller's audio.
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, _over.Token);
    }
}
