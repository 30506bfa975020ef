using System.Buffers;
using System.Runtime.CompilerServices;
using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>One WebSocket after its setup was accepted: whole messages in, messages out. <see cref="LiveClient"/> has one at a time.</summary>
/// <remarks>Reading belongs to the receive loop, sending to the send loop; <see cref="Abort"/> may come from a timer.</remarks>
internal sealed class LiveConnection : IDisposable
{
    // 60 ms of audio; a longer message makes it grow. A connection holds it for as long as it lives.
    private const int FirstBufferBytes = 4 * 1024;

    private readonly ILiveSocket _socket;
    private readonly int _maxMessageBytes;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
    private int _length;
    private string? _abortReason;

    private LiveConnection(ILiveSocket socket, int maxMessageBytes)
    {
        _socket = socket;
        _maxMessageBytes = maxMessageBytes;
    }

    /// <summary>The message that was received last; after <see cref="OpenAsync"/> the one that held <c>setupComplete</c>.</summary>
    public ServerMessage Message { get; } = new();

    /// <summary>Its bytes, in which <see cref="Message"/>'s audio lies.</summary>
    public ReadOnlySpan<byte> Json => _buffer.AsSpan(0, _length);

    /// <summary>Messages that were no JSON object; each is passed over.</summary>
    public int MalformedMessages { get; private set; }

    /// <summary>Code of the server's close frame; null when it closed without one or we aborted before it came.</summary>
    public int? CloseCode => _socket.CloseCode;

    /// <summary>Why the connection ended; the server's word counts before ours, since a send that fails on a closed connection aborts it too.</summary>
    public string CloseReason => _socket.CloseCode is null ? _abortReason ?? _socket.CloseReason : _socket.CloseReason;

    /// <summary>Sent before all else, the caller's audio included: what was said before this session; null when there is nothing to tell.</summary>
    public byte[]? History { get; init; }

    /// <summary>Sends the setup over a socket that is open and waits for it to be accepted. Expected failures are values.</summary>
    /// <param name="socket">Belongs to the connection from here on, after a failure too.</param>
    /// <param name="opening">What is sent.</param>
    /// <param name="options">The limits.</param>
    /// <param name="timeProvider">The session's clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<(LiveConnection? Connection, LiveFailure? Failure)> OpenAsync(
        ILiveSocket socket, LiveOpening opening, LiveOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var connection = new LiveConnection(socket, options.MaxMessageBytes) { History = opening.History };
        var failure = await connection.SetUpAsync(opening.Setup, options.SetupTimeout, timeProvider, cancellationToken);
        if (failure is null)
            return (connection, null);
        connection.Abort(failure.Detail);
        connection.Dispose();
        return (null, failure);
    }

    /// <summary>Reads until the next whole message; fragments, text and binary alike.</summary>
    /// <returns>False when the connection has ended.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReceiveAsync()
    {
        _length = 0;
        while (_length < _buffer.Length || TryGrow())
        {
            var read = await _socket.ReadAsync(_buffer.AsMemory(_length));
            if (read.IsClosed)
                return false;
            _length += read.Bytes;
            if (read.EndOfMessage && TryReadMessage())
                return true;
        }
        return false;
    }

    /// <summary>Sends one message; false when the connection has ended.</summary>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message) => _socket.SendAsync(message);

    /// <summary>Sends our close frame; nothing may be sent after it.</summary>
    public ValueTask CloseOutputAsync() => _socket.CloseOutputAsync();

    /// <summary>Ends the connection at once; any thread.</summary>
    public void Abort(string reason)
    {
        Interlocked.CompareExchange(ref _abortReason, reason, null);
        _socket.Abort();
    }

    /// <summary>Gives the buffer back; both loops have ended by now.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private async Task<LiveFailure?> SetUpAsync(byte[] setup, TimeSpan limit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, timeProvider);
        await using var onTimeout = timeout.Token.Register(() => Abort("setup was not answered"));
        await using var onCancel = cancellationToken.Register(() => Abort("given up"));
        await SendAsync(setup);
        while (await ReceiveAsync())
        {
            // Whatever else comes before it is of no use yet.
            if (Message.IsSetupComplete && _abortReason is null)
                return null;
        }
        if (cancellationToken.IsCancellationRequested)
            return new LiveFailure(LiveFailureKind.Cancelled, Code: null, CloseReason);
        return timeout.IsCancellationRequested
            ? new LiveFailure(LiveFailureKind.SetupTimedOut, Code: null, CloseReason)
            : new LiveFailure(LiveCloseReasons.OfClose(CloseCode, CloseReason), CloseCode, CloseReason);
    }

    private bool TryReadMessage()
    {
        if (ServerMessageReader.TryRead(Json, Message))
            return true;
        MalformedMessages++;
        _length = 0;
        return false;
    }

    private bool TryGrow()
    {
        if (_length >= _maxMessageBytes)
        {
            Abort($"a message of more than {_maxMessageBytes} bytes");
            return false;
        }
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        return true;
    }
}
