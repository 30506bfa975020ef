using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EndToEnd.Tests.Yardstick;

/// <summary>Passes datagrams on to a phone, but for the first that begins with a certain word: the network has lost it.</summary>
internal sealed class LossyRelay : IAsyncDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _passing;

    public LossyRelay(int phonePort, string lost) => _passing = PassAsync(new IPEndPoint(IPAddress.Loopback, phonePort), Encoding.ASCII.GetBytes(lost));

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    /// <summary>Datagrams that came, the lost one too.</summary>
    public int Received { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _passing;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task PassAsync(IPEndPoint phone, byte[] lost)
    {
        var hasLost = false;
        try
        {
            while (true)
            {
                var datagram = (await _socket.ReceiveAsync(_stop.Token)).Buffer;
                Received++;
                if (hasLost || !datagram.AsSpan().StartsWith(lost))
                    await _socket.SendAsync(datagram, phone);
                else
                    hasLost = true;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
