using System.Net;
using Simulation.Live;
using Simulation.Prompts;
using Telephony.Audio;
using Telephony.Codecs;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>One call each of a foreign SIP stack that does what phones and trunks do, and what they should not.</summary>
[Trait("Category", "Peer")]
public sealed class SippCallTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Theory, InlineData("say-pcmu", "PCMU", "u1"), InlineData("say-pcma", "PCMA", "u1"), InlineData("say-pcmu", "PCMU", "t1")]
    public async Task What_sipp_says_over_its_own_rtp_arrives_at_the_model(string scenario, string codec, string transport)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        var question = PromptLibrary.Get("answer-hours");
        var result = await RunAsync(agent, scenario, transport, codec: codec, speech: Encode(question, codec), stay: TimeSpan.FromSeconds(6));
        result.MustSucceed();

        await agent.WaitForRecordsAsync(1);
        var heard = new WavFile(16_000, 1, Assert.Single(agent.Live.Sessions).CallerAudio).ToMono(8000);
        var match = PromptRecognizer.Find(heard, question.Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(match.IsRecognised, $"{match}");
    }

    [Theory, InlineData("u1"), InlineData("t1")]
    public async Task Late_offer_is_answered_with_an_offer_and_the_greeting_is_heard(string transport)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        await using var sink = new RtpSink(IPAddress.Loopback);
        var result = await RunAsync(agent, "late-offer", transport, sink, stay: TimeSpan.FromSeconds(5));
        result.MustSucceed();
        Assert.Contains("offer: m=audio ", result.Log, StringComparison.Ordinal);
        Assert.True(Greeting(sink).IsRecognised, $"{Greeting(sink)}");
    }

    [Theory, InlineData("u1"), InlineData("t1")]
    public async Task Cancel_before_the_answer_ends_the_call(string transport)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(SlowSetup(3_000));
        (await RunAsync(agent, "cancel", transport)).MustSucceed();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.Cancelled, record.EndReason);
        Assert.Null(record.AnsweredAfterMs);
        await agent.WhenIdleAsync();
    }

    [Fact]
    public async Task Repeated_invite_stays_one_call_and_gets_each_answer_again()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(SlowSetup(500));
        var result = await RunAsync(agent, "retransmitted-invite", "u1");
        result.MustSucceed();
        Assert.InRange(result.CountReceived("SIP/2.0 180"), 1, 3);
        Assert.InRange(result.CountReceived("SIP/2.0 200", "INVITE"), 2, 4);   // repeated until the ACK that comes 0.8 s late
        Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Single(agent.Live.Sessions);
    }

    [Theory, InlineData("u1"), InlineData("t1")]
    public async Task Agent_sends_bye_and_the_caller_agrees(string transport)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(null, ("Calls:DrainGrace", "00:00:01"));
        await using var sink = new RtpSink(IPAddress.Loopback);
        var calling = RunAsync(agent, "agent-hangs-up", transport, sink);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await agent.StopAsync();

        (await calling).MustSucceed();
        Assert.Equal(EndReason.ServiceStopping, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Theory, InlineData("u1"), InlineData("t1")]
    public async Task Hold_is_mirrored_and_the_call_goes_on_after_it(string transport)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        await using var sink = new RtpSink(IPAddress.Loopback);
        var result = await RunAsync(agent, "hold", transport, sink, stay: TimeSpan.FromSeconds(2));
        result.MustSucceed();
        Assert.Contains("sendonly was answered with a=recvonly", result.Log, StringComparison.Ordinal);
        Assert.Contains("sendrecv was answered with a=sendrecv", result.Log, StringComparison.Ordinal);
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.CallerHungUp, record.EndReason);
        // Nothing is sent to a caller who only sends, for 1.5 s of 5 s; the timestamps go on with the time.
        Assert.InRange(sink.Statistics.Packets, 160, 190);
    }

    [Theory, InlineData("u1"), InlineData("t1")]
    public async Task Digits_by_info_are_noted(string transport)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        (await RunAsync(agent, "info", transport)).MustSucceed();
        Assert.Equal("78", Assert.Single(await agent.WaitForRecordsAsync(1)).Digits);
    }

    [Theory, InlineData("u1"), InlineData("t1")]
    public async Task Call_over_ipv6_hears_the_greeting(string transport)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(null, ("Telephony:Listen:0", "udp://[::1]:0"), ("Telephony:Listen:1", "tcp://[::1]:0"));
        await using var sink = new RtpSink(IPAddress.IPv6Loopback);
        (await RunAsync(agent, "call", transport, sink, stay: TimeSpan.FromSeconds(5))).MustSucceed();
        Assert.True(Greeting(sink).IsRecognised, $"{Greeting(sink)}");
    }

    [Fact]
    public async Task Failed_scenario_is_reported_with_sipps_own_words()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(null, ("Calls:MaxCalls", "1"));
        var result = await Sipp.RunAsync(new SippRun("call", agent.Udp) { MediaPorts = [9, 9] });
        Assert.Equal((1, 1, 1), (result.ExitCode, result.Successful, result.Failed));
        Assert.Contains("503", result.Errors, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => result.MustSucceed(2));
    }

    private static Task<SippResult> RunAsync(
        AgentUnderTest agent, string scenario, string transport, RtpSink? sink = null, string codec = "PCMU", byte[]? speech = null, TimeSpan? stay = null) =>
        Sipp.RunAsync(new SippRun(scenario, transport == "u1" ? agent.Udp : agent.Tcp)
        {
            Transport = transport,
            Codec = codec,
            MediaPorts = [sink?.Port ?? 9],
            Speech = speech,
            Stay = stay ?? TimeSpan.FromSeconds(1),
        });

    private static PromptMatch Greeting(RtpSink sink) =>
        PromptRecognizer.Find(sink.Heard.ToArray(), PromptLibrary.Get("greeting").Pcm.Span, PromptLibrary.SampleRateHz);

    private static SimulatedLiveOptions SlowSetup(int ms) => new()
    {
        Script = LiveScript.Parse($$"""{ "sessions": [ { "steps": [ { "do": "wait", "ms": {{ms}} }, { "do": "acceptSetup" } ] } ] }"""),
    };

    private static byte[] Encode(Prompt prompt, string codec)
    {
        var pcm = new WavFile(PromptLibrary.SampleRateHz, 1, prompt.Pcm.ToArray()).ToMono(8000);
        // The agent does not pass on what is said in the first moment, so that a hello does not cut its greeting.
        return [.. new short[1_500 * 8].Concat(pcm).Select(sample => codec == "PCMA" ? G711.EncodeALaw(sample) : G711.EncodeMuLaw(sample))];
    }
}
