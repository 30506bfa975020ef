using Simulation.Live;
using Simulation.Prompts;
using Telephony.Audio;
using VoiceAgent.Calls;
using VoiceAgent.Consultations;

namespace EndToEnd.Tests.Peers;

/// <summary>A25, attended, with two real softphones: one calls the agent, the other is called by it, told, and joined with the first.</summary>
[Trait("Category", "Peer"), Collection(nameof(PeerCollection))]
public sealed class BaresipAttendedTransferTests
{
    private const string Password = "open-sesame";
    private const int RateHz = 48_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Phone_and_person_hear_each_other_once_the_person_has_agreed()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync();
        await using var person = await Baresip.StartAsync(new BaresipPhone { Codecs = "G722/16000/1", Speech = Speech("answer-hours", delayMs: 5_000), Login = new("alice", Password, agent.Udp), AnswersCalls = true });
        await using var caller = await Baresip.StartAsync(new BaresipPhone { Codecs = "PCMU", Speech = Speech("caller-order", delayMs: 7_000) });
        await TransferAsync(agent, caller);

        var briefing = await agent.Live.WaitForSessionAsync(2, Soon);
        await briefing.WaitForAsync(SessionEventKind.TextReceived, Soon);
        Assert.Contains("ten boxes", briefing.Messages[0].Json, StringComparison.Ordinal);
        await briefing.SayAsync("one-moment");
        await briefing.CallToolAsync("accept_transfer");
        await briefing.Closed.WaitAsync(Soon);
        await Task.Delay(7_500);
        Assert.Equal(2, agent.RunningCalls);   // both legs count
        await caller.Control.CommandAsync("hangup");

        Assert.NotNull(await person.Control.WaitForAsync("CALL_CLOSED", Soon));
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.Transferred, record.EndReason);
        var entry = Assert.Single(record.Consultations);
        Assert.Equal(("desk", ConsultEnd.Joined), (entry.Name, entry.End));
        AssertHeard(caller, "answer-hours");
        AssertHeard(person, "one-moment");
        AssertHeard(person, "caller-order");
        await agent.WhenIdleAsync();
    }

    [Fact]
    public async Task Phone_is_back_with_the_agent_when_the_person_hangs_up_first()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync();
        await using var person = await Baresip.StartAsync(new BaresipPhone { Speech = [], Login = new("alice", Password, agent.Udp), AnswersCalls = true });
        await using var caller = await Baresip.StartAsync(new BaresipPhone { Speech = [] });
        var session = await TransferAsync(agent, caller);
        var briefing = await agent.Live.WaitForSessionAsync(2, Soon);
        await briefing.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await briefing.CallToolAsync("accept_transfer");
        await briefing.Closed.WaitAsync(Soon);
        await person.Control.CommandAsync("hangup");

        using var patience = new CancellationTokenSource(Soon);
        while (!session.Messages.Any(message => message.Json.Contains("is no longer on the line", StringComparison.Ordinal)))
            await Task.Delay(20, patience.Token);
        await Task.Delay(700);   // no model answers at once: what comes sooner may be the rest of what the caller was not to hear
        await AssertBackAsync(agent, session, caller, ConsultEnd.Joined);
    }

    [Fact]
    public async Task Phone_is_back_with_the_agent_when_the_person_refuses()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync();
        await using var person = await Baresip.StartAsync(new BaresipPhone { Speech = [], Login = new("alice", Password, agent.Udp) });
        await using var caller = await Baresip.StartAsync(new BaresipPhone { Speech = [] });
        var session = await TransferAsync(agent, caller);
        Assert.True(await person.Control.WaitForAsync("CALL_INCOMING", Soon) is not null, person.Log);
        await person.Control.CommandAsync("hangup");

        await session.WaitForAsync(SessionEventKind.ToolResponseReceived, Soon);
        Assert.Contains(session.Messages, message => message.Json.Contains("desk is busy", StringComparison.Ordinal));
        await AssertBackAsync(agent, session, caller, ConsultEnd.Busy);
    }

    private static Task<AgentUnderTest> StartAsync() => AgentUnderTest.StartAsync(
        new SimulatedLiveOptions { AutoAnswer = false },
        ("Telephony:Users:alice:Password", Password),
        ("Telephony:Users:alice:Number", "4711"),
        ("Telephony:Digest:Algorithms:0", "MD5"),   // baresip 1.0 gives up at a first challenge that it does not know
        ("Telephony:Access:Strangers", "Answer"),
        ("Live:SignTimeout", "00:00:30"),   // else a model that is silent on purpose counts as a frozen connection
        ("Agents:Profiles:reception:Tools:0", "phone"),
        ("Agents:Profiles:reception:Transfers:desk:Target", "4711"),
        ("Agents:Profiles:reception:Transfers:desk:Mode", "Attended"));

    /// <summary>A call that is up, in which the model has announced the transfer and asked for it.</summary>
    private static async Task<SimulatedSession> TransferAsync(AgentUnderTest agent, Baresip caller)
    {
        Assert.True(await caller.CallAsync(agent.SipUri, Soon), caller.Log);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync("one-moment");
        await session.CallToolAsync("transfer_call", """{"target":"desk","briefing":"Mrs Jones wants ten boxes."}""");
        return session;
    }

    /// <summary>The caller is with the agent, hears it, and hangs up.</summary>
    private static async Task AssertBackAsync(AgentUnderTest agent, SimulatedSession session, Baresip caller, ConsultEnd end)
    {
        await session.SayAsync("goodbye");
        await Task.Delay(3_000);
        await caller.Control.CommandAsync("hangup");
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.CallerHungUp, record.EndReason);
        Assert.Equal(end, Assert.Single(record.Consultations).End);
        AssertHeard(caller, "goodbye");
        await agent.WhenIdleAsync();
    }

    // Not over the agent's words; then again and again, so that it is heard however long it takes until the two are joined.
    private static short[] Speech(string prompt, int delayMs)
    {
        short[] once = [.. new WavFile(PromptLibrary.SampleRateHz, 1, PromptLibrary.Get(prompt).Pcm.ToArray()).ToMono(RateHz), .. new short[RateHz / 2]];
        return [.. new short[delayMs * RateHz / 1000], .. Enumerable.Repeat(once, 12).SelectMany(samples => samples)];
    }

    private static void AssertHeard(Baresip phone, string prompt)
    {
        var match = PromptRecognizer.Find(phone.Heard(), PromptLibrary.Get(prompt).Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(match.IsRecognised, $"{prompt}: {match}");
    }
}
