using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EndToEnd.Tests.Browser;

/// <summary>The talk page without a browser: a microphone in frames of 20 ms of real time, and a loudspeaker that plays what comes at once.</summary>
internal sealed class TalkPage : IAsyncDisposable
{
    private const int FrameSamples = 320;

    private readonly ClientWebSocket _socket;
    private readonly ConcurrentQueue<short> _microphone = new();
    private readonly List<short> _heard = [];
    private readonly List<JsonElement> _news = [];
    private readonly CancellationTokenSource _over = new();
    private readonly Task _receiving;
    private Task _speaking = Task.CompletedTask;
    private uint _taken;

    public TalkPage(ClientWebSocket socket)
    {
        _socket = socket;
        _receiving = ReceiveAsync();
    }

    /// <summary>What the loudspeaker was given so far, at 24 kHz.</summary>
    public short[] Heard
    {
        get
        {
            lock (_heard)
                return [.. _heard];
        }
    }

    /// <summary>Everything that was told in text so far.</summary>
    public IReadOnlyList<JsonElement> News
    {
        get
        {
            lock (_news)
                return [.. _news];
        }
    }

    /// <summary>Completes when the other side has closed the socket.</summary>
    public Task Closed => _receiving;

    /// <summary>Whether the loudspeaker says what it has taken.</summary>
    public bool Plays { get; init; } = true;

    /// <summary>Opens a talk, with a silent microphone.</summary>
    public static async Task<TalkPage> StartAsync(ConsoleVisitor visitor, string start = """{ "type": "start" }""", bool plays = true)
    {
        var page = new TalkPage(await visitor.OpenAsync("talk")) { Plays = plays };
        await page.SendAsync(start);
        await page.UntilAsync(news => TypeOf(news) == "ready");
        page._speaking = page.SpeakAsync();
        return page;
    }

    /// <summary>Speaks into the microphone: at 16 kHz.</summary>
    public void Say(ReadOnlySpan<short> pcm)
    {
        foreach (var sample in pcm)
            _microphone.Enqueue(sample);
    }

    public async Task SendAsync(string text) => await _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>Sends, unless the other side has closed the socket already.</summary>
    public async Task TrySendAsync(string text)
    {
        try
        {
            await SendAsync(text);
        }
        catch (Exception closed) when (closed is WebSocketException or InvalidOperationException or IOException or OperationCanceledException)
        {
            // What it was told says why.
        }
    }

    public async Task SendAsync(byte[] frame) => await _socket.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None);

    /// <summary>Waits for news.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> isIt)
    {
        for (var from = Stopwatch.StartNew(); from.Elapsed < TimeSpan.FromSeconds(15); await Task.Delay(20))
        {
            if (News.FirstOrDefault(isIt) is { ValueKind: JsonValueKind.Object } found)
                return found;
        }
        throw new TimeoutException($"It was not told; this was: {string.Join(", ", News)}");
    }

    /// <summary>Closes the socket as a page does that is left.</summary>
    public Task HangUpAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);

    public static string? TypeOf(JsonElement news) => news.GetProperty("type").GetString();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _socket.Abort();
        await Task.WhenAll(_speaking, _receiving);
        _socket.Dispose();
        _over.Dispose();
    }

    private async Task SpeakAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var frame = new byte[4 + 2 * FrameSamples];
        var from = Stopwatch.StartNew();
        try
        {
            for (var frames = 0L; await timer.WaitForNextTickAsync(_over.Token);)
            {
                for (; frames < from.ElapsedMilliseconds / 20; frames++)
                    await SendAsync(NextFrame(frame));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or WebSocketException or InvalidOperationException or IOException)
        {
            // The talk is over.
        }
    }

    private byte[] NextFrame(byte[] frame)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Plays ? Volatile.Read(ref _taken) : 0);
        var pcm = MemoryMarshal.Cast<byte, short>(frame.AsSpan(4));
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = _microphone.TryDequeue(out var sample) ? sample : (short)0;
        return frame;
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += part.Count;
                }
                while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    if (_socket.State == WebSocketState.CloseReceived)
                        await HangUpAsync();
                    return;
                }
                Take(part.MessageType, buffer.AsSpan(0, length));
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or InvalidOperationException or IOException)
        {
            // As closed.
        }
    }

    private void Take(WebSocketMessageType type, ReadOnlySpan<byte> message)
    {
        if (type == WebSocketMessageType.Binary)
        {
            lock (_heard)
                _heard.AddRange(MemoryMarshal.Cast<byte, short>(message));
            Volatile.Write(ref _taken, _taken + (uint)message.Length / 2);
            return;
        }
        var reader = new Utf8JsonReader(message);
        lock (_news)
            _news.Add(JsonElement.ParseValue(ref reader));
    }
}
