using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Simulation.Phone;

namespace EndToEnd.Tests;

/// <summary>A9: 20,000 datagrams a second of strangers while calls are up: none is lost, memory stays, and the trunk's calls are answered as ever.</summary>
/// <remarks>Three seconds in the gate, and then the median of the answers; <c>FLOOD_SECONDS=60</c> in the environment for the whole of A9, with its p99.</remarks>
[Trait("Category", "Load"), Collection(nameof(AloneCollection))]
public sealed class FloodTests
{
    private const int DatagramsPerSecond = 20_000;
    private const int Sources = 1_000;
    private const int Calls = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Flood = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("FLOOD_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 3);

    [Fact]
    public async Task Calls_go_on_and_the_trunk_is_answered()
    {
        await using var agent = await AgentUnderTest.StartAsync(settings: ("Telephony:Trunks:office:Addresses:0", "127.0.0.1"));
        var callers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => CallAsync(agent)));
        Assert.All(callers, caller => Assert.True(caller.WasAnswered, $"{caller.End}"));
        // Callers and the simulated service keep what they heard; what the flood costs is what it adds to that.
        var quiet = await SpendAsync(agent, null);
        using var over = new CancellationTokenSource(Flood);
        var flood = Task.Factory.StartNew(() => Send(agent.Udp, over.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var flooded = await SpendAsync(agent, flood);
        var (times, grown) = (flooded.Times, flooded.Megabytes - quiet.Megabytes);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{await flood} datagrams in {Flood.TotalSeconds:F0} s, {times.Count} calls of the trunk: p50 {times[times.Count / 2]:F0} ms, p99 {times[times.Count * 99 / 100]:F0} ms; {grown:F0} MB more");
        Assert.All(callers, caller => Assert.Null(caller.End));
        // Of the few calls of a short flood the slowest would be the machine's as often as ours.
        var slow = Flood.TotalSeconds >= 60 ? times[times.Count * 99 / 100] : times[times.Count / 2];
        Assert.True(slow <= 200, $"p50 {times[times.Count / 2]:F0} ms, p99 {times[times.Count * 99 / 100]:F0} ms");
        Assert.True(grown <= 100, $"{grown:F0} MB more");
        foreach (var caller in callers)
        {
            Assert.Equal(EndedBy.Caller, (await caller.HangUpAsync())?.By);
            await caller.DisposeAsync();
        }
        var calls = Calls + times.Count + quiet.Times.Count;
        Assert.Equal(calls, (await agent.WaitForRecordsAsync(calls)).Count);
    }

    /// <summary>Has the trunk call for as long as a flood lasts: how long its answers took, shortest first, and how much memory is in use more than before.</summary>
    private static async Task<(List<double> Times, double Megabytes)> SpendAsync(AgentUnderTest agent, Task? flood)
    {
        var before = MegabytesInUse();
        var times = new List<double>();
        for (var from = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(from) < Flood;)
        {
            times.Add(await AnswerTimeAsync(agent));
            await Task.Delay(Pause);   // stays below the service's own calls per second
        }
        await (flood ?? Task.CompletedTask);
        times.Sort();
        return (times, MegabytesInUse() - before);
    }

    private static Task<SimulatedCaller> CallAsync(AgentUnderTest agent) =>
        SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri, LocalAddress = IPAddress.Loopback });

    private static async Task<double> AnswerTimeAsync(AgentUnderTest agent)
    {
        var from = Stopwatch.GetTimestamp();
        await using var caller = await CallAsync(agent);
        var elapsed = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        Assert.True(caller.WasAnswered, $"{caller.End}");
        await caller.HangUpAsync();
        return elapsed;
    }

    /// <summary>From a thousand addresses, each with all kinds of messages; returns how many were sent.</summary>
    private static long Send(IPEndPoint agent, CancellationToken over)
    {
        var sockets = Enumerable.Range(0, Sources).Select(Source).ToList();
        long sent = 0;
        var from = Stopwatch.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            for (var due = Stopwatch.GetElapsedTime(from).TotalSeconds * DatagramsPerSecond; sent < due; sent++)
                sockets[(int)(sent % Sources)].SendTo(Datagram(sent), agent);
            Thread.Sleep(1);
        }
        sockets.ForEach(socket => socket.Dispose());
        return sent;
    }

    private static Socket Source(int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse($"127.0.{1 + number / 250}.{1 + number % 250}"), 0));
        return socket;
    }

    private static byte[] Datagram(long number) => (number % 4) switch
    {
        0 => Request("INVITE", number),
        1 => Request("REGISTER", number),
        2 => Request("OPTIONS", number),
        _ => Encoding.ASCII.GetBytes($"{number} is no SIP at all, and rather more of that than would be needed to be noticed"),
    };

    private static byte[] Request(string method, long number) => Encoding.ASCII.GetBytes(
        $"{method} sip:{number}@agent SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.9:5060;rport;branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\nFrom: <sip:{number}@flood>;tag={number}\r\n"
        + $"To: <sip:agent@agent>\r\nCall-ID: {number}\r\nCSeq: 1 {method}\r\nContact: <sip:a@127.0.0.9>\r\nContent-Length: 0\r\n\r\n");

    private static double MegabytesInUse()
    {
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true) / 1e6;
    }
}
