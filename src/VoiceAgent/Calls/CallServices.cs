using GeminiLive;
using Telephony.Calls;
using Tools.Catalog;
using VoiceAgent.Agents;
using VoiceAgent.Observability;

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
    /// <summary>Gives the tools of an agent, by its name, for one call; the call gives them back when it has ended.</summary>
    public Func<string, ToolSet> RentTools { get; init; } = _ => ToolSet.Empty;

    /// <summary>Both audio paths and the Live session of one call, not yet connected.</summary>
    public virtual CallBridge CreateBridge(Call call, AgentProfile agent, IReadOnlyList<LiveFunction> functions, Action<CallSignal> post)
    {
        var config = Live.Configure(agent) with { SystemInstruction = agent.Instructions, Greeting = agent.Greeting, Functions = functions };
        return new CallBridge(call, post, config, Live, Time);
    }
}
