using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace GeminiLive.Wire;

/// <summary>The way out of one connection: whole frames, one after the other. Pings, pongs and the close frame get between the messages, and nobody waits for them.</summary>
/// <remarks>
/// Whoever has the turn writes: the send loop for its messages, and for control frames whoever finds the turn free; else they go at the turn's end. One of each
/// can wait, so a server that asks and does not read costs nothing. A frame that finds room in the system's buffer is built and sent on the spot.
/// </remarks>
internal sealed class FrameSender(IWire wire)
{
    // Audio of 80 ms; a longer message gets a buffer from the pool.
    private const int FrameBytes = 4 * 1024;

    private readonly FrameWriter _writer = new();
    private readonly byte[] _frame = new byte[FrameBytes];
    private readonly AsyncSignal _turnEnded = new();
    private int _isBusy;

    private readonly Lock _gate = new();
    private readonly byte[] _pong = new byte[FrameWriter.MaxControlBytes];
    private int _pongBytes;
    private int? _closeCode;
    private volatile Waiting _waiting;
    private volatile bool _isClosed;

    /// <summary>Sends a text message. The send loop only.</summary>
    /// <returns>False when the connection is lost or our close frame is out.</returns>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message) => TryTakeTurn() ? SendNow(message) : SendInTurnAsync(message);

    /// <summary>Sends our close frame, unless it is out already. The send loop only.</summary>
    public async ValueTask CloseAsync()
    {
        Close(WebSocketCode.Normal);
        // It may have to wait for a message that finds no room.
        while (!_isClosed)
            await _turnEnded.WaitAsync();
    }

    /// <summary>Asks the server for a sign of life; any thread.</summary>
    public void Ping()
    {
        lock (_gate)
            _waiting |= Waiting.Ping;
        SendControl();
    }

    /// <summary>Answers a ping; of several that wait, the last (RFC 6455 section 5.5.3). Any thread.</summary>
    public void Pong(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            payload.CopyTo(_pong);
            _pongBytes = payload.Length;
            _waiting |= Waiting.Pong;
        }
        SendControl();
    }

    /// <summary>Answers a close frame, or breaks with a server that keeps no rules: nothing goes out after it. Any thread.</summary>
    /// <param name="code">Close code; null sends a close frame without.</param>
    public void Close(int? code)
    {
        lock (_gate)
        {
            _closeCode = code;
            _waiting |= Waiting.Close;
        }
        SendControl();
    }

    private bool TryTakeTurn() => Interlocked.Exchange(ref _isBusy, 1) == 0;

    private void EndTurn()
    {
        Interlocked.Exchange(ref _isBusy, 0);
        _turnEnded.Signal();
        if (_waiting != Waiting.Nothing)
            SendControl();
    }

    private async ValueTask<bool> SendInTurnAsync(ReadOnlyMemory<byte> message)
    {
        while (!TryTakeTurn())
            await _turnEnded.WaitAsync();
        return await SendNow(message);
    }

    private ValueTask<bool> SendNow(ReadOnlyMemory<byte> message)
    {
        if (_isClosed)
        {
            EndTurn();
            return new(false);
        }
        if (message.Length > FrameBytes - FrameWriter.MaxHeaderBytes)
            return SendLongAsync(message);
        var sending = wire.WriteAsync(_frame.AsMemory(0, _writer.Write(_frame, FrameWriter.Text, message.Span)));
        if (!sending.IsCompletedSuccessfully)
            return FinishAsync(sending);
        EndTurn();
        return new(sending.Result);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FinishAsync(ValueTask<bool> sending)
    {
        try
        {
            return await sending;
        }
        finally
        {
            EndTurn();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SendLongAsync(ReadOnlyMemory<byte> message)
    {
        var frame = ArrayPool<byte>.Shared.Rent(message.Length + FrameWriter.MaxHeaderBytes);
        try
        {
            return await wire.WriteAsync(frame.AsMemory(0, _writer.Write(frame, FrameWriter.Text, message.Span)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
            EndTurn();
        }
    }

    // Not awaited: it ends with the connection at the latest, and a loss shows in the next read.
    private void SendControl()
    {
        if (TryTakeTurn())
            _ = SendControlAsync();
    }

    private async Task SendControlAsync()
    {
        try
        {
            while (WriteControl() is > 0 and var length)
                await wire.WriteAsync(_frame.AsMemory(0, length));
        }
        finally
        {
            EndTurn();
        }
    }

    private int WriteControl()
    {
        lock (_gate)
        {
            if (_isClosed)
                _waiting = Waiting.Nothing;
            if (Took(Waiting.Pong))
                return _writer.Write(_frame, FrameWriter.Pong, _pong.AsSpan(0, _pongBytes));
            if (Took(Waiting.Ping))
                return _writer.Write(_frame, FrameWriter.Ping, []);
            return Took(Waiting.Close) ? WriteClose() : 0;
        }
    }

    private bool Took(Waiting frame)
    {
        var waits = (_waiting & frame) == frame;
        _waiting &= ~frame;
        return waits;
    }

    private int WriteClose()
    {
        _isClosed = true;
        Span<byte> payload = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)(_closeCode ?? 0));
        return _writer.Write(_frame, FrameWriter.Close, _closeCode is null ? [] : payload);
    }

    /// <summary>Control frames that wait for the turn.</summary>
    [Flags]
    private enum Waiting
    {
        Nothing = 0,
        Pong = 1,
        Ping = 2,
        Close = 4,
    }
}
