using System.Runtime.CompilerServices;
using GeminiLive;
using Telephony.Calls;
using Tools;
using Tools.Catalog;
using Tools.Invocation;
using VoiceAgent.Agents;
using VoiceAgent.Consultations;
using VoiceAgent.Observability;
using VoiceAgent.Observability.Tracing;
using VoiceAgent.Recordings;
using VoiceAgent.Records;
using VoiceAgent.ToolCalls;
using VoiceAgent.TurnTaking;

namespace VoiceAgent.Calls;

/// <summary>What every call needs and shares with the others.</summary>
internal record CallServices(
    CallOptions Options,
    LiveClientFactory Live,
    AnnouncementLibrary Announcements,
    IReadOnlyList<ICallObserver> Observers,
    VoiceAgentMetrics Metrics,
    TimeProvider Time,
    ILogger<CallSession> Logger)
{
    private readonly StrongBox<CallServices?> _newest = new();   // shared by all that were made of one another

    /// <summary>These, or those that have taken their place since: for calls that begin now. Any thread.</summary>
    public CallServices Newest => Volatile.Read(ref _newest.Value) ?? this;

    /// <summary>Gives calls that begin from now on others; those that run keep what they began with.</summary>
    public void Renew(Func<CallServices, CallServices> change) => Volatile.Write(ref _newest.Value, change(Newest));

    /// <summary>Gives the tools of an agent, by its name, for one call; the call gives them back when it has ended.</summary>
    public Func<string, ToolSet> RentTools { get; init; } = _ => ToolSet.Empty;

    /// <summary>What the tools of all calls use; null where there are none.</summary>
    public ToolServices? Tools { get; init; }

    /// <summary>What is masked in what is written down of calls.</summary>
    public RecordOptions Records { get; init; } = new();

    /// <summary>Takes out of records and logs what must not stand there.</summary>
    public RecordPrivacy Privacy => field ??= new RecordPrivacy(Tools?.Redaction, Records);

    /// <summary>Begins the traces of calls; null where nobody traces them.</summary>
    public CallTracing? Tracing { get; init; }

    /// <summary>Records the calls of agents that want it; null where nothing can be recorded.</summary>
    public Recorder? Recorder { get; init; }

    /// <summary>Makes the second calls of calls that run; null where none can be made.</summary>
    public SecondLegs? SecondLegs { get; init; }

    /// <summary>Whether callers of that trunk, by its name, wait on hold by SIP (<see cref="Telephony.Trunks.TrunkOptions.Hold"/>).</summary>
    public Func<string, bool> HoldsBySip { get; init; } = _ => false;

    /// <summary>The tools of one call at work; null for an agent that has none.</summary>
    public ToolBridge? CreateTools(Call call, string agent, ToolSet tools, CallBridge bridge, bool isCalleeVerified, Action<CallSignal> post)
    {
        if (Tools is null || tools.Tools.Count == 0)
            return null;
        var context = ContextOf(call, agent, Time, isCalleeVerified) with { Trace = Tracing?.Begin(call.CallId, call.IsOutbound) ?? default };
        return new ToolBridge(tools, context, Tools, bridge, post);
    }

    /// <summary>What tools may know of a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="agent">Name of its agent.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isCalleeVerified">In a call of ours: whether whoever answers is taken for the holder of the number. Anybody may pick up, or the call be forwarded.</param>
    internal static ToolContext ContextOf(Call call, string agent, TimeProvider time, bool isCalleeVerified = false) => new()
    {
        CallId = call.CallId,
        Agent = agent,
        CallerNumber = call.PartyNumber ?? "",
        CallerIsVerified = call.IsOutbound ? isCalleeVerified : call.IsCallerVerified,
        SignedIdentity = call.Stir.ToString(),
        DivertedFrom = call.Diversions is [{ Number: { } diverter }, ..] ? diverter : "",
        DialledNumber = call.DialledNumber,
        Time = time,
    };

    /// <summary>Both audio paths and the Live session of one call, not yet connected.</summary>
    public virtual CallBridge CreateBridge(Call call, AgentProfile agent, IReadOnlyList<LiveFunction> functions,
        IReadOnlyDictionary<string, string> metadata, Action<CallSignal> post)
    {
        var config = Live.Configure(agent) with
        {
            SystemInstruction = string.Join("\n\n", Instructions(call, agent, metadata)),
            Greeting = agent.GreetingOf(call),
            Functions = functions,
            AnswersUnknownFunctions = Tools is null || functions.Count == 0,   // tools name those that exist
        };
        if (agent.BargeIn == BargeInMode.LocalOnly)
            config.Settings.ActivityDetection.Mode = "Manual";
        return new CallBridge(call, post, config, Live, Time, agent) { QuietLineGainDb = agent.QuietLineGainDb };
    }

    private static IEnumerable<string> Instructions(Call call, AgentProfile agent, IReadOnlyDictionary<string, string> metadata)
    {
        yield return agent.Instructions;
        if (call.IsOutbound)
            yield return CalleeWords.Of(call, metadata);
        else if (agent.TellCaller)
            yield return CallerWords.Of(call);
        if (!call.IsOutbound && metadata.Count > 0)
            yield return CalleeWords.Data(metadata);
    }

    /// <summary>What the session asks for that speaks to a person whom a caller shall be handed to, in the agent's voice.</summary>
    /// <exception cref="InvalidOperationException">The agent's settings do not go together with functions.</exception>
    public LiveSessionConfig ConfigureBriefing(AgentProfile agent, string instruction)
    {
        var config = Live.Configure(agent) with { SystemInstruction = instruction, Greeting = BriefingWords.Greeting, Functions = BriefingWords.Functions };
        return LiveClientFactory.Fault(config) is { } fault ? throw new InvalidOperationException(fault) : config;
    }

    /// <summary>Both audio paths and the Live session of such a person's call, not yet connected.</summary>
    public CallBridge CreateBriefing(Call call, LiveSessionConfig config, Action<CallSignal> post) => new(call, post, config, Live, Time);
}
