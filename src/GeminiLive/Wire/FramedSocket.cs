using System.Runtime.CompilerServices;

namespace GeminiLive.Wire;

/// <summary><see cref="ILiveSocket"/> as a WebSocket of our own (RFC 6455, client side, no extensions), since every message of every call passes here (ADR 22).</summary>
/// <remarks>
/// Text is not checked for UTF-8: one bad letter in a transcript is no reason to lose a call's session, and the reader of the messages takes any bytes. Pings are
/// answered while somebody reads. Allocates only when built.
/// </remarks>
internal sealed class FramedSocket : ILiveSocket
{
    // Model audio of 60 ms in one read; what is left of a longer frame is read past it.
    private const int InputBytes = 4 * 1024;

    private readonly IWire _wire;
    private readonly FrameReader _frames;
    private readonly FrameSender _sender;
    private readonly KeepAlive _keepAlive;
    private readonly ControlLimit _control;
    private readonly byte[] _input;
    private int _start;
    private int _end;
    private (int Start, int Length)? _ping;
    private bool _isClosed;
    private volatile string? _error;

    /// <summary>A connection right after its upgrade.</summary>
    /// <param name="wire">Belongs to the socket.</param>
    /// <param name="alreadyRead">What came behind the server's answer to the upgrade.</param>
    /// <param name="options">When to ping.</param>
    /// <param name="timeProvider">For the pings.</param>
    /// <param name="maxMessageBytes">What no session takes; each has a limit of its own, which may change while the service runs.</param>
    public FramedSocket(IWire wire, ReadOnlySpan<byte> alreadyRead, LiveOptions options, TimeProvider timeProvider, int maxMessageBytes = LiveOptions.LargestMessageBytes)
    {
        _wire = wire;
        _frames = new FrameReader(maxMessageBytes);
        _sender = new FrameSender(wire);
        _input = new byte[Math.Max(InputBytes, alreadyRead.Length)];
        alreadyRead.CopyTo(_input);
        _end = alreadyRead.Length;
        _control = new ControlLimit(timeProvider);
        _keepAlive = new KeepAlive(options, timeProvider, _sender.Ping, GiveUp);
    }

    public int? CloseCode { get; private set; }

    public string CloseReason { get; private set; } = "";

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message) => _sender.SendAsync(message);

    public ValueTask<LiveRead> ReadAsync(Memory<byte> buffer) => TryTake(buffer.Span, out var read) ? new(read) : FillAsync(buffer);

    public ValueTask CloseOutputAsync() => _sender.CloseAsync();

    public void Abort()
    {
        _error ??= "aborted";
        _wire.Abort();
    }

    public void Dispose()
    {
        _keepAlive.Dispose();
        _wire.Dispose();
    }

    private void GiveUp()
    {
        _error ??= "no answer to a ping";
        _wire.Abort();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<LiveRead> FillAsync(Memory<byte> buffer)
    {
        while (true)
        {
            var direct = DirectBytes(buffer.Length);
            var received = await _wire.ReadAsync(direct > 0 ? buffer[..direct] : Room());
            if (received <= 0)
                return Lost(received);
            _keepAlive.Heard();
            if (direct > 0)
                return new LiveRead(received, _frames.Take(received), IsClosed: false);
            _end += received;
            if (TryTake(buffer.Span, out var read))
                return read;
        }
    }

    /// <summary>How much of a long frame can be read where it belongs, without a copy; 0 for what is short.</summary>
    private int DirectBytes(int room)
    {
        var bytes = Math.Min(_frames.Left, room);
        return _start == _end && bytes >= _input.Length ? bytes : 0;
    }

    // What is left is no whole control frame.
    private Memory<byte> Room()
    {
        _input.AsSpan(_start, _end - _start).CopyTo(_input);
        (_start, _end) = (0, _end - _start);
        return _input.AsMemory(_end);
    }

    private bool TryTake(Span<byte> buffer, out LiveRead read)
    {
        var isTaken = TryTakePiece(buffer, out read);
        AnswerPing();
        return isTaken;
    }

    private bool TryTakePiece(Span<byte> buffer, out LiveRead read)
    {
        read = new LiveRead(0, EndOfMessage: true, IsClosed: true);
        while (!_isClosed)
        {
            var piece = _frames.Read(_input.AsSpan(_start, _end - _start), buffer.Length);
            if (piece.Kind == FrameKind.NeedsMore)
                return false;
            var payload = _input.AsSpan(_start + piece.Start, piece.Length);
            _start += piece.Start + piece.Length;
            if (piece.Kind != FrameKind.Data)
            {
                Obey(piece.Kind, payload);
                continue;
            }
            payload.CopyTo(buffer);
            read = new LiveRead(piece.Length, piece.EndsMessage, IsClosed: false);
            if (piece.Length > 0 || piece.EndsMessage)
                return true;
            if (_frames.Left == 0)
                CountEmpty();
        }
        read = new LiveRead(0, EndOfMessage: true, IsClosed: true);
        return true;
    }

    private void Obey(FrameKind kind, ReadOnlySpan<byte> payload)
    {
        if (kind == FrameKind.Close)
        {
            var close = CloseFrame.Read(payload);
            End(close.Code, close.Reason, close.Answer);
        }
        else if (kind == FrameKind.Bad)
        {
            End(code: null, _frames.Fault, _frames.FaultCode);
        }
        else
        {
            if (kind == FrameKind.Ping)
                _ping = (_start - payload.Length, payload.Length);
            CountEmpty();
        }
    }

    // Of several pings that have come together, the last (RFC 6455 section 5.5.3): a flood of them is not answered with another, and messages do not wait for it.
    private void AnswerPing()
    {
        if (_ping is { } ping && !_isClosed)
            _sender.Pong(_input.AsSpan(ping.Start, ping.Length));
        _ping = null;
    }

    private void CountEmpty()
    {
        if (!_control.Takes())
            End(code: null, $"a flood: more than {ControlLimit.MaxFrames} pings and other frames without content within {ControlLimit.Window.TotalSeconds:0} s", WebSocketCode.PolicyViolation);
    }

    private void End(int? code, string reason, int? answer)
    {
        _isClosed = true;
        (CloseCode, CloseReason) = (code, reason);
        _sender.Close(answer);
    }

    private LiveRead Lost(int received)
    {
        _isClosed = true;
        CloseReason = _error ?? _wire.Error ?? (received == 0 ? "the server ended the connection without a close frame" : "the connection is lost");
        return new LiveRead(0, EndOfMessage: true, IsClosed: true);
    }
}
