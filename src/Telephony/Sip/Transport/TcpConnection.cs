using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Telephony.Sip.Transport;

/// <summary>A message waiting to be written, and whom to tell when it is not.</summary>
internal readonly record struct OutboundMessage(ReadOnlyMemory<byte> Bytes, Action? OnFailed);

/// <summary>One TCP connection, accepted or opened by us: a reading and a writing loop that end together and disturb no other connection.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without timer or wait handle holds nothing; disposing it would race with Close.")]
internal sealed class TcpConnection : ISipConnection
{
    private readonly TcpTransport _transport;
    private readonly Socket? _accepted;
    private readonly TcpLimits _limits;
    private readonly SipMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Channel<OutboundMessage> _outbound;
    private readonly CancellationTokenSource _closing = new();
    private int _users;
    private volatile bool _isClosed;

    /// <summary>Nothing happens before <see cref="RunAsync"/>. Without an accepted socket that connects to <paramref name="remote"/> first.</summary>
    public TcpConnection(TcpTransport transport, Socket? accepted, IPEndPoint remote, TcpLimits limits, SipMetrics metrics, TimeProvider timeProvider, ILogger logger)
    {
        _transport = transport;
        _accepted = accepted;
        Remote = remote;
        _limits = limits;
        _metrics = metrics;
        _timeProvider = timeProvider;
        _logger = logger;
        _outbound = Channel.CreateBounded<OutboundMessage>(new BoundedChannelOptions(limits.MaxQueuedMessages) { SingleReader = true });
    }

    /// <summary>The peer's address and port.</summary>
    public IPEndPoint Remote { get; }

    public bool IsOpen => !_isClosed;

    /// <summary>Whether a dialog relies on the connection.</summary>
    public bool IsInUse => Volatile.Read(ref _users) > 0;

    public void Retain() => Interlocked.Increment(ref _users);

    public void Release() => Interlocked.Decrement(ref _users);

    /// <summary>Queues a message; false when the connection is closed, or closed now because its peer reads too slowly.</summary>
    public bool TrySend(OutboundMessage message)
    {
        if (_isClosed)
            return false;
        if (_outbound.Writer.TryWrite(message))
            return true;
        if (!_isClosed)
            Close("the peer reads too slowly");
        return false;
    }

    /// <summary>Runs the connection to its end; never throws.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The connection's catch-all: whatever happens on it ends it alone.")]
    public async Task RunAsync(ITransportListener listener, CancellationToken stopping)
    {
        await using var stop = stopping.Register(() => Close("the agent stops")).ConfigureAwait(false);
        try
        {
            using var socket = _accepted ?? await ConnectAsync();
            socket.NoDelay = true;
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            var writing = WriteAsync(stream);
            await ReadAsync(stream, _transport.Flow(this, ((IPEndPoint)socket.LocalEndPoint!).Address), listener);
            _outbound.Writer.TryComplete();
            await writing;
        }
        catch (Exception failure)
        {
            Close(failure.Message);
        }
        finally
        {
            _isClosed = true;
            _outbound.Writer.TryComplete();
            while (_outbound.Reader.TryRead(out var unsent))
                unsent.OnFailed?.Invoke();
        }
    }

    /// <summary>Ends both loops.</summary>
    public void Close(string reason)
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _logger.ConnectionClosed(Remote, reason);
        _closing.Cancel();
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(Remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var patience = new CancellationTokenSource(_limits.WriteTimeout, _timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _closing.Token);
            await socket.ConnectAsync(Remote, either.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ReadAsync(NetworkStream stream, SipFlow flow, ITransportListener listener)
    {
        await using var reader = new TcpMessageReader(this, PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)), _limits, _timeProvider);
        while (await reader.ReadAsync(_closing.Token) is { } parsed)
        {
            _metrics.Received();
            var message = InboundMessage.From(parsed, flow);
            while (!listener.OnMessage(message))   // the loop is behind: stop reading, and let TCP slow the peer down
                await Task.Delay(TcpMessageReader.QueueFullPause, _timeProvider, _closing.Token);
        }
        if (!_isClosed)
            _logger.ConnectionClosed(Remote, reader.EndReason);
        _isClosed = true;
    }

    private async Task WriteAsync(NetworkStream stream)
    {
        await foreach (var message in _outbound.Reader.ReadAllAsync(_closing.Token))
        {
            using var patience = new CancellationTokenSource(_limits.WriteTimeout, _timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _closing.Token);
            try
            {
                await stream.WriteAsync(message.Bytes, either.Token);
                _metrics.Sent();
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                Close("writing failed or took too long");
                message.OnFailed?.Invoke();
                return;
            }
        }
    }
}
