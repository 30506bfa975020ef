using System.Net;
using System.Net.Sockets;
using Telephony.Rtp;

namespace Telephony.Checks;

/// <summary>Whether the media ports are free, and datagrams sent to them arrive on this machine.</summary>
internal static class MediaPortsCheck
{
    private const int LoopMs = 500;

    /// <summary>Binds every port pair once, and sends a datagram to the first free one.</summary>
    public static LineFinding Run(TelephonyOptions options, RtpOptions rtpOptions, bool isServiceRunning)
    {
        var subject = $"Media ports {rtpOptions.PortRange}";
        if (!RtpPortRange.TryParse(rtpOptions.PortRange, out var range))
            return new(subject, IsGood: false, "cannot be read: see Telephony:Rtp:PortRange");
        var (free, arrives) = Count(range, options.ListenEndPoints[0].EndPoint.Address);
        return free == 0
            ? new(subject, isServiceRunning, isServiceRunning ? "all taken, by the service that is running" : "all are taken by other programs: choose another range in Telephony:Rtp:PortRange")
            : !arrives
                ? new(subject, IsGood: false, "a datagram sent to one of them by this machine itself does not arrive: allow UDP to them in this machine's firewall")
                : new(subject, IsGood: true, $"{free} of {range.Pairs} pairs are free, one for each call; the firewall must let UDP from your providers to all of them");
    }

    /// <summary>One pair at a time, because a running service needs them too.</summary>
    private static (int Free, bool Arrives) Count(RtpPortRange range, IPAddress address)
    {
        var (free, last, arrives) = (0, 0, false);
        while (free < range.Pairs && range.TryLease(address, out var pair))
        {
            using (pair)
            {
                if (pair.RtpPort <= last)
                    break;   // the range has been gone through
                last = pair.RtpPort;
                if (free++ == 0)
                    arrives = Arrives(pair);
            }
        }
        return (free, arrives);
    }

    private static bool Arrives(RtpPortPair pair)
    {
        var receiver = pair.Rtp;
        var local = (IPEndPoint)receiver.LocalEndPoint!;
        var isAny = local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any);
        var loopback = local.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        using var sender = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            sender.SendTo([0], new IPEndPoint(isAny ? loopback : local.Address, local.Port));
            return receiver.Poll(TimeSpan.FromMilliseconds(LoopMs), SelectMode.SelectRead);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
