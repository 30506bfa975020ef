using Simulation.Live;
using Simulation.Phone;
using Simulation.Prompts;
using Telephony.Audio;
using Tools;
using Tools.Invocation;
using Tools.Ledger;
using VoiceAgent.Calls;

namespace VoiceAgent.Commands;

/// <summary>One thing that the demo promised, and whether it happened.</summary>
internal sealed record DemoCheck(string What, bool Passed);

/// <summary>The demo's play: what the agent is scripted to answer, what the caller does, and what must have happened.</summary>
internal sealed class DemoConversation(SimulatedCaller caller, SimulatedSession? session)
{
    /// <summary>What the caller dials.</summary>
    public const string Number = "agent";

    /// <summary>Longest pause inside what the agent says: longer silence is the end of a turn.</summary>
    public static TimeSpan LongestPause { get; } = TimeSpan.FromMilliseconds(600);

    // The caller cuts in once the agent has told this much of its story.
    private static readonly TimeSpan InterruptAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndOfTurn = LongestPause + TimeSpan.FromMilliseconds(100);

    private readonly List<DemoCheck> _checks = [];
    private readonly List<string> _kept = [];
    private CallEvent? _interruption;

    /// <summary>What is left of the shop's part, as lines for a reader.</summary>
    public IReadOnlyList<string> Kept => _kept;

    /// <summary>
    /// The Live server's side: greet, look an order up, book an appointment and speak on meanwhile, tell the story, answer what cut it short, acknowledge the digit.
    /// </summary>
    /// <param name="start">Start of the appointment that the caller asks for.</param>
    public static LiveScript AgentScript(string start) => LiveScript.Parse(
        """
        {
          "name": "demo",
          "sessions": [ { "afterwards": "silent", "steps": [
            { "do": "waitForText" },
            { "do": "say", "prompt": "greeting" },
            { "do": "waitForSpeech" },
            { "do": "transcript", "text": "Hello, where is my order?" },
            { "do": "callTool", "name": "find_orders", "args": {} },
            { "do": "waitForToolResponse", "name": "find_orders" },
            { "do": "say", "prompt": "answer-order" },
            { "do": "waitForSpeech" },
            { "do": "transcript", "text": "Good. And please book me an inspection, on Friday at ten." },
            { "do": "callTool", "name": "book_appointment", "args": { "service": "inspection", "start": "START", "name": "Sam Caller", "number": "+4930231250" } },
            { "do": "say", "prompt": "while-booking" },
            { "do": "waitForToolResponse", "name": "book_appointment" },
            { "do": "say", "prompt": "booked" },
            { "do": "waitForSpeech" },
            { "do": "transcript", "text": "Hello, can you tell me how a repair works?" },
            { "do": "say", "prompt": "story", "until": "started" },
            { "do": "waitForSpeech" },
            { "do": "transcript", "text": "Wait. I only want to know whether my bicycle is ready." },
            { "do": "say", "prompt": "answer-repair" },
            { "do": "waitForText", "contains": "5" },
            { "do": "say", "prompt": "acknowledgement" }
          ] } ]
        }
        """.Replace("START", start, StringComparison.Ordinal));

    /// <summary>Plays the caller's part.</summary>
    public async Task RunAsync()
    {
        Check("the caller hears the greeting", await HearTurnAsync());

        Say("caller-order");
        Check("the agent looks the order up and says where it is", await HearTurnAsync());
        Say("caller-booking");
        Check("the agent speaks on while the appointment is booked", await HearTurnAsync());

        Say("caller-question");
        Check("the agent answers the question", await caller.WaitForAgentSpeechAsync(Patience) is not null);
        await Task.Delay(InterruptAfter);

        await InterruptAsync();
        Check("the agent answers what cut it short", await HearTurnAsync());

        caller.PressDigits("5");
        Check("the agent acknowledges the digit", await HearTurnAsync());

        var end = await caller.HangUpAsync();
        Check("the caller hangs up and is answered", end is { By: EndedBy.Caller, StatusCode: 200 });
    }

