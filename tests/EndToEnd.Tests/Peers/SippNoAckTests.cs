using System.Net;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>Waits for 64 times T1, 32 s of real time; in a class of its own so that it runs beside the others.</summary>
[Trait("Category", "Peer")]
public sealed class SippNoAckTests
{
    [Fact]
    public async Task Answer_that_is_never_acknowledged_is_repeated_and_then_hung_up()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        await using var sink = new RtpSink(IPAddress.Loopback);   // a caller without media would be given up first, after 30 s
        var result = await Sipp.RunAsync(new SippRun("no-ack", agent.Udp) { MediaPorts = [sink.Port], Limit = TimeSpan.FromSeconds(50) });
        result.MustSucceed();

        // After 0.5, 1, 2 s and then every 4 s (RFC 3261 section 13.3.1.4): ten or eleven times in 32 s.
        Assert.InRange(result.CountReceived("SIP/2.0 200"), 10, 12);
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.NotAcknowledged, record.EndReason);
    }
}
