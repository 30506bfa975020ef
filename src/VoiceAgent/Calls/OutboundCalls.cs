using System.Text.Json;
using Telephony;
using Telephony.Calls;
using VoiceAgent.Agents;
using VoiceAgent.Webhooks;

namespace VoiceAgent.Calls;

/// <summary>Has calls made: choice of the agent, admission, and one <see cref="CallSession"/> each; knows how they stand.</summary>
/// <remarks>Any thread. Who may be called is decided below, by <c>Telephony:Outbound</c>.</remarks>
internal sealed class OutboundCalls(TelephonyService telephony, CallTable table, AgentDirectory agents, CallServices services, CallRunner runner, DeliverySender callbacks)
{
    private readonly OutboundBook _book = new();

    /// <summary>Makes a call; completes when it is on its way, or with the reason why it is not.</summary>
    /// <returns>The call, or null and why.</returns>
    public async Task<(OutboundStatus? Call, DialRefusal Why)> DialAsync(OutboundWish wish)
    {
        if (agents.Caller(wish.Agent) is not { } agent)
            return (null, DialRefusal.Unavailable);
        OutboundStatus? made = null;
        var why = await telephony.DialAsync(new DialRequest
        {
            Target = wish.Target,
            Trunk = wish.Trunk,
            RingTimeout = wish.RingTimeout,
            OnCreated = call => Start(call, agent, wish, out made),
        });
        return (made, why);
    }

    /// <summary>How a call stands; null when it is not known (any more).</summary>
    public OutboundStatus? Find(string id) => _book.Find(id);

    /// <summary>Ends a call of ours, answered or not; false when none of that id runs.</summary>
    public bool HangUp(string id)
    {
        if (_book.Find(id) is not { State: not OutboundState.Ended } || table.Running.FirstOrDefault(session => session.CallId == id) is not { } running)
            return false;
        running.HangUp();
        return true;
    }

    private CallSession? Start(Call call, SelectedAgent agent, OutboundWish wish, out OutboundStatus? made)
    {
        made = null;
        if (!table.TryAdmit())
            return null;
        var session = new CallSession(call, agent, services, wish) { Progress = record => Keep(OutboundStatus.Of(record, isOver: false), wish) };
        services.Logger.CallDialled(call.CallId, services.Privacy.Uri(call.To), agent.Name, call.Trunk ?? "no trunk", call.SipCallId);
        made = OutboundStatus.Of(session.Record, isOver: false);
        _book.Keep(made);
        runner.Run(session, record => Keep(OutboundStatus.Of(record, isOver: true), wish));
        return session;
    }

    private void Keep(OutboundStatus status, OutboundWish wish)
    {
        _book.Keep(status);
        if (wish.Callback is { } callback)
            callbacks.Send(new Delivery(callback, status.Id, JsonSerializer.SerializeToUtf8Bytes(status, OutboundJson.Default.OutboundStatus)));
    }
}
