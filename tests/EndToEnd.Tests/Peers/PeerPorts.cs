using System.Net;
using System.Net.Sockets;

namespace EndToEnd.Tests.Peers;

/// <summary>Ports for peers that must be told a number: free for UDP and TCP when asked, and given to one peer only.</summary>
internal static class PeerPorts
{
    private const int First = 10_000;   // below the agent's media ports, above what is listened on by habit
    private const int Last = 19_900;

    private static int _next = First + 100 * (Environment.ProcessId % 90);

    /// <summary>A block of ports that begins with an even number.</summary>
    public static int Take(int count = 2)
    {
        while (true)
        {
            var first = Interlocked.Add(ref _next, count + count % 2) - (count + count % 2);
            if (first + count > Last)
                Interlocked.CompareExchange(ref _next, First, first + count + count % 2);
            else if (Enumerable.Range(first, Math.Min(count, 8)).All(IsFree))
                return first;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Any, port));
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
