using System.Net;
using System.Net.Sockets;

namespace Simulation.Phone;

/// <summary>A caller's TCP connection for SIP, and a listener for far sides that open one of their own to the Contact.</summary>
internal sealed class TcpSipLine : ISipLine
{
    private readonly Socket _connection;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];   // written by Start and the accept loop, read after both have ended

    private TcpSipLine(Socket connection, Socket listener) => (_connection, _listener) = (connection, listener);

    public string Transport => "TCP";

    public IPEndPoint LocalEndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Connects to the target.</summary>
    /// <exception cref="SocketException">The target refuses, or the address to call from is not this machine's.</exception>
    public static async Task<TcpSipLine> ConnectAsync(IPAddress localAddress, IPEndPoint target, CancellationToken cancellationToken)
    {
        var connection = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            connection.Bind(new IPEndPoint(localAddress, 0));
            await connection.ConnectAsync(target, cancellationToken);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        var listener = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(localAddress, 0));
        listener.Listen();
        return new TcpSipLine(connection, listener);
    }

    public bool Send(ReadOnlySpan<byte> message, IPEndPoint destination)
    {
        try
        {
            return _connection.Send(message) == message.Length;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Start(Action<SipText, IPEndPoint> received, Action<string> lost)
    {
        _loops.Add(ReadAsync(_connection, received, lost));
        _loops.Add(AcceptAsync(received));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        for (var i = 0; i < _loops.Count; i++)
            await _loops[i];
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Action<SipText, IPEndPoint> received)
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
                _loops.Add(ReadAsync(await _listener.AcceptAsync(_stopping.Token), received, _ => { }));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ReadAsync(Socket connection, Action<SipText, IPEndPoint> received, Action<string> lost)
    {
        using var owned = connection;
        var remote = (IPEndPoint)connection.RemoteEndPoint!;
        var framer = new SipTextFramer();
        var reason = "the far side closed the connection";
        try
        {
            int count;
            while ((count = await connection.ReceiveAsync(framer.Free, SocketFlags.None, _stopping.Token)) > 0)
            {
                framer.Advance(count);
                while (framer.TryTake(out var message))
                    received(message!, remote);
                if (framer.IsFull)
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (SocketException e)
        {
            reason = e.Message;
        }
        lost(reason);
    }
}
