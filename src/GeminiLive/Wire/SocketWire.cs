using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GeminiLive.Wire;

/// <summary>A TCP connection to the server: a message that finds room in the system's buffer is one system call.</summary>
/// <remarks>Owned by its <see cref="FramedSocket"/>; allocates only when built.</remarks>
internal sealed class SocketWire : IWire
{
    private readonly Socket _socket;
    private readonly SocketOperation _reading;
    private readonly SocketOperation _writing;
    private SocketError _refused;

    /// <summary>Takes over a connected socket.</summary>
    public SocketWire(Socket socket)
    {
        _socket = socket;
        _socket.Blocking = false;   // a send that finds no room says so instead of waiting
        _reading = new SocketOperation(socket);
        _writing = new SocketOperation(socket);
    }

    public string? Error
    {
        get
        {
            var error = _refused != SocketError.Success ? _refused : _reading.SocketError != SocketError.Success ? _reading.SocketError : _writing.SocketError;
            return error == SocketError.Success ? null : new SocketException((int)error).Message;
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer) => _reading.ReceiveAsync(buffer);

    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = Send(bytes.Span);
        return sent == bytes.Length ? new(true) : sent < 0 ? new(false) : RestAsync(bytes[sent..]);
    }

    public void Abort() => _socket.Dispose();

    public void Dispose()
    {
        _socket.Dispose();
        _reading.Dispose();
        _writing.Dispose();
    }

    private int Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var sent = _socket.Send(bytes, SocketFlags.None, out var error);
            if (error is SocketError.Success or SocketError.WouldBlock)
                return sent;
            _refused = error;
        }
        catch (ObjectDisposedException)
        {
            _refused = SocketError.OperationAborted;
        }
        return SocketOperation.Lost;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> RestAsync(ReadOnlyMemory<byte> rest)
    {
        while (rest.Length > 0)
        {
            var sent = await _writing.SendAsync(MemoryMarshal.AsMemory(rest));
            if (sent <= 0)
                return false;
            rest = rest[sent..];
        }
        return true;
    }
}
