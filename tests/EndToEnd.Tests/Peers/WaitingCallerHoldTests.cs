using EndToEnd.Tests.Yardstick;
using Simulation.Live;
using VoiceAgent.Calls;
using VoiceAgent.Consultations;

namespace EndToEnd.Tests.Peers;

/// <summary>A24, hold by us: a caller who came by a trunk that wants to know of it waits on hold by SIP while a person is asked, and is taken back.</summary>
[Trait("Category", "Peer")]
public sealed class WaitingCallerHoldTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Sipp_is_held_while_a_person_is_asked_and_taken_back_when_they_are_not_there()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false },
            ("Telephony:Users:alice:Password", "open-sesame"),
            ("Telephony:Users:alice:Number", "4711"),   // has no phone
            ("Telephony:Trunks:pbx:Addresses:0", "127.0.0.1"),
            ("Telephony:Trunks:pbx:Hold", "Sip"),
            ("Agents:Profiles:reception:Tools:0", "phone"),
            ("Agents:Profiles:reception:Transfers:desk:Target", "4711"),
            ("Agents:Profiles:reception:Transfers:desk:Mode", "Attended"));
        var calling = Sipp.RunAsync(new SippRun("hold by us", agent.Udp)
        {
            Script = new SippScript().Invite().Expect(200).Ack()
                .Await("INVITE", "a=sendonly", sdp: SippScript.Audio.Replace("sendrecv", "recvonly", StringComparison.Ordinal)).AwaitAck()
                .Await("INVITE", "a=sendrecv", sdp: SippScript.Audio).AwaitAck()
                .Pause(300).Request("BYE").ToString(),
        });
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync("one-moment");
        await session.CallToolAsync("transfer_call", """{"target":"desk","briefing":"Mrs Jones wants ten boxes."}""");

        (await calling).MustSucceed();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(EndReason.CallerHungUp, record.EndReason);
        Assert.NotEqual(ConsultEnd.Joined, Assert.Single(record.Consultations).End);
    }
}
