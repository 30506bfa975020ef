namespace VoiceAgent.Tests.VirtualCalls.Panel;

/// <summary>What a panel of conversations has shown; times in ms of virtual time, in steps of a frame.</summary>
internal sealed class PanelFigures
{
    // A frame: those of what was given and of what was heard need not lie on each other.
    private const int BridgeLimitMs = VirtualLine.FrameMs;

    public int Conversations { get; set; }

    /// <summary>Times that an answer was due.</summary>
    public int Turns { get; set; }

    /// <summary>Times that the caller spoke into an answer.</summary>
    public int Interruptions { get; set; }

    /// <summary>Answers that were cut without the service having asked for it.</summary>
    public int BridgeStops { get; set; }

    /// <summary>Times that the agent was heard while the caller, whose turn it was, spoke.</summary>
    public int TalksOver { get; set; }

    /// <summary>From the caller's last syllable to the answer's first, without the model's own time.</summary>
    public List<int> AnswerMs { get; } = [];

    /// <summary>From the first syllable of the caller who cuts in to the agent's silence, where it lasted until they had finished.</summary>
    public List<int> YieldMs { get; } = [];

    /// <summary>From the service's first audio to the line, without the silence in it.</summary>
    public List<int> LateMs { get; } = [];

    /// <summary>By how much the longest pause within a turn was longer than the service gave it.</summary>
    public List<int> HoleMs { get; } = [];

    private int BridgeInterruptions => BridgeStops + TalksOver;

    private int DeadAir => LateMs.Concat(HoleMs).Count(ms => ms > BridgeLimitMs);

    /// <summary>Every figure, what is wanted of it, and whether that was met.</summary>
    public IReadOnlyList<PanelRow> Rows =>
    [
        new("response rate", "100 %", Rate(AnswerMs.Count, Turns), AnswerMs.Count == Turns),
        new("yield rate", "100 %", Rate(YieldMs.Count, Interruptions), YieldMs.Count == Interruptions),
        new("agent's interruptions made by the bridge", "0", $"{BridgeInterruptions}", BridgeInterruptions == 0),
        new("dead air made by the bridge: turns that began late or had a hole", "0", $"{DeadAir}", DeadAir == 0),
        new("caller's last syllable to the answer's first, without the model's time", "", Times(AnswerMs), true),
        new("first syllable of a caller who cuts in to the agent's silence", "", Times(YieldMs), true),
        new("service's first audio to the line", $"{BridgeLimitMs} ms at most", Times(LateMs), LateMs.TrueForAll(ms => ms <= BridgeLimitMs)),
        new("hole in what the service gave without one", $"{BridgeLimitMs} ms at most", Times(HoleMs), HoleMs.TrueForAll(ms => ms <= BridgeLimitMs)),
    ];

    private static string Rate(int done, int all) => all == 0 ? "none" : $"{100.0 * done / all:0.#} % ({done} of {all})";

    private static string Times(List<int> ms)
    {
        if (ms.Count == 0)
            return "none";
        var sorted = ms.Order().ToList();
        return $"p50 {sorted[(sorted.Count - 1) / 2]}, p99 {sorted[(int)Math.Ceiling(0.99 * sorted.Count) - 1]}, most {sorted[^1]} ms (n = {sorted.Count})";
    }
}

/// <summary>One figure of the panel.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Wanted">What the goal asks; empty for nothing.</param>
/// <param name="Measured">The figure, with unit.</param>
/// <param name="IsMet">Whether it is as wanted.</param>
internal sealed record PanelRow(string What, string Wanted, string Measured, bool IsMet);
