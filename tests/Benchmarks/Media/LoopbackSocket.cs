using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Media;

/// <summary>The sockets that instruments send and listen with.</summary>
internal static class LoopbackSocket
{
    /// <summary>A UDP socket on a free port of 127.0.0.1.</summary>
    public static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
