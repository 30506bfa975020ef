using System.Net;
using System.Net.Sockets;
using AudioMeasures.Impairments;

namespace AudioMeasures.Tests;

public class ImpairmentTests
{
    private const int Packets = 20_000;

    [Theory]
    [InlineData(0.05, 1)]
    [InlineData(0.10, 3)]
    public void As_much_is_lost_as_is_set_in_bursts_of_that_length(double loss, int burst)
    {
        var line = new ImpairedLine(new Impairment { Loss = loss, BurstPackets = burst }, seed: 1);
        var lost = Enumerable.Range(0, Packets).Select(i => line.Arrivals(20 * i).Length == 0).ToList();
        Assert.Equal(loss, lost.Count(isLost => isLost) / (double)Packets, tolerance: loss / 8);
        var run = 0;
        foreach (var isLost in lost)
        {
            if (!isLost)
                Assert.Equal(0, run % burst);
            run = isLost ? run + 1 : 0;
        }
    }

    [Fact]
    public void Jitter_keeps_the_order_and_its_bounds()
    {
        var line = new ImpairedLine(new Impairment { DelayMs = 40, JitterMs = 30 }, seed: 2);
        var latest = 0.0;
        for (var i = 0; i < Packets; i++)
        {
            var arrival = Assert.Single(line.Arrivals(20 * i));
            Assert.InRange(arrival - 20 * i, 40, 70);
            Assert.True(arrival >= latest);
            latest = arrival;
        }
    }

    [Fact]
    public void Reordered_and_doubled_packets_are_as_many_as_set()
    {
        var line = new ImpairedLine(new Impairment { Reorder = 0.02, ReorderMs = 30, Duplicate = 0.01 }, seed: 3);
        var arrivals = Enumerable.Range(0, Packets).Select(i => line.Arrivals(20 * i)).ToList();
        Assert.Equal(0.02 * Packets, arrivals.Zip(arrivals.Skip(1)).Count(pair => pair.First[0] > pair.Second[0]), tolerance: 60);
        Assert.Equal(0.01 * Packets, arrivals.Count(times => times.Length == 2), tolerance: 40);
    }

    [Fact]
    public void The_same_seed_decides_the_same_again()
    {
        var impairment = new Impairment { Loss = 0.05, JitterMs = 30, Reorder = 0.02, Duplicate = 0.02 };
        double[] All(int seed)
        {
            var line = new ImpairedLine(impairment, seed);
            return [.. Enumerable.Range(0, 1000).SelectMany(i => line.Arrivals(20 * i))];
        }
        Assert.Equal(All(5), All(5));
        Assert.NotEqual(All(5), All(6));
    }

    [Fact]
    public void The_relay_passes_on_both_ways_and_does_what_is_set()
    {
        using var far = Bound();
        using var near = Bound();
        using var relay = new ImpairmentRelay(new IPEndPoint(IPAddress.Loopback, 0), Address(far), new Impairment { Loss = 0.5 }, new Impairment { Duplicate = 1 }, seed: 4);
        for (byte i = 0; i < 100; i++)
            near.SendTo([i], relay.Address);
        var (heard, from) = ReceiveAll(far, 100 - ExpectedLosses());
        Assert.Equal(100 - ExpectedLosses(), heard.Count);
        Assert.Equal(heard.Order(), heard);

        far.SendTo([200], from!);
        Assert.Equal([200, 200], ReceiveAll(near, 2).Heard);

        // Which packets the seed takes is known; that the relay takes the same ones is the proof.
        static int ExpectedLosses()
        {
            var line = new ImpairedLine(new Impairment { Loss = 0.5 }, seed: 4);
            return Enumerable.Range(0, 100).Count(i => line.Arrivals(i).Length == 0);
        }
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static IPEndPoint Address(Socket socket) => (IPEndPoint)socket.LocalEndPoint!;

    private static (List<byte> Heard, EndPoint? From) ReceiveAll(Socket socket, int count)
    {
        var (heard, buffer) = (new List<byte>(), new byte[10]);
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (heard.Count < count)
        {
            socket.ReceiveFrom(buffer, ref from);
            heard.Add(buffer[0]);
        }
        return (heard, from);
    }
}
