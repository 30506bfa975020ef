using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace GeminiLive;

/// <summary><see cref="ILiveSocket"/> over a WebSocket of the framework: through a proxy, or in memory.</summary>
/// <remarks>Pooled task builders: a message that has to wait for the network allocates nothing either.</remarks>
internal sealed class WebSocketLiveSocket(WebSocket socket) : ILiveSocket
{
    private string? _error;

    public int? CloseCode => (int?)socket.CloseStatus;

    public string CloseReason => socket.CloseStatusDescription is { Length: > 0 } words ? words : _error ?? "";

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message)
    {
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
            return true;
        }
        catch (Exception e) when (IsLoss(e))
        {
            _error ??= e.Message;
            return false;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<LiveRead> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            var read = await socket.ReceiveAsync(buffer, CancellationToken.None);
            return new LiveRead(read.Count, read.EndOfMessage, read.MessageType == WebSocketMessageType.Close);
        }
        catch (Exception e) when (IsLoss(e))
        {
            _error ??= e.Message;
            return new LiveRead(0, EndOfMessage: true, IsClosed: true);
        }
    }

    public async ValueTask CloseOutputAsync()
    {
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);
        }
        catch (Exception e) when (IsLoss(e))
        {
            _error ??= e.Message;
        }
    }

    public void Abort() => socket.Abort();

    public void Dispose() => socket.Dispose();

    // InvalidOperationException: the state changed under our hands (aborted, or closed by the peer).
    private static bool IsLoss(Exception e) =>
        e is WebSocketException or OperationCanceledException or IOException or InvalidOperationException;
}
