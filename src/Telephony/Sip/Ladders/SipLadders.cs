using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Ladders;

/// <summary>The ladders of the calls that are up, by Call-ID: every message that comes or goes is noted on its call's.</summary>
/// <remarks>Owned by the signalling loop. As many as there are calls: one is begun with a call and ended with its dialog.</remarks>
internal sealed class SipLadders(TimeProvider time)
{
    private readonly Dictionary<string, SipLadder> _ladders = new(StringComparer.Ordinal);

    /// <summary>Ladders kept.</summary>
    public int Count => _ladders.Count;

    /// <summary>Where messages are sent that a collector wants; null where there is none.</summary>
    public HepExporter? Export { get; init; }

    /// <summary>A call begins whose messages are to be kept; nothing comes onto the ladder of one that uses another's Call-ID.</summary>
    public SipLadder Begin(string sipCallId)
    {
        var ladder = new SipLadder();
        _ladders.TryAdd(sipCallId, ladder);
        return ladder;
    }

    /// <summary>The messages of that Call-ID come onto another call's ladder from now on.</summary>
    public void Join(string sipCallId, SipLadder ladder) => _ladders[sipCallId] = ladder;

    /// <summary>The call's dialog is over.</summary>
    public void End(string sipCallId) => _ladders.Remove(sipCallId);

    /// <summary>A call that has just got its ladder has begun with this INVITE, and was answered so far with this response.</summary>
    public void Begun(SipRequest invite, SipResponse? response, SipFlow flow)
    {
        if (!_ladders.TryGetValue(invite.CallId, out var ladder))
            return;
        ladder.Add(time.GetUtcNow(), isSent: false, Refusal.Serialize(invite), flow);
        if (response is not null)
            ladder.Add(time.GetUtcNow(), isSent: true, Refusal.Serialize(response), flow);
    }

    /// <summary>A message has come.</summary>
    public void Received(SipMessage message, SipFlow flow)
    {
        var ladder = _ladders.GetValueOrDefault(message.CallId);
        if (ladder is null && Export is null)
            return;
        var bytes = Refusal.Serialize(message);
        ladder?.Add(time.GetUtcNow(), isSent: false, bytes, flow);
        Export?.Send(time.GetUtcNow(), isSent: false, bytes, flow, message.CallId);
    }

    /// <summary>A message goes out.</summary>
    /// <param name="bytes">As it is sent.</param>
    /// <param name="flow">Its way.</param>
    /// <param name="sipCallId">Its Call-ID header.</param>
    public void Sent(ReadOnlyMemory<byte> bytes, SipFlow flow, string sipCallId)
    {
        _ladders.GetValueOrDefault(sipCallId)?.Add(time.GetUtcNow(), isSent: true, bytes, flow);
        Export?.Send(time.GetUtcNow(), isSent: true, bytes, flow, sipCallId);
    }
}
