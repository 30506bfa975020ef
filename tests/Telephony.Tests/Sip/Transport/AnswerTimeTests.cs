using System.Diagnostics;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

/// <summary>How soon the stack reacts on real sockets; bounds are wide, because test machines are busy.</summary>
public sealed class AnswerTimeTests(ITestOutputHelper output)
{
    private const int Samples = 300;

    [Fact]
    public async Task Trying_and_pong_come_within_milliseconds()
    {
        await using var bench = await SocketBench.StartAsync("udp://127.0.0.1:0 tcp://127.0.0.1:0");
        var trying = await MeasureTryingAsync(bench);
        var pong = await MeasurePongAsync(bench);

        output.WriteLine($"INVITE to 100: p50 {At(trying, 0.5):F2} ms, p99 {At(trying, 0.99):F2} ms; ping to pong: p50 {At(pong, 0.5):F2} ms, p99 {At(pong, 0.99):F2} ms");
        Assert.InRange(At(trying, 0.5), 0, 50);
        Assert.InRange(At(pong, 0.5), 0, 50);
    }

    private static async Task<double[]> MeasureTryingAsync(SocketBench bench)
    {
        using var peer = SocketBench.Datagrams();
        var times = new double[Samples];
        for (var i = 0; i < Samples; i++)
        {
            var invite = SocketBench.Request("INVITE", $"SIP/2.0/UDP h;rport;branch=z9hG4bKt{i}", $"t{i}");
            var start = Stopwatch.GetTimestamp();
            await peer.SendToAsync(invite, bench.Address(SipProtocol.Udp));
            while (await SocketBench.ReceiveDatagramAsync(peer) is not SipResponse { StatusCode: 100 } response || response.CallId != $"t{i}")
            {
            }
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return [.. times.Order()];
    }

    private static async Task<double[]> MeasurePongAsync(SocketBench bench)
    {
        using var peer = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));
        peer.NoDelay = true;
        var times = new double[Samples];
        for (var i = 0; i < Samples; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await peer.SendAsync("\r\n\r\n"u8.ToArray());
            await SocketBench.ReadUntilAsync(peer, "\r\n");
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return [.. times.Order()];
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)((sorted.Length - 1) * quantile)];
}
