using System.Net;
using Simulation.Live;
using Simulation.Prompts;
using Support;
using Telephony.Audio;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>Whole calls over TLS: of a softphone with TLS of its own, of sipp through a TLS client, and through a proxy that speaks UDP on its other side.</summary>
[Trait("Category", "Peer")]
public sealed class TlsCallTests : IDisposable
{
    private const int RateHz = 48_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Softphone_hears_the_greeting_and_is_heard()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync(new SimulatedLiveOptions { AutoAnswer = false });
        await using var phone = await PhoneAsync(Speech("answer-hours", delayMs: 4_500));
        Assert.True(await phone.CallAsync($"sip:agent@{agent.Tls}", Soon), phone.Log);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync("greeting");
        await session.WaitForAsync(SessionEventKind.SpeechEnded, Soon);

        Assert.True(await phone.Control.CommandAsync("hangup"));
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
        Assert.True(Find(phone.Heard(), "greeting").IsRecognised, phone.Log);
        Assert.True(Find(new WavFile(16_000, 1, session.CallerAudio).ToMono(8000), "answer-hours").IsRecognised);
    }

    [Fact]
    public async Task Softphone_is_hung_up_on()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync(null, ("Calls:DrainGrace", "00:00:01"));
        await using var phone = await PhoneAsync([]);
        Assert.True(await phone.CallAsync($"sip:agent@{agent.Tls}", Soon), phone.Log);

        await agent.StopAsync();

        Assert.NotNull(await phone.Control.WaitForAsync("CALL_CLOSED", Soon));
        Assert.Equal(EndReason.ServiceStopping, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Fact]
    public async Task Certificate_changes_under_a_call_that_goes_on()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync();
        await using var phone = await PhoneAsync([]);
        Assert.True(await phone.CallAsync($"sip:agent@{agent.Tls}", Soon), phone.Log);

        using (var renewed = _authority.Issue("localhost 127.0.0.1"))
            _authority.Write(renewed);
        await Task.Delay(TimeSpan.FromSeconds(3));   // within it the new one is in use

        Assert.Equal(1, agent.RunningCalls);
        Assert.True(await phone.Control.CommandAsync("hangup"));
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Theory, InlineData("hold"), InlineData("info"), InlineData("late-offer")]
    public async Task What_phones_do_in_a_call_goes_over_tls_as_well(string scenario)
    {
        Assert.SkipUnless(Sipp.IsInstalled && TlsClient.IsInstalled, $"{Sipp.Missing} {TlsClient.Missing}");
        await using var agent = await StartAsync();
        await using var tls = await TlsClient.StartAsync(agent.Tls, _authority.CaFile);
        var result = await Sipp.RunAsync(new SippRun(scenario, tls.EndPoint) { Transport = "t1", IsTls = true });
        result.MustSucceed();
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Theory, InlineData("call"), InlineData("hold")]
    public async Task Kamailio_takes_a_call_from_udp_to_tls(string scenario)
    {
        Assert.SkipUnless(Sipp.IsInstalled && Kamailio.IsInstalled, $"{Sipp.Missing} {Kamailio.Missing}");
        await using var agent = await StartAsync();
        await using var proxy = await Kamailio.StartAsync(agent.Tls, _authority);
        await using var sink = new RtpSink(IPAddress.Loopback);

        var result = await Sipp.RunAsync(new SippRun(scenario, proxy.Udp) { MediaPorts = [sink.Port], Stay = TimeSpan.FromSeconds(5) });

        Assert.True(result.ExitCode == 0, proxy.Log);
        result.MustSucceed();
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Fact]
    public async Task Agent_hangs_up_through_kamailio()
    {
        Assert.SkipUnless(Sipp.IsInstalled && Kamailio.IsInstalled, $"{Sipp.Missing} {Kamailio.Missing}");
        await using var agent = await StartAsync(null, ("Calls:DrainGrace", "00:00:01"));
        await using var proxy = await Kamailio.StartAsync(agent.Tls, _authority);
        var calling = Sipp.RunAsync(new SippRun("agent-hangs-up", proxy.Udp));
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);

        await agent.StopAsync();

        (await calling).MustSucceed();
        Assert.Equal(EndReason.ServiceStopping, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    private static PromptMatch Find(short[] heard, string prompt) => PromptRecognizer.Find(heard, PromptLibrary.Get(prompt).Pcm.Span, PromptLibrary.SampleRateHz);

    private static short[] Speech(string prompt, int delayMs) =>
        [.. new short[delayMs * RateHz / 1000], .. new WavFile(PromptLibrary.SampleRateHz, 1, PromptLibrary.Get(prompt).Pcm.ToArray()).ToMono(RateHz)];

    private Task<Baresip> PhoneAsync(short[] speech) =>
        Baresip.StartAsync(new BaresipPhone { Transport = "tls", Speech = speech, CaFile = _authority.CaFile });

    private async Task<AgentUnderTest> StartAsync(SimulatedLiveOptions? live = null, params (string Key, string? Value)[] settings)
    {
        using var certificate = _authority.Issue("localhost 127.0.0.1");
        return await AgentUnderTest.StartAsync(live,
        [
            ("Telephony:Listen:2", "tls://127.0.0.1:0"),
            ("Telephony:Tls:CertificateFile", _authority.Write(certificate)),
            ("Telephony:Tls:TrustedCaFile", _authority.CaFile),
            .. settings,
        ]);
    }
}
