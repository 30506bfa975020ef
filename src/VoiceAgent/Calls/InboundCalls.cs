using Telephony.Calls;
using Telephony.Sip.UserAgents;
using VoiceAgent.Agents;

namespace VoiceAgent.Calls;

/// <summary>Takes calls from the line: admission, choice of the agent, and one <see cref="CallSession"/> each.</summary>
/// <remarks>Called on the signalling loop.</remarks>
internal sealed class InboundCalls(CallTable table, AgentDirectory agents, CallServices services, CallRunner runner) : ICallHandler
{
    // Draining: the caller's proxy shall try elsewhere and come back later. Full: a Retry-After would take the whole server out of its routing (RFC 5390).
    private const string DrainingRetryAfter = "30";

    /// <inheritdoc/>
    public (int StatusCode, string? RetryAfter) Availability
    {
        get
        {
            if (table.IsDraining)
                return (503, DrainingRetryAfter);
            return (table.HasRoom ? 200 : 503, null);
        }
    }

    /// <inheritdoc/>
    public OptionsAnswer Health => Availability switch
    {
        (_, { } retryAfter) => new(503, retryAfter, "Draining"),
        (not 200, null) => new(503, ReasonPhrase: "All Lines Busy"),
        _ when LiveIsMissed => new(503, ReasonPhrase: "Live Service Down"),
        _ => new(200),
    };

    // Who has callers told that it does not work has them taken.
    private bool LiveIsMissed => services.Newest.Options.OnSetupFailure == SetupFailureAction.Reject && services.Live.IsDown;

    /// <inheritdoc/>
    public bool IsStopping => table.IsClosed;

    /// <inheritdoc/>
    public void OnCallOffered(Call call)
    {
        var decision = agents.Find(RouteQuery.Of(call));
        if (decision.Agent is null)
        {
            services.Logger.NoAgent(call.CallId, services.Privacy.Number(call.DialledNumber)!, decision.RejectCode, decision.By);
            call.Reject(decision.RejectCode);
        }
        else if (!table.TryAdmit())
        {
            call.Reject(503, retryAfter: table.IsDraining ? DrainingRetryAfter : null);
        }
        else
        {
            Start(call, decision.Agent, decision.By);
        }
    }

    private void Start(Call call, SelectedAgent agent, string by)
    {
        var session = new CallSession(call, agent, services);
        call.Listener = session;
        services.Logger.CallOffered(call.CallId, services.Privacy.Uri(call.From), services.Privacy.Number(call.DialledNumber)!, agent.Name, by, call.SipCallId);
        runner.RunAtOnce(session);
    }
}
