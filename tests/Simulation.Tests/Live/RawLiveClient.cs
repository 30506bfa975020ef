using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Simulation.Live;

namespace Simulation.Tests.Live;

/// <summary>A client that writes Live JSON by hand and reads what comes, as a test needs it.</summary>
internal sealed class RawLiveClient : IAsyncDisposable
{
    public const string Setup38 = """{"setup":{"model":"models/gemini-3.8-live","generationConfig":{"responseModalities":["AUDIO"]},"inputAudioTranscription":{},"outputAudioTranscription":{},"sessionResumption":{}}}""";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly WebSocket _socket;
    private readonly byte[] _buffer = new byte[1 << 20];

    private RawLiveClient(WebSocket socket) => _socket = socket;

    public WebSocketMessageType LastType { get; private set; }

    public int LastFrames { get; private set; }

    public string LastText { get; private set; } = "";

    /// <summary>The setup of <see cref="Setup38"/>, resuming.</summary>
    public static string Resume38(string handle) => Setup38.Replace("\"sessionResumption\":{}", $"\"sessionResumption\":{{\"handle\":\"{handle}\"}}", StringComparison.Ordinal);

    public static Task<RawLiveClient> ConnectAsync(Uri endpoint, string? key = "key") => ConnectAsync(endpoint, "x-goog-api-key", key);

    public static async Task<RawLiveClient> ConnectAsync(Uri endpoint, string header, string? value)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (value is not null)
            socket.Options.SetRequestHeader(header, value);
        using var timeout = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(endpoint, timeout.Token);
        return new RawLiveClient(socket);
    }

    /// <summary>Connects the way the server is reached: over TCP, or in memory.</summary>
    public static async Task<RawLiveClient> ConnectAsync(SimulatedLive server)
    {
        if (server.Endpoint.Host != "simulated")
            return await ConnectAsync(server.Endpoint);
        return await ConnectAsync(server, server.Endpoint.AbsolutePath, "x-goog-api-key", "key");
    }

    /// <summary>Connects in memory.</summary>
    public static async Task<RawLiveClient> ConnectAsync(SimulatedLive server, string pathAndQuery, string header, string value)
    {
        var upgrade = await server.ConnectAsync(new Uri($"ws://simulated{pathAndQuery}"), new Dictionary<string, string> { [header] = value });
        return new RawLiveClient(upgrade.Socket ?? throw new InvalidOperationException($"Refused with HTTP {upgrade.HttpStatus}: {upgrade.Body}"));
    }

    /// <summary>Connects, sends the setup and waits for <c>setupComplete</c>.</summary>
    public static async Task<RawLiveClient> OpenAsync(SimulatedLive server, string setup = Setup38)
    {
        var client = await ConnectAsync(server);
        await client.SendAsync(setup);
        await client.ReceiveAsync("setupComplete");
        return client;
    }

    /// <summary>Sends a setup with this inside, after the model.</summary>
    public Task SendSetupAsync(string model, string rest) => SendAsync($$"""{"setup":{"model":"{{model}}"{{rest}} } }""");

    public Task SendAsync(string json, WebSocketMessageType type = WebSocketMessageType.Text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(json), type, endOfMessage: true, CancellationToken.None);

    /// <summary>Sends audio in 20 ms messages, as fast as it goes.</summary>
    public async Task SendAudioAsync(ReadOnlyMemory<short> pcm, int rateHz = 16_000)
    {
        for (var at = 0; at < pcm.Length; at += rateHz / 50)
            await SendAsync(Audio(pcm.Slice(at, Math.Min(rateHz / 50, pcm.Length - at)).Span, $"audio/pcm;rate={rateHz}"));
    }

    public static string Audio(ReadOnlySpan<short> pcm, string mimeType = "audio/pcm;rate=16000") =>
        $$"""{"realtimeInput":{"audio":{"mimeType":"{{mimeType}}","data":"{{Convert.ToBase64String(MemoryMarshal.AsBytes(pcm))}}" } } }""";

    /// <summary>The next message; null when the server closed or the connection broke.</summary>
    public async Task<JsonElement?> ReceiveAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        var length = 0;
        LastFrames = 0;
        while (true)
        {
            var received = await ReadFrameAsync(length, timeout.Token);
            if (received is not { MessageType: not WebSocketMessageType.Close } frame)
                return null;
            LastFrames++;
            LastType = frame.MessageType;
            length += frame.Count;
            if (frame.EndOfMessage)
                break;
        }
        LastText = Encoding.UTF8.GetString(_buffer, 0, length);
        return JsonDocument.Parse(LastText).RootElement;
    }

    /// <summary>Reads on until a message has the key, at the root or in <c>serverContent</c>, and returns its value.</summary>
    public async Task<JsonElement> ReceiveAsync(string key, List<JsonElement>? before = null)
    {
        while (await ReceiveAsync() is { } message)
        {
            if (message.TryGetProperty(key, out var value)
                || (message.TryGetProperty("serverContent", out var content) && content.TryGetProperty(key, out value)))
                return value;
            before?.Add(message);
        }
        throw new InvalidOperationException($"Closed with {_socket.CloseStatus} \"{_socket.CloseStatusDescription}\" before {key} came.");
    }

    /// <summary>Reads on until the server closes: code and reason, or 1006.</summary>
    public async Task<(int Code, string Reason)> ReceiveCloseAsync()
    {
        while (await ReceiveAsync() is not null)
        {
            // What was on its way before the close.
        }
        return CloseSeen;
    }

    /// <summary>Code and reason of the server's close, or 1006.</summary>
    public (int Code, string Reason) CloseSeen => ((int?)_socket.CloseStatus ?? 1006, _socket.CloseStatusDescription ?? "");

    public Task CloseOutputAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);

    public async Task CloseAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", timeout.Token);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<WebSocketReceiveResult?> ReadFrameAsync(int length, CancellationToken cancellationToken)
    {
        try
        {
            return await _socket.ReceiveAsync(new ArraySegment<byte>(_buffer, length, _buffer.Length - length), cancellationToken);
        }
        catch (WebSocketException)
        {
            return null;
        }
    }
}
