using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GeminiLive.Tests;

/// <summary>The session over a real socket on loopback.</summary>
public sealed class WebSocketTests : IAsyncLifetime
{
    private readonly WebApplication _server = Build();
    private Func<WebSocket, Task> _script = _ => Task.CompletedTask;
    private int _refuseWith;
    private (string Key, string Path, string Query) _request;

    private string Address => _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
        .Replace("http://", "ws://", StringComparison.Ordinal);

    public async ValueTask InitializeAsync()
    {
        _server.UseWebSockets();
        _server.Run(ServeAsync);
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Key_travels_in_a_header_and_the_path_is_the_services()
    {
        _script = async socket =>
        {
            await ReceiveAsync(socket);
            await SendAsync(socket, """{"setupComplete":{}}""");
            await ReceiveUntilCloseAsync(socket);
        };
        var listener = new Listener();
        await using (var client = Client(listener))
            Assert.True((await client.ConnectAsync(CancellationToken.None)).IsReady);

        Assert.Equal(("secret", "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", ""), _request);
    }

    [Fact]
    public async Task Text_and_binary_frames_whole_and_in_pieces_say_the_same()
    {
        _script = async socket =>
        {
            await ReceiveAsync(socket);
            await SendAsync(socket, """{"setupComplete":{}}""", WebSocketMessageType.Binary, pieceBytes: 5);
            await SendAsync(socket, """{"serverContent":{"inputTranscription":{"text":"a"}}}""");
            await SendAsync(socket, """{"serverContent":{"inputTranscription":{"text":"b"}}}""", WebSocketMessageType.Binary);
            await SendAsync(socket, """{"serverContent":{"inputTranscription":{"text":"c"}}}""", pieceBytes: 1);
            await SendAsync(socket, $$$$"""{"serverContent":{"inputTranscription":{"text":"{{{{new string('d', 200_000)}}}}"}}}""", WebSocketMessageType.Binary, pieceBytes: 10_000);
            await ReceiveUntilCloseAsync(socket);
        };
        var listener = new Listener();
        await using var client = Client(listener);
        await client.ConnectAsync(CancellationToken.None);
        await listener.Pulse.Until(() => listener.Text.Length == 200_003);

        Assert.StartsWith("abcddd", listener.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_client_message_is_one_text_frame_of_one_key_and_the_end_is_a_close_frame()
    {
        var received = new List<(WebSocketMessageType Type, string Text)>();
        var all = new TaskCompletionSource();
        var closed = new TaskCompletionSource<WebSocketCloseStatus?>();
        _script = async socket =>
        {
            received.Add(await ReceiveAsync(socket));
            await SendAsync(socket, """{"setupComplete":{}}""");
            while (await ReceiveAsync(socket) is { Type: not WebSocketMessageType.Close } message)
            {
                received.Add(message);
                if (received.Count == 12)
                    all.SetResult();
            }
            closed.SetResult(socket.CloseStatus);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        };
        var uplink = new Uplink(20);
        var client = Client(new Listener(), uplink);
        await client.ConnectAsync(CancellationToken.None);
        client.StartGreeting();
        for (var i = 0; i < 10; i++)
            uplink.Write(new short[320]);
        await all.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await client.CloseAsync();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, await closed.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.All(received, message => Assert.Equal(WebSocketMessageType.Text, message.Type));
        Assert.Equal(12, received.Count);
        Assert.StartsWith("{\"setup\":", received[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_code_and_words_of_the_server_are_read()
    {
        _script = async socket =>
        {
            await ReceiveAsync(socket);
            await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "models/x is not found for API version v1beta", CancellationToken.None);
        };
        await using var client = Client(new Listener());
        var result = await client.ConnectAsync(CancellationToken.None);

        Assert.Equal(new LiveFailure(LiveFailureKind.Refused, 1008, "models/x is not found for API version v1beta"), result.Failure);
    }

    [Theory]
    [InlineData(401, nameof(LiveFailureKind.Refused))]
    [InlineData(503, nameof(LiveFailureKind.Unavailable))]
    public async Task Refused_upgrade_gives_its_http_status(int status, string kind)
    {
        _refuseWith = status;
        await using var client = Client(new Listener());
        var result = await client.ConnectAsync(CancellationToken.None);

        Assert.Equal((kind, status), (result.Failure!.Kind.ToString(), result.Failure.Code));
        Assert.DoesNotContain("secret", result.Failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_listening_is_a_value_too()
    {
        var address = Address;
        await _server.StopAsync();
        await using var client = Client(new Listener(), address: address);
        Assert.Equal(LiveFailureKind.Unreachable, (await client.ConnectAsync(CancellationToken.None)).Failure!.Kind);
    }

    [Fact]
    public async Task Raw_reset_is_resumed_with_the_handle()
    {
        var setups = new List<string>();
        var reset = new TaskCompletionSource();
        _script = async socket =>
        {
            setups.Add((await ReceiveAsync(socket)).Text);
            await SendAsync(socket, """{"setupComplete":{}}""");
            if (setups.Count == 2)
            {
                await ReceiveUntilCloseAsync(socket);
                return;
            }
            await SendAsync(socket, """{"sessionResumptionUpdate":{"newHandle":"h-9","resumable":true},"serverContent":{"inputTranscription":{"text":"x"}}}""");
            await reset.Task;
            socket.Abort();
        };
        var listener = new Listener();
        await using var client = Client(listener);
        await client.ConnectAsync(CancellationToken.None);
        await listener.Pulse.Until(() => listener.Text == "x");
        reset.SetResult();
        await listener.Pulse.Until(() => listener.IsResumed);

        Assert.Equal(2, setups.Count);
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        return builder.Build();
    }

    private async Task ServeAsync(HttpContext context)
    {
        _request = (context.Request.Headers["x-goog-api-key"]!, context.Request.Path!, context.Request.QueryString.ToString());
        if (_refuseWith != 0)
        {
            context.Response.StatusCode = _refuseWith;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await _script(socket);
    }

    private LiveClient Client(Listener listener, Uplink? uplink = null, string? address = null)
    {
        var options = new LiveOptions { Endpoint = address ?? Address, ApiKey = "secret" };
        return new LiveClient(
            TestSession.For(options), options, listener, uplink ?? new Uplink(20), new WebSocketConnector(options), new LiveConnectGate(TimeProvider.System), LiveRig.NoPool, TimeProvider.System, NullLogger.Instance, "c1");
    }

    private static async Task SendAsync(
        WebSocket socket, string message, WebSocketMessageType type = WebSocketMessageType.Text, int pieceBytes = int.MaxValue)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        for (var i = 0; i < bytes.Length;)
        {
            var count = Math.Min(pieceBytes, bytes.Length - i);
            await socket.SendAsync(bytes.AsMemory(i, count), type, i + count == bytes.Length, CancellationToken.None);
            i += count;
        }
    }

    private static async Task<(WebSocketMessageType Type, string Text)> ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            length += read.Count;
            if (read.EndOfMessage)
                return (read.MessageType, Encoding.UTF8.GetString(buffer, 0, length));
        }
    }

    private static async Task ReceiveUntilCloseAsync(WebSocket socket)
    {
        while ((await ReceiveAsync(socket)).Type != WebSocketMessageType.Close)
        {
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    private sealed class Listener : ILiveListener
    {
        private readonly StringBuilder _text = new();

        public Pulse Pulse { get; } = new();

        public bool IsResumed { get; private set; }

        public string Text
        {
            get
            {
                lock (_text)
                    return _text.ToString();
            }
        }

        public void OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn)
        {
        }

        public void OnInterrupted()
        {
        }

        public void OnEvent(LiveEvent liveEvent)
        {
            lock (_text)
                _text.Append((liveEvent as InputTranscript)?.Text);
            IsResumed |= liveEvent is Resumed { IsFresh: false };
            Pulse.Signal();
        }
    }
}
