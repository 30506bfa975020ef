namespace VoiceAgent.Agents;

/// <summary>A rule for who answers a call: all that it says must fit, of a list one entry; what it does not say fits always.</summary>
/// <remarks>Patterns are whole texts in which <c>*</c> stands for anything.</remarks>
public sealed class AgentRoute
{
    /// <summary>Stands in <see cref="Callers"/> for callers who do not tell their number.</summary>
    public const string Withheld = "withheld";

    /// <summary>Names of trunks that the call came from.</summary>
    public IReadOnlyList<string> Trunks { get; init; } = [];

    /// <summary>Dialled numbers (user of the Request-URI; of the To header where the Request-URI names our registration only).</summary>
    public IReadOnlyList<string> Dialled { get; init; } = [];

    /// <summary>Numbers that were dialled first (user of the To header).</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Numbers of those who sent the call on; <c>*</c> fits every call that was sent on.</summary>
    public IReadOnlyList<string> DivertedFrom { get; init; } = [];

    /// <summary>Numbers of callers, or <see cref="Withheld"/>.</summary>
    public IReadOnlyList<string> Callers { get; init; } = [];

    /// <summary>Name of a header that the INVITE must have; empty for none.</summary>
    public string Header { get; init; } = "";

    /// <summary>What the header says, in any case of letters.</summary>
    public string HeaderValue { get; init; } = "*";

    /// <summary>Days of the week; of a time that goes past midnight the day on which it begins.</summary>
    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];

    /// <summary>Time of day from which the rule holds; null for midnight.</summary>
    public TimeOnly? From { get; init; }

    /// <summary>Time of day until which the rule holds, itself not included; null for midnight. Before <see cref="From"/> it is one of the next day.</summary>
    public TimeOnly? Until { get; init; }

    /// <summary>Name of the agent that answers.</summary>
    public string Agent { get; init; } = "";

    /// <summary>Status that the call is refused with instead, 400 to 699; 0 for none.</summary>
    public int Reject { get; init; }
}
