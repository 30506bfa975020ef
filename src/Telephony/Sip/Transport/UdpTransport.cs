using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Telephony.Sip.Admission;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Transport;

/// <summary>SIP over one UDP socket: each datagram is one message.</summary>
/// <remarks>One receive loop, which nothing a peer sends can end. Sending is synchronous: the kernel copies the datagram at once.</remarks>
internal sealed class UdpTransport(SipListenEndPoint listen, OwnAddresses own, SourceGate? gate, SipMetrics metrics, TimeProvider timeProvider,
    ILogger logger) : ISipTransport
{
    private const int MaxDatagramBytes = 65_535;
    private const int SocketBufferBytes = 1 << 20;   // room for a burst of some hundred calls while the loop is busy
    private const int SmallestMessageBytes = 16;     // below it are keep-alives: CRLF, zeros, nothing at all
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(20);

    private readonly Socket _socket = new(listen.EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stopping = new();
    private Task _receiving = Task.CompletedTask;

    public SipListenEndPoint LocalEndPoint { get; private set; } = listen;

    public void Start(ITransportListener listener)
    {
        _socket.ReceiveBufferSize = SocketBufferBytes;
        _socket.Bind(LocalEndPoint.EndPoint);
        LocalEndPoint = LocalEndPoint with { EndPoint = (IPEndPoint)_socket.LocalEndPoint! };
        _receiving = Task.Run(() => ReceiveAsync(listener, _stopping.Token));
        logger.Listening(LocalEndPoint);
    }

    public void Send(ReadOnlyMemory<byte> message, SipFlow flow, Action? onFailed)
    {
        try
        {
            _socket.SendTo(message.Span, SocketFlags.None, flow.Remote);
            metrics.Sent();
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            logger.SendFailed(flow.Remote, failure.Message);
            onFailed?.Invoke();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _stopping.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "The loop's catch-all: an ICMP error, or a bug met by one datagram, must not deafen the socket.")]
    private async Task ReceiveAsync(ITransportListener listener, CancellationToken stopping)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(MaxDatagramBytes, pinned: true);
        var anyone = new IPEndPoint(LocalEndPoint.EndPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, anyone, stopping);
                if (received.ReceivedBytes >= SmallestMessageBytes && Admits((IPEndPoint)received.RemoteEndPoint))
                    Deliver(listener, buffer.AsSpan(0, received.ReceivedBytes), (IPEndPoint)received.RemoteEndPoint, received.PacketInformation.Address);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure)
            {
                logger.ReceiveFailed(LocalEndPoint, failure);
                await Task.Delay(PauseAfterError, timeProvider, CancellationToken.None);
            }
        }
    }

    private bool Admits(IPEndPoint source)
    {
        var verdict = gate?.Admit(source, SourceWay.Datagram) ?? GateVerdict.Pass;
        if (verdict == GateVerdict.Pass)
            return true;
        metrics.Dropped(verdict == GateVerdict.TooMany ? DropReason.TooMany : DropReason.Banned);
        return false;
    }

    private void Deliver(ITransportListener listener, ReadOnlySpan<byte> datagram, IPEndPoint source, IPAddress? destination)
    {
        metrics.Received();
        var flow = new SipFlow(this, source, own.For(source.Address, destination ?? LocalEndPoint.EndPoint.Address));
        if (!listener.OnMessage(InboundMessage.From(SipParser.Parse(datagram), flow)))
            metrics.Dropped(DropReason.QueueFull);
    }
}
