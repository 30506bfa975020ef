using System.Net;
using Simulation.Prompts;
using Support;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>Fifty calls of a foreign SIP stack, each with a socket of its own for the media.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class SippLoadTests : IDisposable
{
    private const int Calls = 50;

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("u1", "PCMU")]
    [InlineData("t1", "PCMU")]
    [InlineData("tn", "PCMA")]
    public async Task Fifty_calls_are_answered_and_each_hears_the_whole_greeting(string transport, string codec)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        var heard = await CallAsync(agent, new SippRun("call", transport == "u1" ? agent.Udp : agent.Tcp) { Transport = transport, Codec = codec });
        Assert.All(heard, sink =>
        {
            Assert.Equal((0, 0, 0), (sink.Statistics.Lost, sink.Statistics.Duplicates, sink.Statistics.OutOfOrder));
            // Both ends, the model and fifty calls share the machine's cores: where all of it stood still, the agent's timestamps step over the pause.
            Assert.InRange(sink.Statistics.TimestampSteps, 0, 3);
            Assert.InRange(sink.Statistics.Packets, 225, 260);   // 5 s of 20 ms, less those pauses
        });
    }

    [Theory, InlineData("t1"), InlineData("tn")]
    public async Task Fifty_calls_over_tls_are_answered_and_each_hears_the_whole_greeting(string connections)
    {
        Assert.SkipUnless(Sipp.IsInstalled && TlsClient.IsInstalled, $"{Sipp.Missing} {TlsClient.Missing}");
        using var certificate = _authority.Issue("localhost 127.0.0.1");
        await using var agent = await AgentUnderTest.StartAsync(null, ("Telephony:Listen:2", "tls://127.0.0.1:0"), ("Telephony:Tls:CertificateFile", _authority.Write(certificate)));
        await using var tls = await TlsClient.StartAsync(agent.Tls, _authority.CaFile);
        await CallAsync(agent, new SippRun("call", tls.EndPoint) { Transport = connections, IsTls = true });
    }

    /// <summary>Has them call, each with the whole greeting heard and its record kept; gives what was heard.</summary>
    private static async Task<IReadOnlyList<RtpSink>> CallAsync(AgentUnderTest agent, SippRun run)
    {
        var sinks = Enumerable.Range(0, Calls).Select(_ => new RtpSink(IPAddress.Loopback, run.Codec)).ToList();
        var result = await Sipp.RunAsync(run with { MediaPorts = [.. sinks.Select(sink => sink.Port)], CallsPerSecond = 25, Stay = TimeSpan.FromSeconds(5) });
        foreach (var sink in sinks)
            await sink.DisposeAsync();

        result.MustSucceed(Calls);
        var greeting = PromptLibrary.Get("greeting").Pcm;
        Assert.All(sinks, sink =>
        {
            var match = PromptRecognizer.Find(sink.Heard.ToArray(), greeting.Span, PromptLibrary.SampleRateHz);
            Assert.True(match.IsRecognised, $"{match}");
        });
        Assert.All(await agent.WaitForRecordsAsync(Calls), record => Assert.Equal(EndReason.CallerHungUp, record.EndReason));
        await agent.WhenIdleAsync();
        return sinks;
    }
}
