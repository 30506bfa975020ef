using Simulation.Prompts;
using Telephony.Audio;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>Calls of linphone, a phone of another make than sipp and baresip: both sides are heard, keys by RTP and by INFO, hold.</summary>
[Trait("Category", "Peer")]
public sealed class LinphoneCallTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Both_sides_are_heard_a_key_is_noted_and_the_call_goes_on_after_hold()
    {
        Assert.SkipUnless(Linphone.IsInstalled, Linphone.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        var question = PromptLibrary.Get("answer-hours");
        await using var phone = await Linphone.StartAsync("udp");
        new WavFile(8_000, 1, new WavFile(PromptLibrary.SampleRateHz, 1, question.Pcm.ToArray()).ToMono(8_000)).Write(phone.PathOf("say.wav"));
        await CallAsync(phone, agent.SipUri);
        await Task.Delay(3_000);
        await phone.SayAsync($"play {phone.PathOf("say.wav")}");
        await Task.Delay(3_000);
        await phone.SayAsync("5");
        await Task.Delay(700);
        await phone.SayAsync("pause");
        await Task.Delay(700);
        await phone.SayAsync("resume");
        await Task.Delay(700);
        await phone.SayAsync("terminate");

        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.True(("5", EndReason.CallerHungUp) == (record.Digits, record.EndReason), $"{record.Digits} {record.EndReason} {phone.Log}");
        Assert.Contains(record.Timeline, entry => entry.Kind == TimelineKind.State && entry.Text.Contains(nameof(CallState.OnHold), StringComparison.Ordinal));
        var heard = new WavFile(16_000, 1, Assert.Single(agent.Live.Sessions).CallerAudio).ToMono(8_000);
        Assert.True(PromptRecognizer.Find(heard, question.Pcm.Span, PromptLibrary.SampleRateHz).IsRecognised);
        Assert.True(WavFile.TryRead(await File.ReadAllBytesAsync(phone.PathOf("heard.wav")), out var recorded));
        Assert.True(PromptRecognizer.Find(recorded.ToMono(8_000), PromptLibrary.Get("greeting").Pcm.Span, PromptLibrary.SampleRateHz).IsRecognised);
    }

    [Fact]
    public async Task A_key_by_info_is_noted_over_tcp()
    {
        Assert.SkipUnless(Linphone.IsInstalled, Linphone.Missing);
        await using var agent = await AgentUnderTest.StartAsync();
        await using var phone = await Linphone.StartAsync("tcp", sendsInfo: true);
        await CallAsync(phone, agent.SipUriTcp);
        await phone.SayAsync("7");
        await Task.Delay(1_000);
        await phone.SayAsync("terminate");
        Assert.Equal("7", Assert.Single(await agent.WaitForRecordsAsync(1)).Digits);
    }

    private static async Task CallAsync(Linphone phone, string uri)
    {
        await phone.SayAsync($"record {phone.PathOf("heard.wav")}");
        await Task.Delay(500);
        await phone.SayAsync($"call {uri}");
        Assert.True(await phone.HearsAsync("Media streams established", Soon), $"{phone.Log}\n{phone.WireEnd}");
    }
}
