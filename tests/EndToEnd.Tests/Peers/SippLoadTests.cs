using System.Net;
using Simulation.Prompts;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>Fifty calls of a foreign SIP stack, each with a socket of its own for the media.</summary>
[Trait("Category", "Peer"), Collection(nameof(PeerCollection))]
public sealed class SippLoadTests
{
    private const int Calls = 50;

    [Theory]
    [InlineData("u1", "PCMU")]
    [InlineData("u1", "PCMA")]
    [InlineData("t1", "PCMU")]
    [InlineData("tn", "PCMA")]
    public async Task Fifty_calls_are_answered_and_each_hears_the_whole_greeting(string transport, string codec)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        var sinks = Enumerable.Range(0, Calls).Select(_ => new RtpSink(IPAddress.Loopback, codec)).ToList();

        var result = await Sipp.RunAsync(new SippRun("call", transport == "u1" ? agent.Udp : agent.Tcp)
        {
            Transport = transport,
            Codec = codec,
            MediaPorts = [.. sinks.Select(sink => sink.Port)],
            CallsPerSecond = 25,
            Stay = TimeSpan.FromSeconds(5),
        });
        foreach (var sink in sinks)
            await sink.DisposeAsync();

        result.MustSucceed(Calls);
        var greeting = PromptLibrary.Get("greeting").Pcm;
        Assert.All(sinks, sink =>
        {
            var match = PromptRecognizer.Find(sink.Heard.ToArray(), greeting.Span, PromptLibrary.SampleRateHz);
            Assert.True(match.IsRecognised, $"{match}");
            Assert.Equal((0, 0, 0), (sink.Statistics.Lost, sink.Statistics.Duplicates, sink.Statistics.OutOfOrder));
            // Both ends, the model and fifty calls share the machine's cores: where all of it stood still, the agent's timestamps step over the pause.
            Assert.InRange(sink.Statistics.TimestampSteps, 0, 3);
            Assert.InRange(sink.Statistics.Packets, 225, 260);   // 5 s of 20 ms, less those pauses
        });
        var records = await agent.WaitForRecordsAsync(Calls);
        Assert.All(records, record => Assert.Equal(EndReason.CallerHungUp, record.EndReason));
        await agent.WhenIdleAsync();
    }
}
