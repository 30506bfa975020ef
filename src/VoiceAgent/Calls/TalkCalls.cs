using System.Net;
using Telephony;
using Telephony.Calls;
using VoiceAgent.Agents;

namespace VoiceAgent.Calls;

/// <summary>Takes calls that are made from the console's page, without SIP: choice of the agent, admission, and one <see cref="CallSession"/> each.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class TalkCalls(TelephonyService telephony, CallTable table, AgentDirectory agents, CallServices services, CallRunner runner)
{
    /// <summary>What stands for a trunk in records, lists and metrics.</summary>
    public const string Trunk = "console";

    /// <summary>Begins a call.</summary>
    /// <param name="wish">Who wants to talk to whom.</param>
    /// <param name="observer">Told what happens in it, besides those who are told of all calls.</param>
    /// <returns>The call, or null and a sentence that says why there is none.</returns>
    public (TalkCall? Call, string Fault) Begin(TalkWish wish, ICallObserver observer)
    {
        if (agents.Caller(wish.Agent) is not { } agent)
            return (null, "There is no agent of that name.");
        if (!table.TryAdmit())
            return (null, table.IsDraining ? "The service takes no calls at present." : "As many calls run as there may be.");
        if (telephony.OpenLine(new FrameCaller(Trunk, wish.User, wish.Number, agent.Name, wish.RemoteEndPoint)) is not { } line)
        {
            table.Release();
            return (null, "The service does not run yet, or stops.");
        }
        var order = new OutboundWish(agent.Name, agent.Name, Trunk, TimeSpan.Zero, wish.Metadata, null, CalleeIsVerified: false);
        var session = new CallSession(line.Call, agent, services, order, observer);
        line.Call.Listener = session;
        services.Logger.Talks(session.CallId, wish.User, agent.Name);
        runner.Run(session);
        return (new TalkCall(line, session), "");
    }
}

/// <summary>Somebody at the console wants to talk to an agent.</summary>
/// <param name="User">Who.</param>
/// <param name="Agent">Name of the agent; null for the default one.</param>
/// <param name="Number">Number that the agent shall take them to call from; it counts as unverified. Null for none.</param>
/// <param name="Metadata">What the agent is told for this call.</param>
/// <param name="RemoteEndPoint">Where they are.</param>
internal sealed record TalkWish(string User, string? Agent, string? Number, IReadOnlyDictionary<string, string> Metadata, IPEndPoint RemoteEndPoint);

/// <summary>A call from the console's page.</summary>
/// <param name="Line">Its audio.</param>
/// <param name="Session">Its owner.</param>
internal sealed record TalkCall(FrameLine Line, CallSession Session);
