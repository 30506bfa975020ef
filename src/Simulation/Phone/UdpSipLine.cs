using System.Net;
using System.Net.Sockets;

namespace Simulation.Phone;

/// <summary>A caller's own UDP socket for SIP.</summary>
internal sealed class UdpSipLine : ISipLine
{
    private const int MaxDatagramBytes = 65_535;

    private readonly Socket _socket;
    private readonly CancellationTokenSource _stopping = new();
    private Task _receiving = Task.CompletedTask;

    private UdpSipLine(Socket socket) => _socket = socket;

    public string Transport => "UDP";

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Binds a free port of the given address.</summary>
    public static UdpSipLine Open(IPAddress localAddress)
    {
        var socket = new Socket(localAddress.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(localAddress, 0));
        return new UdpSipLine(socket);
    }

    public bool Send(ReadOnlySpan<byte> message, IPEndPoint destination)
    {
        try
        {
            return _socket.SendTo(message, destination) == message.Length;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Start(Action<SipText, IPEndPoint> received, Action<string> lost) => _receiving = ReceiveAsync(received);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _stopping.Dispose();
    }

    private async Task ReceiveAsync(Action<SipText, IPEndPoint> received)
    {
        var buffer = new byte[MaxDatagramBytes];
        var any = new IPEndPoint(LocalEndPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var result = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, any, _stopping.Token);
                if (SipText.TryParse(buffer.AsSpan(0, result.ReceivedBytes), out var message))
                    received(message!, (IPEndPoint)result.RemoteEndPoint);
            }
            catch (SocketException)
            {
                // An ICMP error of an earlier datagram (RFC 3261 section 18.4 lets it pass; the timers end the request).
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
