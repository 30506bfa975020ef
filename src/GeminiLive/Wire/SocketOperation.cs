using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace GeminiLive.Wire;

/// <summary>A read or a write of a socket that can be awaited again and again: allocates nothing, and tells a loss as a value.</summary>
/// <remarks>One at a time. What waits runs on the pool's thread that found the socket ready.</remarks>
internal sealed class SocketOperation(Socket socket) : SocketAsyncEventArgs(true), IValueTaskSource<int>
{
    /// <summary>Result of an operation on a connection that is lost.</summary>
    public const int Lost = -1;

    private ManualResetValueTaskSourceCore<int> _source;

    /// <summary>Reads into a buffer: bytes, 0 at the end, or <see cref="Lost"/>.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        _source.Reset();
        try
        {
            SetBuffer(buffer);
            return socket.ReceiveAsync(this) ? new ValueTask<int>(this, _source.Version) : new(Result);
        }
        catch (ObjectDisposedException)
        {
            return new(Lost);   // aborted
        }
    }

    /// <summary>Sends from a buffer: bytes, or <see cref="Lost"/>.</summary>
    public ValueTask<int> SendAsync(Memory<byte> bytes)
    {
        _source.Reset();
        try
        {
            SetBuffer(bytes);
            return socket.SendAsync(this) ? new ValueTask<int>(this, _source.Version) : new(Result);
        }
        catch (ObjectDisposedException)
        {
            return new(Lost);
        }
    }

    int IValueTaskSource<int>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    protected override void OnCompleted(SocketAsyncEventArgs e) => _source.SetResult(Result);

    private int Result => SocketError == SocketError.Success ? BytesTransferred : Lost;
}
