using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Telephony.Sip.Transport;

/// <summary>SIP over TCP on one listening socket, and over the connections opened from it: at most one per peer address and port.</summary>
internal sealed class TcpTransport(SipListenEndPoint listen, IPAddress? publicAddress, TcpLimits limits, SipMetrics metrics, TimeProvider timeProvider, ILogger logger) : ISipTransport
{
    private const int Backlog = 512;
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(20);

    private readonly Socket _socket = new(listen.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<IPEndPoint, TcpConnection> _connections = new();
    private readonly ConcurrentDictionary<TcpConnection, Task> _running = new();
    private ITransportListener? _listener;
    private Task _accepting = Task.CompletedTask;

    public SipListenEndPoint LocalEndPoint { get; private set; } = listen;

    /// <summary>Connections open, accepted and made.</summary>
    public int ConnectionCount => _connections.Count;

    public void Start(ITransportListener listener)
    {
        _listener = listener;
        _socket.Bind(LocalEndPoint.EndPoint);
        _socket.Listen(Backlog);
        LocalEndPoint = LocalEndPoint with { EndPoint = (IPEndPoint)_socket.LocalEndPoint! };
        _accepting = Task.Run(() => AcceptAsync(_stopping.Token));
        logger.Listening(LocalEndPoint);
    }

    /// <summary>The flow of a connection whose own end has that address.</summary>
    public SipFlow Flow(TcpConnection connection, IPAddress localAddress) =>
        new(this, connection.Remote, SipFlow.Advertised(publicAddress, localAddress), connection);

    public void Send(ReadOnlyMemory<byte> message, SipFlow flow, Action? onFailed)
    {
        var connection = flow.Connection is TcpConnection { IsOpen: true } own ? own : Connection(flow.Remote);
        if (connection is not null && connection.TrySend(new(message, onFailed)))
            return;
        logger.SendFailed(flow.Remote, "no connection, or its queue is full");
        onFailed?.Invoke();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
        await Task.WhenAll(_running.Values);
        _stopping.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "The loop's catch-all: running out of descriptors, or one broken connection, must not end it.")]
    private async Task AcceptAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Accepted(await _socket.AcceptAsync(stopping));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure)
            {
                if (stopping.IsCancellationRequested)
                    return;
                logger.AcceptFailed(LocalEndPoint, failure);
                await Task.Delay(PauseAfterError, timeProvider, CancellationToken.None);
            }
        }
    }

    private void Accepted(Socket socket)
    {
        var remote = (IPEndPoint)socket.RemoteEndPoint!;
        if (HasRoomFor(remote.Address))
        {
            Run(new TcpConnection(this, socket, remote, limits, metrics, timeProvider, logger));
            return;
        }
        metrics.Dropped(DropReason.ConnectionLimit);
        logger.ConnectionRefused(remote, _connections.Count);
        socket.Dispose();
    }

    private bool HasRoomFor(IPAddress address) =>
        _connections.Count < limits.MaxConnections
        && _connections.Keys.Count(remote => remote.Address.Equals(address)) < limits.MaxConnectionsPerAddress;

    /// <summary>The open connection with that peer, or one that is being opened.</summary>
    private TcpConnection? Connection(IPEndPoint remote)
    {
        if (_connections.TryGetValue(remote, out var open) && open.IsOpen)
            return open;
        if (_stopping.IsCancellationRequested || _connections.Count >= limits.MaxConnections)
            return null;
        var connection = new TcpConnection(this, accepted: null, remote, limits, metrics, timeProvider, logger);
        Run(connection);
        return connection;
    }

    private void Run(TcpConnection connection)
    {
        _connections[connection.Remote] = connection;
        var running = connection.RunAsync(_listener!, _stopping.Token);
        _running[connection] = running;
        _ = running.ContinueWith(
            _ =>
            {
                _running.TryRemove(connection, out Task? _);
                _connections.TryRemove(KeyValuePair.Create(connection.Remote, connection));
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
