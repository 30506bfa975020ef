using GeminiLive;
using Telephony.Calls;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using CallServices = VoiceAgent.Calls.CallServices;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>A function call that the client has heard of, and what became of it here.</summary>
internal sealed class ChaosToolCall(LiveToolCall call, int heardAtMs)
{
    public LiveToolCall Call => call;

    /// <summary>The argument, by which its answer is known in texts.</summary>
    public string Number { get; } = string.Concat(call.ArgumentsJson.Where(char.IsAsciiDigit));

    public int HeardAtMs => heardAtMs;

    /// <summary>When the answer was handed to the client; null before.</summary>
    public int? AnsweredAtMs { get; set; }

    /// <summary>What the client said to the answer: false when it did not want it.</summary>
    public bool WasTaken { get; set; }

    /// <summary>True when the session was over by then.</summary>
    public bool CameTooLate { get; set; }

    public bool IsCancelled { get; set; }
}

/// <summary>The services of a random call: its functions are declared, and everything that its Live session tells is seen before the call sees it.</summary>
internal sealed record ChaosServices(CallServices Services, ChaosTools Tools) : CallServices(Services)
{
    /// <summary>The call's bridge.</summary>
    public CallBridge? Bridge { get; private set; }

    public override CallBridge CreateBridge(Call call, AgentProfile agent, Action<CallSignal> post)
    {
        var config = Live.Configure(agent) with { SystemInstruction = agent.Instructions, Greeting = agent.Greeting, Functions = ChaosTools.Functions };
        void Watch(CallSignal signal)
        {
            if (signal.Detail is LiveEvent liveEvent)
                Tools.Note(liveEvent);
            post(signal);
        }
        return Bridge = new CallBridge(call, Watch, config, Live, Time);
    }
}

/// <summary>The tools of a random call: hears which functions the model calls, and answers each once, some time later.</summary>
/// <remarks>Told by the session's receive loop, acts on the test's thread.</remarks>
internal sealed class ChaosTools(Func<int> nowMs)
{
    public const string Blocking = "look_up";
    public const string NonBlocking = "search";

    private readonly Lock _gate = new();
    private readonly List<ChaosToolCall> _calls = [];

    public static IReadOnlyList<LiveFunction> Functions { get; } =
    [
        new(Blocking, "Looks something up.", Parameters: null, LiveBehavior.Blocking),
        new(NonBlocking, "Searches for something.", Parameters: null, LiveBehavior.NonBlocking),
    ];

    /// <summary>Time of the last event that nothing is owed to the caller any more; null before the first.</summary>
    public int? SettledAtMs { get; private set; }

    /// <summary>True while the model has called and not been answered.</summary>
    public IReadOnlyList<ChaosToolCall> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    public void Note(LiveEvent liveEvent)
    {
        lock (_gate)
        {
            if (liveEvent is ToolCallsRequested requested)
                _calls.AddRange(requested.Calls.Select(call => new ChaosToolCall(call, nowMs())));
            else if (liveEvent is ToolCallsCancelled cancelled)
                _calls.FindAll(call => call.AnsweredAtMs is null && cancelled.Ids.Contains(call.Call.Id)).ForEach(call => call.IsCancelled = true);
            else if (liveEvent is AnswerSettled)
                SettledAtMs = nowMs();
        }
    }

    /// <summary>Answers what has been called long enough ago.</summary>
    public void Answer(LiveClient live, Func<ChaosToolCall, int> delayMs)
    {
        foreach (var call in Calls.Where(call => call.AnsweredAtMs is null && nowMs() >= call.HeardAtMs + delayMs(call)))
        {
            call.AnsweredAtMs = nowMs();
            var scheduling = call.Call.Name == NonBlocking ? (LiveScheduling?)(call.HeardAtMs / 20 % 3) : null;
            call.WasTaken = live.Input.Respond([LiveToolResponse.Output(call.Call, "found", scheduling)]);
            call.CameTooLate = live.State is LiveSessionState.Closed or LiveSessionState.Failed;
        }
    }
}
