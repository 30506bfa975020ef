using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using Telephony.Sip.Admission;

namespace Telephony.Sip.Transport;

/// <summary>A message waiting to be written, and whom to tell when it is not.</summary>
internal readonly record struct OutboundMessage(ReadOnlyMemory<byte> Bytes, Action? OnFailed);

/// <summary>One connection over TCP or TLS, accepted or opened by us: a reading and a writing loop that end together and disturb no other connection.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without timer or wait handle holds nothing; disposing it would race with Close.")]
internal sealed class TcpConnection : ISipConnection, IAdmitted
{
    /// <summary>Longer than any transaction lasts: what was used within it may still owe or await an answer.</summary>
    private static readonly TimeSpan TransactionTime = TimeSpan.FromSeconds(32);

    // Finds the peer gone, or the way to it, where no keep-alive of SIP does: accepted connections of silent calls.
    private const int ProbeAfterSeconds = 60;
    private const int ProbeIntervalSeconds = 10;
    private const int Probes = 3;

    private readonly TcpTransport _transport;
    private readonly Socket? _accepted;
    private readonly Channel<OutboundMessage> _outbound;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastUsed;
    private int _users;
    private int _isClosed;
    private int _localPort;
    private volatile bool _isProven;

    /// <summary>Nothing happens before <see cref="RunAsync"/>. Without an accepted socket that connects to <paramref name="remote"/> first.</summary>
    /// <param name="transport">Whose it is.</param>
    /// <param name="accepted">The socket; null to connect.</param>
    /// <param name="remote">The peer.</param>
    /// <param name="serverName">What the certificate of a peer that we connect to must prove.</param>
    /// <param name="certificate">What that peer is shown when it asks who we are; null for the certificate of the service.</param>
    public TcpConnection(TcpTransport transport, Socket? accepted, IPEndPoint remote, string? serverName, ClientCertificate? certificate = null)
    {
        ClientCertificate = certificate;
        _transport = transport;
        _accepted = accepted;
        _isProven = accepted is null;
        Remote = remote;
        ServerName = serverName;
        Touch();
        _outbound = Channel.CreateBounded<OutboundMessage>(new BoundedChannelOptions(transport.Limits.MaxQueuedMessages) { SingleReader = true });
    }

    /// <summary>The peer's address and port.</summary>
    public IPEndPoint Remote { get; }

    /// <summary>What the peer's certificate was checked for; null for a connection that we accepted, and without TLS.</summary>
    public string? ServerName { get; }

    /// <summary>What the peer is shown when it asks who we are; null for the certificate of the service.</summary>
    public ClientCertificate? ClientCertificate { get; }

    /// <summary>Our own port; 0 before it is connected.</summary>
    public int LocalPort => Volatile.Read(ref _localPort);

    public bool IsOpen => Volatile.Read(ref _isClosed) == 0;

    /// <summary>Whether it was accepted, not opened by us.</summary>
    public bool IsAccepted => _accepted is not null;

    /// <summary>Whether a dialog relies on the connection.</summary>
    public bool IsInUse => Volatile.Read(ref _users) > 0;

    public bool IsProven => _isProven;

    public long LastUsed => Interlocked.Read(ref _lastUsed);

    public bool IsDispensable => !IsInUse && (!_isProven || _transport.TimeProvider.GetElapsedTime(LastUsed) > TransactionTime);

    /// <summary>Whether it may get what no request asked for: the pong of a ping, the refusal of what is no SIP.</summary>
    public bool MayAnswer => !IsAccepted || IsInUse || _transport.Gate?.MayAnswer(Remote.Address) != false;

    public void WhenClosed(Action callback) => _ = _closed.Task.ContinueWith(_ => callback(), TaskScheduler.Default);

    public void Retain() => Interlocked.Increment(ref _users);

    public void Release() => Interlocked.Decrement(ref _users);

    /// <summary>It is used now.</summary>
    public void Touch() => Interlocked.Exchange(ref _lastUsed, _transport.TimeProvider.GetTimestamp());

    /// <summary>Queues a message; false when the connection is closed, or closed now because its peer reads too slowly.</summary>
    public bool TrySend(OutboundMessage message)
    {
        if (!IsOpen)
            return false;
        if (_outbound.Writer.TryWrite(message))
            return true;
        Close(CloseReason.SlowReader);
        return false;
    }

