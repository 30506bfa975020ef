using Simulation.Live;
using Support;
using Tools;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Consultations;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.PhoneTools;

/// <summary>The steps of an attended transfer on virtual time, and what must be true after it.</summary>
internal static class AttendedTransfer
{
    /// <summary>Whom the caller is transferred to.</summary>
    public static TransferOption Sales { get; } = new() { Target = "+49301234567", Mode = TransferMode.Attended, RingTimeout = TimeSpan.FromSeconds(20) };

    /// <summary>What agents say: a second of a tone.</summary>
    public static short[] Sentence { get; } = Tone.Sine(24_000, 500, 24_000, 6_000);

    /// <summary>The agent announces the transfer and asks for it.</summary>
    public static Task<ToolResult> Announce(PhoneCall phone, string briefing = "") =>
        phone.Speak("I ask them.").Ask(control => control.TransferAsync("sales", Sales, briefing, default));

    /// <summary>The same, until the person is called.</summary>
    public static Task<ToolResult> Ask(PhoneCall phone, string briefing = "")
    {
        var answer = Announce(phone, briefing);
        phone.Call.RunUntil(() => phone.Call.Persons.Count > 0, 4_000);
        phone.Call.Run(100);
        Assert.Equal(CallState.Consulting, phone.Call.State);
        return answer;
    }

    /// <summary>The person answers and is told; returns their session.</summary>
    public static Task<SimulatedSession> BriefAsync(PhoneCall phone, VirtualLine person)
    {
        person.PickUp();
        phone.Call.Run(500);
        var briefing = phone.Call.Session;
        Assert.Contains(briefing.Messages, message => message.Json.Contains("has just answered", StringComparison.Ordinal));
        phone.Call.Do(briefing.SayAsync(Sentence, "I have a caller for you."));
        phone.Call.Run(1_500);
        return Task.FromResult(briefing);
    }

    public static async Task AcceptAsync(PhoneCall phone, VirtualLine person)
    {
        var briefing = await BriefAsync(phone, person);
        phone.Call.Do(briefing.CallToolAsync(BriefingWords.Accept));
        phone.Call.RunUntil(() => phone.Call.State == CallState.Joined, 5_000);
        phone.Call.Run(200);
    }

    public static async Task<VirtualLine> JoinAsync(PhoneCall phone)
    {
        _ = Ask(phone);
        await AcceptAsync(phone, phone.Call.Persons[0]);
        return phone.Call.Persons[0];
    }

    public static void AssertHeard(PhoneCall phone, VirtualLine from, VirtualLine to)
    {
        var before = to.Audible.Count;
        from.Say(1_000);
        phone.Call.Run(1_500);
        Assert.InRange(to.Audible.Skip(before).Count(audible => audible), 49, 52);
    }

    public static void AssertBack(PhoneCall phone, Task<ToolResult> answer, ConsultEnd end, string words, int places = 0)
    {
        var since = phone.Call.NowMs;
        phone.Call.RunUntil(() => answer.IsCompleted, 1_000);
        Assert.InRange(phone.Call.NowMs - since, 0, 1_000);
        Assert.Equal(CallState.Listening, phone.Call.State);
        Assert.Contains(words, PhoneCall.Words(answer), StringComparison.Ordinal);
        Assert.Equal(end, phone.Call.Record.Consultations[^1].End);
        Assert.Null(phone.Call.Record.Consultations[^1].JoinedMs);
        phone.Call.Run(200);
        Assert.Null(phone.Call.Line.End);
        Assert.False(phone.Call.Line.Audible[^1]);   // the waiting sound is over
        Assert.Equal(places, phone.Call.Table.Count);
    }

    public static void AssertOver(PhoneCall phone, EndReason reason)
    {
        Assert.Equal(CallState.Ended, phone.Call.State);
        Assert.Equal(reason, phone.Call.Record.EndReason);
        Assert.Equal(0, phone.Call.Table.Count);
    }
}
