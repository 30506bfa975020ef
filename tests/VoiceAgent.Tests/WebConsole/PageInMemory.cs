using System.Net.WebSockets;
using System.Threading.Channels;

namespace VoiceAgent.Tests.WebConsole;

/// <summary>The service's end of a WebSocket whose other end is the test: it takes everything at once.</summary>
internal sealed class PageInMemory : WebSocket
{
    private readonly Channel<(WebSocketMessageType Type, byte[] Body)> _fromPage = Channel.CreateUnbounded<(WebSocketMessageType, byte[])>();
    private readonly CancellationTokenSource _gone = new();
    private int _waiting;

    /// <summary>Whether the service has taken all that the page has said.</summary>
    public bool IsAllTaken => Volatile.Read(ref _waiting) == 0;

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _gone.IsCancellationRequested ? WebSocketState.Aborted : WebSocketState.Open;

    public override string? SubProtocol => null;

    public void Say(WebSocketMessageType type, byte[] body)
    {
        Interlocked.Increment(ref _waiting);
        _fromPage.Writer.TryWrite((type, body));
    }

    public override void Abort() => _gone.Cancel();

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose() => _gone.Dispose();

    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _gone.Token);
        var (type, body) = await _fromPage.Reader.ReadAsync(over.Token);
        body.CopyTo(buffer.AsSpan());
        Interlocked.Decrement(ref _waiting);
        return new WebSocketReceiveResult(body.Length, type, endOfMessage: true);
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) => Task.CompletedTask;
}
