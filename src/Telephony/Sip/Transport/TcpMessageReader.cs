using System.Buffers;
using System.IO.Pipelines;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Transport;

/// <summary>The reading half of a <see cref="TcpConnection"/>: bytes -> messages, pings answered, patience limited.</summary>
/// <remarks>Holds at most one unfinished message. Three kinds of waiting have a time limit: for the first message, for the rest of one, for the next one.</remarks>
internal sealed class TcpMessageReader : IAsyncDisposable
{
    /// <summary>How long reading rests when the signalling loop's queue is full.</summary>
    public static readonly TimeSpan QueueFullPause = TimeSpan.FromMilliseconds(10);

    private static readonly byte[] Pong = "\r\n"u8.ToArray();

    private readonly TcpConnection _connection;
    private readonly PipeReader _reader;
    private readonly TcpLimits _limits;
    private readonly KeepAlive? _keepAlive;
    private readonly ITimer _deadline;
    private readonly SipStreamFramer _framer = new();
    private ReadOnlySequence<byte> _buffer;
    private bool _hasBuffer;
    private bool _hasHadMessage;
    private volatile bool _isIdle;

    /// <param name="connection">Pongs go out there.</param>
    /// <param name="reader">The stream.</param>
    /// <param name="limits">How patient to be.</param>
    /// <param name="keepAlive">Is told of what comes; null where we do not ping.</param>
    /// <param name="timeProvider">Measures the patience.</param>
    public TcpMessageReader(TcpConnection connection, PipeReader reader, TcpLimits limits, KeepAlive? keepAlive, TimeProvider timeProvider)
    {
        _connection = connection;
        _reader = reader;
        _limits = limits;
        _keepAlive = keepAlive;
        _hasHadMessage = _isIdle = !connection.IsAccepted;   // whom we called need not prove to be a SIP peer
        _deadline = timeProvider.CreateTimer(_ => OnDeadline(), null, _isIdle ? limits.IdleTimeout : limits.MessageTimeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Why there are no further messages.</summary>
    public string EndReason => _framer.Failure is null ? CloseReason.Peer : CloseReason.Malformed;

    /// <summary>The next message, or null at the end of the stream.</summary>
    public async ValueTask<SipParseResult?> ReadAsync(CancellationToken closing)
    {
        var isAtEnd = false;
        while (true)
        {
            if (_hasBuffer && TryTakeMessage(out var parsed))
                return parsed;
            if (isAtEnd || _framer.Failure is not null)
                return null;
            if (_hasBuffer)
                _reader.AdvanceTo(_buffer.Start, _buffer.End);
            var read = await _reader.ReadAsync(closing);
            (_buffer, _hasBuffer, isAtEnd) = (read.Buffer, true, read.IsCompleted);
            if (_isIdle && !_buffer.IsEmpty)
                Await(isIdle: false, _limits.MessageTimeout);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _deadline.DisposeAsync();
        await _reader.CompleteAsync();
    }

    private bool TryTakeMessage(out SipParseResult parsed)
    {
        parsed = default;
        while (true)
        {
            var hadBytes = !_buffer.IsEmpty;
            switch (_framer.TryRead(ref _buffer, out var message))
            {
                case SipFrame.Message:
                    parsed = SipParser.Parse(message);
                    _hasHadMessage = true;
                    _keepAlive?.OnReceived(isPong: false);
                    Await(isIdle: true, _limits.IdleTimeout);
                    return true;
                case SipFrame.Ping:
                    _keepAlive?.OnReceived(isPong: true);   // or two pongs on end
                    if (_connection.MayAnswer)
                        _connection.TrySend(new(Pong, OnFailed: null));
                    break;
                case SipFrame.Failed:
                    Refuse();
                    return false;
                default:
                    if (hadBytes)
                        OnPart(isLineEnd: _buffer.IsEmpty);
                    return false;
            }
        }
    }

    private void Refuse()
    {
        if (_connection.MayAnswer && Refusal.Of(_framer.Failure!) is { } response)
            _connection.TrySend(new(Refusal.Serialize(response), OnFailed: null));
    }

    /// <summary>Less than a message came.</summary>
    private void OnPart(bool isLineEnd)
    {
        _keepAlive?.OnReceived(isLineEnd);
        if (isLineEnd && _hasHadMessage)
            Await(isIdle: true, _limits.IdleTimeout);
    }

    private void Await(bool isIdle, TimeSpan limit)
    {
        _isIdle = isIdle;
        _deadline.Change(limit, Timeout.InfiniteTimeSpan);
    }

    private void OnDeadline()
    {
        if (_isIdle && _connection.IsInUse)
            _deadline.Change(_limits.IdleTimeout, Timeout.InfiniteTimeSpan);
        else
            _connection.Close(_isIdle ? CloseReason.Idle : CloseReason.SlowMessage);
    }
}
