using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Simulation.Live.Connections;

namespace Simulation.Live;

/// <summary>The server's end of one WebSocket: whole messages in, JSON messages out in the framing the options ask for.</summary>
/// <remarks>One reader (<see cref="ReceiveAsync"/>) and one writer (everything else), as the framework demands.</remarks>
internal sealed class LiveSocket : IDisposable
{
    private const int InitialBufferBytes = 4_096;
    private const int MaxMessageBytes = 4 << 20;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly FreezableStream _stream;
    private readonly Action _reset;
    private readonly SimulatedLiveOptions _options;
    private readonly TimeProvider _clock;
    private readonly ArrayBufferWriter<byte> _buffer = new(InitialBufferBytes);
    private readonly Utf8JsonWriter _writer;

    /// <summary>Takes over an accepted socket and the stream under it; <paramref name="reset"/> tears its connection down.</summary>
    public LiveSocket(WebSocket socket, FreezableStream stream, Action reset, SessionContext context)
    {
        _socket = socket;
        _stream = stream;
        _reset = reset;
        _options = context.Options;
        _clock = context.HandshakeClock;
        _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Indented = _options.PrettyPrint, SkipValidation = false });
    }

    /// <summary>Code and reason of the client's close frame; null while there is none.</summary>
    public (int Code, string Reason)? ClientClose => _socket.CloseStatus is { } status
        ? ((int)status, _socket.CloseStatusDescription ?? "")
        : null;

    /// <summary>Whether the connection stands still, half-open.</summary>
    public bool IsFrozen => _stream.IsFrozen;

    /// <summary>Whether the client sent a message of more than 4 MB.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Reads one whole message; null when the client closed, vanished, or sent more than 4 MB.</summary>
    public async ValueTask<ClientFrame?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(InitialBufferBytes);
        var length = 0;
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += received.Count;
                IsOverfull = length > MaxMessageBytes;
                if (received.MessageType == WebSocketMessageType.Close || IsOverfull)
                    break;
                if (received.EndOfMessage)
                    return new ClientFrame(received.MessageType == WebSocketMessageType.Binary, buffer, length);
                if (length == buffer.Length)
                    buffer = Grow(buffer);
            }
        }
        catch (Exception exception) when (IsDisconnect(exception))
        {
            // The client is gone without a close frame: the same end as with one.
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return null;
    }

    /// <summary>Sends one JSON message.</summary>
    public ValueTask SendAsync<TState>(Action<Utf8JsonWriter, TState> write, TState state)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        write(_writer, state);
        _writer.Flush();
        return SendAsync(_buffer.WrittenMemory, _options.BinaryFrames);
    }

    /// <summary>Sends bytes as one message, whatever they are.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, bool binary)
    {
        var type = binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
        var frameBytes = _options.FragmentBytes ?? int.MaxValue;
        try
        {
            while (message.Length > frameBytes)
            {
                await _socket.SendAsync(message[..frameBytes], type, endOfMessage: false, CancellationToken.None);
                message = message[frameBytes..];
            }
            await _socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception exception) when (IsDisconnect(exception))
        {
            // The receive side notices the same and ends the session.
        }
    }

    /// <summary>Sends a close frame, or answers the client's.</summary>
    public async ValueTask CloseAsync(CloseReason reason)
    {
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        using var timeout = new CancellationTokenSource(CloseTimeout, _clock);
        try
        {
            await _socket.CloseOutputAsync((WebSocketCloseStatus)reason.Code, reason.Cut, timeout.Token);
        }
        catch (Exception exception) when (IsDisconnect(exception))
        {
            // Gone before it could be told.
        }
    }

    /// <summary>From now on neither reads, nor writes, nor answers a ping; the socket stays open.</summary>
    public void Freeze() => _stream.Freeze();

    /// <summary>Goes on where <see cref="Freeze"/> stopped.</summary>
    public void Thaw() => _stream.Thaw();

    /// <summary>Makes what a freeze holds back fail, so that the session's loop is free.</summary>
    public void Break() => _stream.Break();

    /// <summary>Resets the connection: the client sees 1006.</summary>
    public void Abort()
    {
        _stream.Break();
        _reset();
        _socket.Abort();
    }

    public void Dispose()
    {
        _writer.Dispose();
        _socket.Dispose();
    }

    private static bool IsDisconnect(Exception exception) =>
        exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException;

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}

/// <summary>One message of the client in a rented buffer; whoever takes it off the mailbox returns it.</summary>
internal readonly record struct ClientFrame(bool IsBinary, byte[] Buffer, int Length)
{
    public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);

    public void Return() => ArrayPool<byte>.Shared.Return(Buffer);
}
