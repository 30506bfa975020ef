using Simulation.Live;
using Simulation.Prompts;
using Support;
using Telephony.Audio;
using Telephony.Rtp.Srtp;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>Goal A21 with real phones: calls whose media is encrypted, judged by what both sides have heard.</summary>
[Trait("Category", "Peer")]
public sealed class SrtpCallTests : IDisposable
{
    private const int RateHz = 48_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly TestAuthority _authority = new();
    private int _agents;

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("srtp-mand", "PCMU")]
    [InlineData("srtp", "opus/48000/2")]
    public async Task Baresip_hears_the_greeting_and_is_heard(string encryption, string codec)
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync(("Telephony:Srtp:Policy", "Required"));
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Transport = "tls", Codecs = codec, MediaEncryption = encryption, CaFile = _authority.CaFile, Speech = Speech("answer-hours", delayMs: 4_500) });
        Assert.True(await phone.CallAsync($"sip:agent@{agent.Tls}", Soon), phone.Log);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync("greeting");
        await session.WaitForAsync(SessionEventKind.SpeechEnded, Soon);

        Assert.True(await phone.Control.CommandAsync("hangup"));
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
        Assert.Contains("SRTP is Enabled (cryptosuite=AES_CM_128_HMAC_SHA1_80", phone.Log, StringComparison.Ordinal);
        Assert.True(Find(phone.Heard(), "greeting").IsRecognised, phone.Log);
        Assert.True(Find(new WavFile(16_000, 1, session.CallerAudio).ToMono(8000), "answer-hours").IsRecognised);
    }

    [Fact]
    public async Task Baresip_is_heard_and_hears_after_hold()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync(("Telephony:Srtp:Policy", "Required"));
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Transport = "tls", MediaEncryption = "srtp-mand", CaFile = _authority.CaFile, Speech = [.. new short[4 * RateHz], .. ToneCall.Speech] });
        Assert.True(await phone.CallAsync($"sip:agent@{agent.Tls}", Soon), phone.Log);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync("greeting");
        Assert.True(await phone.Control.CommandAsync("hold"));
        await Task.Delay(500);
        Assert.True(await phone.Control.CommandAsync("resume"));
        await session.WaitForAsync(SessionEventKind.SpeechEnded, Soon);
        Assert.True(await phone.Control.CommandAsync("hangup"));

        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
        Assert.InRange(ToneCall.LevelDb(session.CallerAudio, 16_000), -0.5, 0.5);
        Assert.DoesNotContain("failed to decrypt", phone.Log, StringComparison.OrdinalIgnoreCase);
    }

    // A phone of another make; its own library of ciphers, and Opus.
    [Fact]
    public async Task Linphone_hears_and_is_heard()
    {
        Assert.SkipUnless(Linphone.IsInstalled, Linphone.Missing);
        await using var agent = await StartAsync(("Telephony:Srtp:Policy", "Required"));
        await using var phone = await Linphone.StartAsync("tls", "srtp");
        new WavFile(8_000, 1, Tone.Sine(8_000, ToneCall.FrequencyHz, 12_000, ToneCall.Amplitude)).Write(phone.PathOf("say.wav"));
        await phone.SayAsync($"record {phone.PathOf("heard.wav")}");
        await phone.SayAsync($"call sip:agent@{agent.Tls};transport=tls");
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        Assert.True(await phone.HearsAsync("Media streams established", Soon), phone.Log);
        await session.SayAsync(Tone.Sine(24_000, ToneCall.FrequencyHz, 28_800, ToneCall.Amplitude));
        await Task.Delay(1_600);
        await phone.SayAsync($"play {phone.PathOf("say.wav")}");
        await session.WaitForAsync(SessionEventKind.SpeechStarted, Soon);
        await Task.Delay(1_200);
        await phone.SayAsync("terminate");
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);

        Assert.True(await phone.HearsAsync("ended", Soon), phone.Log);
        Assert.True(WavFile.TryRead(await File.ReadAllBytesAsync(phone.PathOf("heard.wav")), out var heard));
        var levels = new ToneLevels(ToneCall.LevelDb(session.CallerAudio, 16_000), ToneCall.LevelDb(heard.ToMono(8_000), 8_000));
        Assert.True(levels.AreRight, $"{levels}\n{phone.Log}");
    }

    // rtpengine has all of ours among its twelve.
    [Fact]
    public async Task Rtpengine_encrypts_in_every_suite_for_phones_that_do_not()
    {
        Assert.SkipUnless(Baresip.IsInstalled && Kamailio.IsInstalled && RtpEngine.IsInstalled, $"{Baresip.Missing} {Kamailio.Missing} {RtpEngine.Missing}");
        await using var media = await RtpEngine.StartAsync();
        var levels = await Task.WhenAll(SrtpSuite.All.Select(suite => CallThroughAsync(media, suite)));
        Assert.All(levels, level => Assert.True(level.Levels.AreRight, $"{level}\n{media.Log}"));
    }

    [Fact]
    public async Task A_phone_that_does_not_encrypt_is_refused_where_that_is_required()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync(("Telephony:Srtp:Policy", "Required"));
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Transport = "tls", CaFile = _authority.CaFile, Speech = [] });
        Assert.False(await phone.CallAsync($"sip:agent@{agent.Tls}", TimeSpan.FromSeconds(3)));
        Assert.Contains("488", phone.Log, StringComparison.Ordinal);
    }

    private async Task<(SrtpSuite Suite, ToneLevels Levels)> CallThroughAsync(RtpEngine media, SrtpSuite suite)
    {
        await using var agent = await StartAsync(("Telephony:Srtp:Policy", "Required"), ("Telephony:Srtp:Suites:0", suite.Name));
        await using var proxy = await Kamailio.StartAsync(agent.Tls, _authority, media: media);
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Speech = ToneCall.Speech });
        var levels = await ToneCall.MakeAsync(agent.Live, 0, phone, $"sip:agent@{proxy.Udp}");
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
        return (suite, levels);
    }

    private static PromptMatch Find(short[] heard, string prompt) => PromptRecognizer.Find(heard, PromptLibrary.Get(prompt).Pcm.Span, PromptLibrary.SampleRateHz);

    private static short[] Speech(string prompt, int delayMs) =>
        [.. new short[delayMs * RateHz / 1000], .. new WavFile(PromptLibrary.SampleRateHz, 1, PromptLibrary.Get(prompt).Pcm.ToArray()).ToMono(RateHz)];

    private async Task<AgentUnderTest> StartAsync(params (string Key, string? Value)[] settings)
    {
        using var certificate = _authority.Issue("localhost 127.0.0.1");
        return await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false },
        [
            ("Telephony:Listen:2", "tls://127.0.0.1:0"),
            ("Telephony:Tls:CertificateFile", _authority.Write(certificate, $"agent-{Interlocked.Increment(ref _agents)}.pem")),
            ("Telephony:Tls:TrustedCaFile", _authority.CaFile),
            .. settings.Where(setting => setting.Value?.Length > 0),
        ]);
    }
}