    /// <summary>Runs the connection to its end; never throws.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The connection's catch-all: whatever happens on it ends it alone.")]
    public async Task RunAsync(ITransportListener listener, CancellationToken stopping)
    {
        await using var stop = stopping.Register(() => Close(CloseReason.Stopping)).ConfigureAwait(false);
        try
        {
            using var socket = _accepted ?? await ConnectAsync();
            Prepare(socket);
            Volatile.Write(ref _localPort, ((IPEndPoint)socket.LocalEndPoint!).Port);
            await using var network = new NetworkStream(socket, ownsSocket: false);
            await using var stream = await SecureAsync(network);
            var writing = WriteAsync(stream);
            await ReadAsync(stream, _transport.Flow(this, ((IPEndPoint)socket.LocalEndPoint!).Address), listener);
            _outbound.Writer.TryComplete();
            await writing;
        }
        catch (Exception failure)
        {
            Close(CloseReason.Broken, failure.Message);
        }
        finally
        {
            _outbound.Writer.TryComplete();
            while (_outbound.Reader.TryRead(out var unsent))
                unsent.OnFailed?.Invoke();
        }
    }

    /// <summary>Ends both loops; the first reason counts.</summary>
    /// <param name="reason">One of <see cref="CloseReason"/>.</param>
    /// <param name="detail">More for the log.</param>
    public void Close(string reason, string? detail = null)
    {
        if (!MarkClosed(reason, detail))
            return;
        _closing.Cancel();
    }

    private bool MarkClosed(string reason, string? detail = null)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
            return false;
        _transport.OnClosed(this, reason, detail);
        _closed.SetResult();
        return true;
    }

    private static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, ProbeAfterSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(Remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var patience = new CancellationTokenSource(_transport.Limits.WriteTimeout, _transport.TimeProvider);
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

    private async Task<Stream> SecureAsync(NetworkStream network)
    {
        if (_transport.Handshake is not { } handshake)
            return network;
        using var patience = new CancellationTokenSource(_transport.HandshakeTimeout, _transport.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _closing.Token);
        try
        {
            var stream = IsAccepted ? await handshake.AcceptAsync(network, either.Token) : await handshake.ConnectAsync(network, ServerName!, ClientCertificate, either.Token);
            _transport.OnHandshakeDone(this);
            return stream;
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException or OperationCanceledException)
        {
            _transport.OnHandshakeFailed(this, failure);
            Close(patience.IsCancellationRequested ? CloseReason.HandshakeTimeout : CloseReason.Handshake, failure.Message);
            throw;
        }
    }

    private async Task ReadAsync(Stream stream, SipFlow flow, ITransportListener listener)
    {
        using var keepAlive = IsAccepted || _transport.Limits.KeepAliveInterval == TimeSpan.Zero ? null
            : new KeepAlive(this, _transport.Limits.KeepAliveInterval, _transport.Random, _transport.TimeProvider);
        // Without a buffer while nothing comes: idle connections shall cost little.
        var bytes = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));
        await using var reader = new TcpMessageReader(this, bytes, _transport.Limits, keepAlive, _transport.TimeProvider);
        while (await reader.ReadAsync(_closing.Token) is { } parsed)
        {
            Touch();
            _isProven |= parsed.Message is not null && _transport.Gate?.Trusts(Remote.Address) != false;   // a stranger's message keeps nobody else out
            if (!await AdmitsAsync())
            {
                Close(CloseReason.Banned);
                return;
            }
            _transport.Metrics.Received();
            var message = InboundMessage.From(parsed, flow);
            while (!listener.OnMessage(message))   // the loop is behind: stop reading, and let TCP slow the peer down
                await Task.Delay(TcpMessageReader.QueueFullPause, _transport.TimeProvider, _closing.Token);
        }
        MarkClosed(reader.EndReason);   // what is queued, such as the refusal of an unreadable message, still leaves
    }

    private async ValueTask<bool> AdmitsAsync()
    {
        if (!IsAccepted || _transport.Gate is not { } gate)
            return true;
        GateVerdict verdict;
        while ((verdict = gate.Admit(Remote, IsInUse ? SourceWay.StreamInUse : SourceWay.Stream)) == GateVerdict.TooMany)   // it, or all together: it waits
            await Task.Delay(TcpMessageReader.QueueFullPause, _transport.TimeProvider, _closing.Token);
        return verdict == GateVerdict.Pass;
    }

    private async Task WriteAsync(Stream stream)
    {
        await foreach (var message in _outbound.Reader.ReadAllAsync(_closing.Token))
        {
            using var patience = new CancellationTokenSource(_transport.Limits.WriteTimeout, _transport.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _closing.Token);
            try
            {
                await stream.WriteAsync(message.Bytes, either.Token);
                _transport.Metrics.Sent();
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                Close(patience.IsCancellationRequested ? CloseReason.SlowReader : CloseReason.Broken, failure.Message);
                message.OnFailed?.Invoke();
                return;
            }
        }
    }
}
