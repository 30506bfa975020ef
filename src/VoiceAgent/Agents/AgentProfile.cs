using GeminiLive;
using Telephony.Calls;
using VoiceAgent.Calls;
using VoiceAgent.TurnTaking;

namespace VoiceAgent.Agents;

/// <summary>One agent as the configuration describes it: who answers, how it sounds, what it is told.</summary>
/// <remarks>Immutable once bound; a session setting that it does not say comes from section <c>Live</c>.</remarks>
public sealed class AgentProfile : LiveSessionSettings
{
    /// <summary>Dialled numbers that this agent answers: exact, or ending in <c>*</c>. An agent without numbers answers only as the default.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    /// <summary>Whether the model is told the caller's number, whether anybody vouches for it, and who sent the call on; never what the caller withholds.</summary>
    public bool TellCaller { get; init; }

    /// <summary>System instruction: who the agent is and how it behaves.</summary>
    public string Instructions { get; init; } =
        "You answer the phone for a small company. Be friendly and brief: one or two short sentences at a time. You are on a phone line: never use lists, symbols or markup.";

    /// <summary>What the model is told when the caller is on the line, so that it speaks first; empty lets the caller speak first.</summary>
    public string Greeting { get; init; } = "(The caller is on the line. Greet them.)";

    /// <summary>The same for calls that the agent makes, told when somebody has answered; empty lets them speak first.</summary>
    public string OutboundGreeting { get; init; } = "(The person you called has just answered. Say in one or two sentences who is calling and why.)";

    /// <summary>What the agent may do, in the order in which the model is told: a source of tools such as <c>crm</c>, or one tool of it such as <c>crm.book_appointment</c>.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>Language of the recorded announcements, such as the apology: a key of <c>Calls:Apology</c> and <c>Calls:Prompts</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Who decides that a caller who speaks while the agent does has the word (docs/turn-taking.md).</summary>
    public BargeInMode BargeIn { get; init; } = BargeInMode.LocalPause;

    /// <summary>How long the agent stays silent for a caller whom nobody confirms, before it goes on: 0.5 to 2 s.</summary>
    public TimeSpan ConfirmWithin { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Whether the agent's own voice, coming back from a speaker-phone, is kept from the model and from cutting the agent off.</summary>
    public bool EchoGate { get; init; } = true;

    /// <summary>Those to whom the agent may hand callers by <c>transfer_call</c>, by the name that the model uses; empty for nobody.</summary>
    public Dictionary<string, TransferOption> Transfers { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether its calls are recorded, and how.</summary>
    public AgentRecordingOptions Recording { get; init; } = new();

    /// <summary>Most that is added to what the model hears of callers on a quiet line, in dB, 0 to 20; 0 leaves every level as it comes.</summary>
    public double QuietLineGainDb { get; init; }

    /// <summary>What becomes of a caller after the apology, or null for <c>Calls:LastStep</c>.</summary>
    public LastStep? LastStep { get; init; }

    /// <summary>Whom a caller is handed to then, or null for <c>Calls:TransferTarget</c>.</summary>
    public string? TransferTarget { get; init; }

    /// <summary>What the model is told when the other side of a call is there.</summary>
    internal string GreetingOf(Call call) => $"{Recording.AnnouncementWish} {(call.IsOutbound ? OutboundGreeting : Greeting)}".Trim();
}
