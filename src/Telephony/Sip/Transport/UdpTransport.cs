using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Telephony.Sip.Admission;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Transport;

/// <summary>SIP over one UDP socket: each datagram is one message.</summary>
/// <remarks>One receive loop on a thread of its own, which nothing a peer sends can end, and which no call's work keeps waiting. Sending is synchronous: the kernel copies the datagram at once.</remarks>
internal sealed class UdpTransport(SipListenEndPoint listen, OwnAddresses own, SourceGate? gate, SipMetrics metrics, ILogger logger) : ISipTransport
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
        _receiving = Task.Factory.StartNew(() => Receive(listener), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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
        _socket.Dispose();   // ends the blocking receive
        await _receiving;
        _stopping.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "The loop's catch-all: an ICMP error, or a bug met by one datagram, must not deafen the socket.")]
    private void Receive(ITransportListener listener)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(MaxDatagramBytes, pinned: true);
        EndPoint anyone = new IPEndPoint(LocalEndPoint.EndPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var (flags, from) = (SocketFlags.None, anyone);
                var bytes = _socket.ReceiveMessageFrom(buffer, ref flags, ref from, out var packet);
                if (bytes >= SmallestMessageBytes && Admits((IPEndPoint)from))
                    Deliver(listener, buffer.AsSpan(0, bytes), (IPEndPoint)from, packet.Address);
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                logger.ReceiveFailed(LocalEndPoint, failure);
                Thread.Sleep(PauseAfterError);
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
