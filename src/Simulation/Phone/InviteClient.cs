namespace Simulation.Phone;

/// <summary>The caller's INVITEs: sent, acknowledged, acknowledged again, cancelled (RFC 3261 sections 9, 13 and 14).</summary>
/// <remarks>Owned by <see cref="CallerDialog"/>'s loop.</remarks>
internal sealed class InviteClient(DialogText text, ClientRequests requests, ISipLine line)
{
    private readonly Dictionary<uint, byte[]> _acks = [];   // by CSeq of the INVITE: repeated when the 2xx is
    private string _branch = "";
    private uint _cseq;

    /// <summary>Whether a CANCEL has gone out.</summary>
    public bool IsCancelSent { get; private set; }

    /// <summary>Sends an INVITE; an empty SDP makes it a late offer.</summary>
    public void Send(string sdp, string headers, Action<SipText>? onProvisional, Action<SipText?> onFinal)
    {
        (_branch, _cseq) = (DialogText.NewBranch(), text.NextCSeq());
        var bytes = text.Request("INVITE", _cseq, _branch, headers, "application/sdp", sdp);
        requests.Send(new ClientRequest("INVITE", _branch, bytes, text.NextHop, onFinal) { OnProvisional = onProvisional });
    }

    /// <summary>Acknowledges a 2xx, with the answer to a late offer if there was one.</summary>
    public void Acknowledge(SipText response, string sdp)
    {
        var ack = text.Request("ACK", response.CSeqNumber, DialogText.NewBranch(), "", "application/sdp", sdp);
        _acks[response.CSeqNumber] = ack;
        line.Send(ack, text.NextHop);
    }

    /// <summary>Acknowledges a final answer other than 2xx.</summary>
    public void AcknowledgeRefusal(SipText response) => line.Send(text.AckOfRefusal(response, _branch), text.NextHop);

    /// <summary>Repeats the ACK for a 2xx that came again: the ACK was lost, or the two crossed.</summary>
    public void TakeStray(SipText response)
    {
        if (response is { Method: "INVITE", StatusCode: >= 200 and < 300 } && _acks.TryGetValue(response.CSeqNumber, out var ack))
            line.Send(ack, text.NextHop);
    }

    /// <summary>Cancels the INVITE under way; the INVITE's own final answer still comes.</summary>
    public void Cancel()
    {
        IsCancelSent = true;
        var bytes = text.Request("CANCEL", _cseq, _branch);
        requests.Send(new ClientRequest("CANCEL", _branch, bytes, text.NextHop, _ => { }));
    }
}
