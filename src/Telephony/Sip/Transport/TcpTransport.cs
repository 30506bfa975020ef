using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Telephony.Sip.Admission;

namespace Telephony.Sip.Transport;

/// <summary>SIP over TCP or TLS on one listening socket, or none, and over the connections opened from it: at most one per peer address, port, name and certificate of ours.</summary>
internal sealed class TcpTransport(SipListenEndPoint listen, OwnAddresses own, TcpLimits limits, TlsOptions tls, SourceGate? gate, SipMetrics metrics,
    TimeProvider timeProvider, ILogger logger) : ISipTransport
{
    private const int Backlog = 512;
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(20);

    private readonly Socket _socket = new(listen.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly AdmissionTable _admitted = new(limits.MaxConnections, limits.MaxConnectionsPerAddress);
    private readonly AdmissionTable _handshaking = new(tls.MaxHandshakes, tls.MaxHandshakesPerAddress);
    private readonly ConcurrentDictionary<Peer, TcpConnection> _connections = new();
    private readonly ConcurrentDictionary<TcpConnection, Task> _running = new();
    private readonly Lock _opening = new();
    private TlsCredentialSource? _credentials;
    private ITransportListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>What a connection may be looked up by. A TLS connection serves the name that it was checked for and no other at the same
    /// address (CVE-2020-15260), and one that we accepted only those who came on it: nobody proved a name there.</summary>
    private readonly record struct Peer(IPEndPoint Remote, string? ServerName, ClientCertificate? Certificate)
    {
        public static Peer Of(TcpConnection connection) => new(connection.Remote, connection.ServerName, connection.ClientCertificate);
    }

    public SipListenEndPoint LocalEndPoint { get; private set; } = listen;

    public string? PublicName { get; } = listen.Protocol == SipProtocol.Tls && tls.PublicName.Length > 0 ? tls.PublicName : null;

    /// <summary>Connections open, accepted and made.</summary>
    public int ConnectionCount => _admitted.Count;

    /// <summary>Handshakes of accepted connections under way.</summary>
    public int HandshakeCount => _handshaking.Count;

    /// <summary>What a connection may cost.</summary>
    public TcpLimits Limits => limits;

    /// <summary>Makes streams secure; null without TLS.</summary>
    public TlsHandshake? Handshake { get; private set; }

    /// <summary>How long that may take.</summary>
    public TimeSpan HandshakeTimeout => tls.HandshakeTimeout;

    /// <summary>The clock of all connections.</summary>
    public TimeProvider TimeProvider => timeProvider;

    /// <summary>Spreads keep-alives; tests give one that does not.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Counts what strangers send; null where nobody is limited.</summary>
    public SourceGate? Gate => gate;

    /// <summary>Counters.</summary>
    public SipMetrics Metrics => metrics;

    private bool IsTls => LocalEndPoint.Protocol == SipProtocol.Tls;

    public void Start(ITransportListener listener)
    {
        _listener = listener;
        if (IsTls)
        {
            _credentials = new(tls, timeProvider, logger);
            Handshake = new(tls, _credentials, new ClientCredentials(timeProvider, logger));
            if (!tls.CheckServers)
                logger.ServersNotChecked();
        }
        if (LocalEndPoint.OnlyConnects)
            return;
        _socket.Bind(LocalEndPoint.EndPoint);
        _socket.Listen(Backlog);
        LocalEndPoint = LocalEndPoint with { EndPoint = (IPEndPoint)_socket.LocalEndPoint! };
        _accepting = Task.Run(() => AcceptAsync(_stopping.Token));
        logger.Listening(LocalEndPoint);
    }

    /// <summary>The flow of a connection whose own end has that address.</summary>
    public SipFlow Flow(TcpConnection connection, IPAddress localAddress) =>
        new(this, connection.Remote, own.For(connection.Remote.Address, localAddress), connection, connection.ServerName) { ClientCertificate = connection.ClientCertificate };

    public int PortTowards(SipFlow flow) => !LocalEndPoint.OnlyConnects ? LocalEndPoint.EndPoint.Port
        : flow.Connection is TcpConnection { IsOpen: true } own ? own.LocalPort
        : flow.ServerName is not null && _connections.TryGetValue(PeerOf(flow), out var open) && open.IsOpen ? open.LocalPort : 0;

    public void Send(ReadOnlyMemory<byte> message, SipFlow flow, Action? onFailed)
    {
        var connection = flow.Connection is TcpConnection { IsOpen: true } own ? own : Connection(flow);
        connection?.Touch();
        if (connection is not null && connection.TrySend(new(message, onFailed)))
            return;
        logger.SendFailed(flow.Remote, "no connection, or its queue is full");
        onFailed?.Invoke();
    }

    /// <summary>A connection closes: its place is free at once.</summary>
    public void OnClosed(TcpConnection connection, string reason, string? detail)
    {
        Forget(connection);
        metrics.ConnectionClosed(reason);
        logger.ConnectionClosed(connection.Remote, reason, detail);
    }

    /// <summary>A connection is secure.</summary>
    public void OnHandshakeDone(TcpConnection connection)
    {
        _handshaking.Remove(connection);
        metrics.HandshakeDone();
    }

    /// <summary>A connection did not become secure; only for one that we wanted that is more than noise.</summary>
    public void OnHandshakeFailed(TcpConnection connection, Exception failure)
    {
        if (!connection.IsAccepted && connection.IsOpen)
            logger.ServerRefused(connection.Remote, connection.ServerName!, failure.GetBaseException().Message);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
        await Task.WhenAll(_running.Values);
        if (_credentials is not null)
            await _credentials.DisposeAsync();
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
        var connection = new TcpConnection(this, socket, (IPEndPoint)socket.RemoteEndPoint!, serverName: null);
        if (gate?.IsBanned(connection.Remote.Address, isStream: true) != true && TryAdmit(connection))
        {
            Run(connection, isFound: !IsTls);
            return;
        }
        metrics.ConnectionClosed(CloseReason.Refused);
        logger.ConnectionRefused(connection.Remote, _admitted.Count);
        socket.Dispose();
    }

    private bool TryAdmit(TcpConnection connection)
    {
        if (!TryAdmit(_admitted, connection))
            return false;
        if (!IsTls || !connection.IsAccepted || TryAdmit(_handshaking, connection))
            return true;
        _admitted.Remove(connection);
        return false;
    }

    private static bool TryAdmit(AdmissionTable table, TcpConnection connection)
    {
        var isAdmitted = table.TryAdmit(connection, out var victim);
        (victim as TcpConnection)?.Close(CloseReason.Evicted);
        return isAdmitted;
    }

    /// <summary>The open connection with that peer, or one that is being opened; null when none may be: no room, or nothing that a certificate could be checked for.</summary>
    private TcpConnection? Connection(SipFlow flow)
    {
        if (IsTls && flow.ServerName is null)
            return null;
        var peer = PeerOf(flow);
        lock (_opening)
        {
            if (_connections.TryGetValue(peer, out var open) && open.IsOpen)
                return open;
            var connection = new TcpConnection(this, accepted: null, peer.Remote, peer.ServerName, peer.Certificate);
            if (_stopping.IsCancellationRequested || !TryAdmit(connection))
                return null;
            Run(connection, isFound: true);
            return connection;
        }
    }

    private Peer PeerOf(SipFlow flow) => IsTls ? new(flow.Remote, flow.ServerName!.ToLowerInvariant(), flow.ClientCertificate) : new(flow.Remote, null, null);

    private void Run(TcpConnection connection, bool isFound)
    {
        metrics.ConnectionOpened();
        if (isFound)
            _connections[Peer.Of(connection)] = connection;
        // Never on the caller's thread, which may be the signalling loop: handshakes are arithmetic.
        var running = Task.Run(() => connection.RunAsync(_listener!, _stopping.Token));
        _running[connection] = running;
        _ = running.ContinueWith(
            _ =>
            {
                _running.TryRemove(connection, out Task? _);
                Forget(connection);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void Forget(TcpConnection connection)
    {
        _admitted.Remove(connection);
        _handshaking.Remove(connection);
        _connections.TryRemove(KeyValuePair.Create(Peer.Of(connection), connection));
    }
}
