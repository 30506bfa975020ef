using System.Globalization;
using GeminiLive;

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

/// <summary>The tools of a random call: hears which functions the model calls, and answers each once, some time later.</summary>
/// <remarks>Told by the session's receive loop, acts on the test's thread.</remarks>
internal sealed class ChaosTools(Func<int> nowMs)
{
    public const string Blocking = "look_up";
    public const string NonBlocking = "search";

    private readonly Lock _gate = new();
    private readonly List<ChaosToolCall> _calls = [];
    private readonly Dictionary<string, int> _answerMs = new(StringComparer.Ordinal);
    private int _nextNumber = 7_000_000;

    public static IReadOnlyList<LiveFunction> Functions { get; } =
    [
        new(Blocking, "Looks something up.", Parameters: null, LiveBehavior.Blocking),
        new(NonBlocking, "Searches for something.", Parameters: null, LiveBehavior.NonBlocking),
    ];

    /// <summary>What the client has heard of.</summary>
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
        }
    }

    /// <summary>Calls for the model to make, each with a number of its own, to be answered after so long.</summary>
    public (string Name, string ArgumentsJson)[] Draft(int count, string name, int answerMs)
    {
        var calls = new (string, string)[count];
        foreach (ref var call in calls.AsSpan())
        {
            var number = _nextNumber++.ToString(CultureInfo.InvariantCulture);
            _answerMs[number] = answerMs;
            call = (name, $$"""{"n":{{number}}}""");
        }
        return calls;
    }

    /// <summary>Answers what has been called long enough ago.</summary>
    public void Answer(LiveClient live)
    {
        foreach (var call in Calls.Where(call => call.AnsweredAtMs is null && nowMs() >= call.HeardAtMs + _answerMs[call.Number]))
        {
            call.AnsweredAtMs = nowMs();
            var scheduling = call.Call.Name == NonBlocking ? (LiveScheduling?)(call.HeardAtMs / 20 % 3) : null;
            call.WasTaken = live.Input.Respond([LiveToolResponse.Output(call.Call, "found", scheduling)]);
            call.CameTooLate = live.State is LiveSessionState.Closed or LiveSessionState.Failed;
        }
    }
}
