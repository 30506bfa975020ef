using Simulation.Live;
using Simulation.Prompts;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>The model acts on the call of a real softphone: it hangs up, transfers it, and sends it digits.</summary>
[Trait("Category", "Peer")]
public sealed class BaresipPhoneToolsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Phone_hears_the_whole_goodbye_before_it_is_hung_up_on()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync(PeerPorts.Take());
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Speech = [] });
        var session = await CallAsync(agent, phone);
        await session.SayAsync("goodbye");
        await session.CallToolAsync("end_call", """{"reason":"nothing more to say"}""");

        Assert.NotNull(await phone.Control.WaitForAsync("CALL_CLOSED", Soon));
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.AgentHungUp, record.EndReason);
        Assert.Equal("end_call", Assert.Single(record.Tools).Tool);
        var goodbye = PromptRecognizer.Find(phone.Heard(), PromptLibrary.Get("goodbye").Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(goodbye.IsRecognised, $"{goodbye}");
    }

    [Fact]
    public async Task Phone_is_transferred_once_it_has_heard_it()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync(PeerPorts.Take());
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Speech = [] });
        var session = await CallAsync(agent, phone);
        await session.SayAsync("one-moment");
        await session.CallToolAsync("transfer_call", """{"target":"desk"}""");

        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.Transferred, record.EndReason);
        Assert.Equal("agent", record.DialledNumber);
        Assert.True(record.AgentAudioPlayedMs > 1_000, $"{record.AgentAudioPlayedMs} ms were heard");
        await agent.Live.WaitForSessionAsync(2, Soon);   // the other call
        await phone.Control.CommandAsync("hangup");
    }

    [Fact]
    public async Task Phone_that_reaches_nobody_stays_with_the_agent_and_the_model_knows()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync(PeerPorts.Take());
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Speech = [] });
        var session = await CallAsync(agent, phone);
        await session.SayAsync("one-moment");
        await session.CallToolAsync("transfer_call", """{"target":"nobody"}""");

        await session.WaitForAsync(SessionEventKind.ToolResponseReceived, Soon);
        Assert.Contains(session.Messages, message => message.Json.Contains("nobody could not be reached (404)", StringComparison.Ordinal));
        Assert.Empty(agent.Records);
        await phone.Control.CommandAsync("hangup");
        Assert.Equal(EndReason.CallerHungUp, Assert.Single(await agent.WaitForRecordsAsync(1)).EndReason);
    }

    [Fact]
    public async Task B22_Phone_understands_the_digits_that_the_model_sends()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        await using var agent = await StartAsync(PeerPorts.Take());
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Speech = [] });
        var session = await CallAsync(agent, phone);
        await session.CallToolAsync("send_digits", """{"digits":"1w2#"}""");

        var heard = "";
        while (heard.Length < 3 && await phone.Control.WaitForAsync("CALL_DTMF_START", Soon) is { } pressed)
            heard += pressed.Parameter;
        Assert.Equal("12#", heard);
        await session.WaitForAsync(SessionEventKind.ToolResponseReceived, Soon);
        Assert.Contains(session.Messages, message => message.Json.Contains("Sent: 1w2#", StringComparison.Ordinal));
        await phone.Control.CommandAsync("hangup");
    }

    private static Task<AgentUnderTest> StartAsync(int port) => AgentUnderTest.StartAsync(
        new SimulatedLiveOptions { AutoAnswer = false },
        ("Telephony:Listen:0", $"udp://127.0.0.1:{port}"),
        ("Agents:Default", ""),
        ("Agents:Profiles:reception:Numbers:0", "agent"),
        ("Agents:Profiles:reception:Numbers:1", "desk"),
        ("Agents:Profiles:reception:Tools:0", "phone"),
        ("Agents:Profiles:reception:Transfers:desk:Target", $"sip:desk@127.0.0.1:{port}"),
        ("Agents:Profiles:reception:Transfers:nobody:Target", $"sip:nobody@127.0.0.1:{port}"));

    /// <summary>A call that is up, whose greeting the model was asked for.</summary>
    private static async Task<SimulatedSession> CallAsync(AgentUnderTest agent, Baresip phone)
    {
        Assert.True(await phone.CallAsync(agent.SipUri, Soon), phone.Log);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        return session;
    }
}
