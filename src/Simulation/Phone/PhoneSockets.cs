using System.Net;
using System.Net.Sockets;

namespace Simulation.Phone;

/// <summary>A caller's RTP socket on an even port and its RTCP socket on the odd one above (RFC 3550 section 11).</summary>
internal sealed class PhoneSockets : IDisposable
{
    private const int FirstPort = 30_000;   // above the agent's own default range
    private const int LastPort = 60_998;
    private const int Attempts = 500;

    private PhoneSockets(Socket rtp, Socket rtcp) => (Rtp, Rtcp) = (rtp, rtcp);

    public Socket Rtp { get; }

    public Socket Rtcp { get; }

    public IPEndPoint LocalRtp => (IPEndPoint)Rtp.LocalEndPoint!;

    /// <summary>Binds a random free pair.</summary>
    /// <exception cref="SocketException">No pair is free.</exception>
    public static PhoneSockets Open(IPAddress address)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FirstPort + 2 * Random.Shared.Next((LastPort - FirstPort) / 2);
            var rtp = NewSocket(address);
            var rtcp = NewSocket(address);
            try
            {
                rtp.Bind(new IPEndPoint(address, port));
                rtcp.Bind(new IPEndPoint(address, port + 1));
                return new PhoneSockets(rtp, rtcp);
            }
            catch (SocketException) when (attempt < Attempts)
            {
                rtp.Dispose();
                rtcp.Dispose();
            }
        }
    }

    public void Dispose()
    {
        Rtp.Dispose();
        Rtcp.Dispose();
    }

    private static Socket NewSocket(IPAddress address) => new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
}
