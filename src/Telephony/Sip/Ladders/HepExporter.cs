using System.Net;
using System.Net.Sockets;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Ladders;

/// <summary>Sends a copy of each SIP message to a capture server (<see cref="HepPacket"/>), without credentials, keys and digits.</summary>
/// <remarks>Messages come on the signalling loop, which waits for nothing: what cannot be sent at once is lost, and counted. The server's name is looked up at the start and every minute.</remarks>
internal sealed class HepExporter : IDisposable
{
    private static readonly TimeSpan LookUpInterval = TimeSpan.FromMinutes(1);

    private readonly HepOptions _options;
    private readonly (string Host, int Port) _target;
    private readonly SipMetrics _metrics;
    private readonly Socket _socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true, Blocking = false };
    private readonly ITimer? _lookUp;
    private volatile IPEndPoint? _collector;

    private HepExporter(HepOptions options, (string Host, int Port) target, SipMetrics metrics, TimeProvider time)
    {
        (_options, _target, _metrics) = (options, target, metrics);
        if (IPAddress.TryParse(target.Host, out var address))
            _collector = new IPEndPoint(address.MapToIPv6(), target.Port);
        else
            _lookUp = time.CreateTimer(_ => LookUp(), null, TimeSpan.Zero, LookUpInterval);
    }

    /// <summary>An exporter; null where no server is configured.</summary>
    public static HepExporter? Create(HepOptions options, SipMetrics metrics, TimeProvider time) =>
        options.Target is { } target ? new HepExporter(options, target, metrics, time) : null;

    /// <summary>A message came or went.</summary>
    /// <param name="at">When.</param>
    /// <param name="isSent">Whether we sent it.</param>
    /// <param name="message">Its bytes.</param>
    /// <param name="flow">Its way.</param>
    /// <param name="sipCallId">Its Call-ID.</param>
    public void Send(DateTimeOffset at, bool isSent, ReadOnlyMemory<byte> message, SipFlow flow, string sipCallId)
    {
        var local = new IPEndPoint(flow.AdvertisedAddress, flow.AdvertisedPort ?? 0);
        var (source, destination) = isSent ? (local, flow.Remote) : (flow.Remote, local);
        if (source.AddressFamily != destination.AddressFamily)
            (source, destination) = (new IPEndPoint(source.Address.MapToIPv6(), source.Port), new IPEndPoint(destination.Address.MapToIPv6(), destination.Port));
        var isDatagram = flow.Transport.LocalEndPoint.Protocol == SipProtocol.Udp;
        var packet = HepPacket.Write(at, source, destination, isDatagram, _options, sipCallId, LadderRedaction.Apply(message.Span));
        if (packet is null || _collector is not { } collector || !TrySend(packet, collector))
            _metrics.CopyLost();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lookUp?.Dispose();
        _socket.Dispose();
    }

    private bool TrySend(byte[] packet, IPEndPoint collector)
    {
        try
        {
            return _socket.SendTo(packet, collector) == packet.Length;
        }
        catch (SocketException)
        {
            return false;   // full, or nobody there: the next one may arrive
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private void LookUp() => Dns.GetHostAddressesAsync(_target.Host).ContinueWith(
        found =>
        {
            if (found is { IsCompletedSuccessfully: true, Result: [var first, ..] })
                _collector = new IPEndPoint(first.MapToIPv6(), _target.Port);
            _ = found.Exception;   // seen: the former address stays
        },
        TaskScheduler.Default);
}
