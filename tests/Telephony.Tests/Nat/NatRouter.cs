using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Telephony.Tests.Nat;

/// <summary>A router with port forwarding between callers and the agent, in user space: what reaches its outer address goes on to the agent's port of the same
/// number, under the caller's address, and back.</summary>
internal sealed class NatRouter(IPAddress outer, IPAddress agent, IPAddress caller) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<IDisposable> _sockets = [];
    private readonly ConcurrentBag<Task> _running = [];

    /// <summary>Where callers reach us.</summary>
    public IPAddress Outer => outer;

    public void ForwardDatagrams(int port)
    {
        var outside = Bound(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp), outer, port);
        _running.Add(Task.Run(() => InwardAsync(outside, port)));
    }

    public void ForwardConnections(int port)
    {
        var listener = new TcpListener(outer, port);
        listener.Start();
        _sockets.Add(listener);
        _running.Add(Task.Run(() => AcceptAsync(listener, port)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var socket in _sockets)
            socket.Dispose();
        await Task.WhenAll(_running);
        _stopping.Dispose();
    }

    private async Task InwardAsync(Socket outside, int port)
    {
        var mappings = new Dictionary<EndPoint, Socket>();
        var buffer = new byte[2048];
        await UntilStoppedAsync(async () =>
        {
            var received = await outside.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
            if (!mappings.TryGetValue(received.RemoteEndPoint, out var inside))
            {
                mappings.Add(received.RemoteEndPoint, inside = Bound(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp), caller, 0));
                _running.Add(Task.Run(() => OutwardAsync(inside, outside, received.RemoteEndPoint)));
            }
            await inside.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), new IPEndPoint(agent, port), _stopping.Token);
        });
    }

    private async Task OutwardAsync(Socket inside, Socket outside, EndPoint peer)
    {
        var buffer = new byte[2048];
        await UntilStoppedAsync(async () =>
        {
            var length = await inside.ReceiveAsync(buffer, _stopping.Token);
            await outside.SendToAsync(buffer.AsMemory(0, length), peer, _stopping.Token);
        });
    }

    private Task AcceptAsync(TcpListener listener, int port) => UntilStoppedAsync(async () =>
    {
        var outside = new NetworkStream(await listener.AcceptSocketAsync(_stopping.Token), ownsSocket: true);
        var socket = Bound(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), caller, 0);
        await socket.ConnectAsync(new IPEndPoint(agent, port), _stopping.Token);
        var inside = new NetworkStream(socket, ownsSocket: true);
        _sockets.Add(outside);
        _sockets.Add(inside);
        _running.Add(UntilStoppedAsync(() => outside.CopyToAsync(inside, _stopping.Token), once: true));
        _running.Add(UntilStoppedAsync(() => inside.CopyToAsync(outside, _stopping.Token), once: true));
    });

    private async Task UntilStoppedAsync(Func<Task> step, bool once = false)
    {
        try
        {
            do
                await step();
            while (!once && !_stopping.IsCancellationRequested);
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // The test is over, or one of the two ends is.
        }
    }

    private Socket Bound(Socket socket, IPAddress address, int port)
    {
        socket.Bind(new IPEndPoint(address, port));
        _sockets.Add(socket);
        return socket;
    }
}
