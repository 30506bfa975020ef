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
            Assert.True(PromptRecognizer.Find(sink.Heard.ToArray(), greeting.Span, PromptLibrary.SampleRateHz).IsRecognised);
            Assert.Equal((0, 0, 0), (sink.Statistics.Lost, sink.Statistics.Duplicates, sink.Statistics.TimestampSteps));
            Assert.InRange(sink.Statistics.Packets, 245, 260);   // 5 s of 20 ms
        });
        var records = await agent.WaitForRecordsAsync(Calls);
        Assert.All(records, record => Assert.Equal(EndReason.CallerHungUp, record.EndReason));
        Assert.Equal(0, agent.RunningCalls);
    }
}
