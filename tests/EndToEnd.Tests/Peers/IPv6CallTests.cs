using System.Net;
using Simulation.Live;
using Simulation.Prompts;
using Telephony.Audio;
using Telephony.Codecs;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>Goal A29: what works over IPv4 works over IPv6, with the same peers; transfer is in <see cref="BaresipTransferTests"/>.</summary>
[Trait("Category", "Peer")]
public sealed class IPv6CallTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Theory, InlineData("u1"), InlineData("t1")]
    public async Task What_sipp_says_arrives_at_the_model(string transport)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await StartAsync();
        var question = PromptLibrary.Get("answer-hours");
        var pcm = new WavFile(PromptLibrary.SampleRateHz, 1, question.Pcm.ToArray()).ToMono(8000);
        var speech = (byte[])[.. new short[1_500 * 8].Concat(pcm).Select(G711.EncodeMuLaw)];
        (await RunAsync(agent, "say-pcmu", transport, speech: speech, stay: TimeSpan.FromSeconds(6))).MustSucceed();
        await agent.WaitForRecordsAsync(1);
        var heard = new WavFile(16_000, 1, Assert.Single(agent.Live.Sessions).CallerAudio).ToMono(8000);
        Assert.True(PromptRecognizer.Find(heard, question.Pcm.Span, PromptLibrary.SampleRateHz).IsRecognised);
    }

    [Fact]
    public async Task Hold_is_mirrored_and_the_greeting_heard()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await StartAsync();
        await using var sink = new RtpSink(IPAddress.IPv6Loopback);
        (await RunAsync(agent, "hold", "u1", sink, stay: TimeSpan.FromSeconds(2))).MustSucceed();
        Assert.InRange(sink.Statistics.Packets, 160, 190);   // nothing is sent for 1.5 s of 5 s
    }

    [Fact]
    public async Task Digits_by_info_are_noted()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await StartAsync();
        (await RunAsync(agent, "info", "t1")).MustSucceed();
        Assert.Equal("78", Assert.Single(await agent.WaitForRecordsAsync(1)).Digits);
    }

    [Fact]
    public async Task Agent_sends_bye_and_the_caller_agrees()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await StartAsync(("Calls:DrainGrace", "00:00:01"));
        var calling = RunAsync(agent, "agent-hangs-up", "u1");
        await (await agent.Live.WaitForSessionAsync(1, Soon)).WaitForAsync(SessionEventKind.TextReceived, Soon);
        await agent.StopAsync();
        (await calling).MustSucceed();
        Assert.Equal(EndReason.ServiceStopping, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Fact]
    public async Task Keys_of_a_softphone_are_noted()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync();
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Host = "[::1]", Codecs = "opus/48000/2", Speech = [] });
        Assert.True(await phone.CallAsync(agent.SipUri, Soon), phone.Log);
        await phone.Control.CommandAsync("sndcode", "4");
        await phone.Control.CommandAsync("sndcode", "2");
        await Task.Delay(1_000);
        await phone.Control.CommandAsync("hangup");
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(("42", EndReason.CallerHungUp), (record.Digits, record.EndReason));
    }

    private static Task<AgentUnderTest> StartAsync(params (string Key, string? Value)[] settings) =>
        AgentUnderTest.StartAsync(null, [("Telephony:Listen:0", "udp://[::1]:0"), ("Telephony:Listen:1", "tcp://[::1]:0"), .. settings]);

    private static Task<SippResult> RunAsync(AgentUnderTest agent, string scenario, string transport, RtpSink? sink = null, byte[]? speech = null, TimeSpan? stay = null) =>
        Sipp.RunAsync(new SippRun(scenario, transport == "u1" ? agent.Udp : agent.Tcp)
        {
            Transport = transport, MediaPorts = [sink?.Port ?? 9], Speech = speech, Stay = stay ?? TimeSpan.FromSeconds(1),
        });
}