    /// <summary>What the two tools must have left behind.</summary>
    /// <param name="record">The service's own record.</param>
    /// <param name="booked">The appointment in the shop's database; empty for none.</param>
    /// <param name="entries">The call's entries in the ledger.</param>
    public void CheckShop(CallRecord? record, string booked, IReadOnlyList<LedgerEntry> entries)
    {
        var order = record?.Tools.FirstOrDefault(tool => tool.Tool == "find_orders");
        var booking = record?.Tools.FirstOrDefault(tool => tool.Tool == "book_appointment");
        Check("the model waited for the order", order is { Behavior: ToolBehavior.Blocking, Outcome: ToolOutcome.Succeeded });
        Check("the result of the booking came while the agent was speaking", booking is { Behavior: ToolBehavior.NonBlocking, Outcome: ToolOutcome.Succeeded }
            && record!.Transcript.Any(turn => turn.Speaker == "agent" && turn.Text.Contains("entrance", StringComparison.Ordinal)
                && turn.AtMs + turn.AudioReceivedMs > booking.AtMs + booking.DurationMs));
        Check("and is spoken of next", record?.Transcript.Any(turn => turn is { Speaker: "agent", AudioPlayedMs: > 1_000 } && turn.Text.Contains("is booked", StringComparison.Ordinal)) == true);
        Check("the appointment stands in the shop's database", booked.Length > 0);
        Check("the ledger has the booking, and its end", entries is [{ Tool: "book_appointment", Outcome: ToolOutcome.Succeeded, DeliveredAt: not null }]);
        _kept.AddRange(record?.Tools.Select(tool => $"tool     {tool.Tool}: {tool.Outcome} after {tool.DurationMs:F0} ms, {tool.Result}") ?? []);
        _kept.AddRange(entries.Select(entry => $"ledger   {entry.Key} {entry.Tool}: {entry.Outcome}, told to the model {entry.DeliveredAt:HH:mm:ss}"));
        _kept.Add($"shop.db  {booked}");
    }

    /// <summary>What was promised, with what the service's own record must say.</summary>
    public IReadOnlyList<DemoCheck> Checks(CallRecord? record)
    {
        Check("the call was answered", caller.WasAnswered);
        CheckPackets(caller.Statistics);
        Check("the record has the digit, the interruption and both sides' words", record is { Digits: "5", Interruptions: 1 }
            && record.Transcript.Any(turn => turn.Speaker == "caller") && record.Transcript.Any(turn => turn is { Speaker: "agent", Interrupted: true }));
        Check("the call ended because the caller hung up", record?.EndReason == EndReason.CallerHungUp);
        return _checks;
    }

    // A machine that stands still for longer than the service's sender makes up for (50 ms) makes it late, which is told; only what is lost or makes no sense is a failure.
    private void CheckPackets(CallerStatistics heard)
    {
        Check($"no packet of the agent was lost{(heard.Lost > 0 ? $": {heard.Lost} of {heard.Packets + heard.Lost} were" : "")}", heard.Lost == 0);
        Check("none was out of step", heard.TimestampSteps == heard.Pauses);
        if (heard.Pauses > 0)
            _kept.Add($"line     {heard.Packets} packets, {heard.Pauses} of them late: this machine stood still, and the agent paused with it");
    }

    /// <summary>The times that a caller notices, as they were at the caller's phone; the simulated model itself answers at once.</summary>
    public IEnumerable<string> Latencies()
    {
        var events = caller.Timeline.Events;
        var dialled = events.FirstOrDefault(happened => happened.Kind == CallEventKind.Dialled);
        foreach (var (from, to, what) in new[]
        {
            (dialled, After(dialled, CallEventKind.Answered), "from dialling to the answer (with the first, cold set-up of everything)"),
            (After(dialled, CallEventKind.Answered), After(dialled, CallEventKind.AgentSpeaking), "from the answer to the first word of the greeting"),
            (After(dialled, CallEventKind.CallerSilent), After(After(dialled, CallEventKind.CallerSilent), CallEventKind.AgentSpeaking),
                "from the end of the question to the answer (the server waits for the end of speech)"),
            (_interruption, After(_interruption, CallEventKind.AgentSilent), "from the caller's cutting in to the agent's silence (the server takes its time to be sure)"),
        })
        {
            if (from is not null && to is not null)
                yield return $"{(to.At - from.At).TotalMilliseconds,5:F0} ms {what}";
        }

        CallEvent? After(CallEvent? start, CallEventKind kind) => start is null ? null : events.FirstOrDefault(happened => happened.Kind == kind && happened.At >= start.At);
    }

    /// <summary>Waits for the agent to speak and to have finished.</summary>
    private async Task<bool> HearTurnAsync() =>
        await caller.WaitForAgentSpeechAsync(Patience) is not null && await caller.WaitForAgentSilenceAsync(EndOfTurn, Patience) is not null;

    private async Task InterruptAsync()
    {
        var events = session?.Events.Count ?? 0;
        Say("caller-interruption");
        var quiet = await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(300), Patience);
        Check("the agent stops in mid-sentence", quiet is not null && session?.Events.Skip(events).Any(happened => happened.Kind == SessionEventKind.Interrupted) == true);
        await caller.WaitUntilSaidAsync(Patience);
        _interruption = caller.Timeline.Events.LastOrDefault(happened => happened.Kind == CallEventKind.CallerSpeaking);
    }

    private void Say(string prompt)
    {
        var speech = PromptLibrary.Get(prompt);
        caller.Say(new WavFile(PromptLibrary.SampleRateHz, 1, speech.Pcm.ToArray()));
    }

    private void Check(string what, bool passed) => _checks.Add(new DemoCheck(what, passed));
}
