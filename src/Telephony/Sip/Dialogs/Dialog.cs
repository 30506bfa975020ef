using System.Net;
using System.Security.Cryptography;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Dialogs;

/// <summary>The lasting relation with one peer that an INVITE makes: tags, sequence numbers, route set, remote target (RFC 3261 section 12).</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class Dialog
{
    private const int TagBytes = 8;
    private const int MaxInitialCSeq = 1 << 16;

    private readonly NameAddress _local;
    private readonly NameAddress _remote;
    private readonly RouteSet _routeSet;
    private readonly bool _isDirect;
    private uint _localCSeq = (uint)RandomNumberGenerator.GetInt32(1, MaxInitialCSeq);
    private uint _remoteCSeq;

    private Dialog(SipRequest invite, SipFlow flow)
    {
        _local = invite.To.WithTag(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TagBytes)));
        _remote = invite.From;
        _routeSet = RouteSet.OfCallee(invite);
        _isDirect = _routeSet.IsEmpty && invite.Vias.Count == 1;
        _remoteCSeq = invite.CSeq.Number;
        // Contact is mandatory, but peers of RFC 2543 leave it out and are reached by their From.
        RemoteTarget = invite.Contact?.Uri ?? invite.From.Uri;
        Flow = flow;
        IsSips = invite.RequestUri.IsSecure || _routeSet.NextHop(RemoteTarget).IsSecure;
        Id = new(invite.CallId, _local.Tag!, _remote.Tag ?? "");
    }

    /// <summary>Its name.</summary>
    public DialogId Id { get; }

    /// <summary>Whether it was made by a SIPS URI: then our Contact is one too (RFC 3261 section 12.1.1).</summary>
    public bool IsSips { get; }

    /// <summary>Where the peer wants requests to go: its Contact.</summary>
    public SipUri RemoteTarget { get; private set; }

    /// <summary>The way the peer's latest request came.</summary>
    public SipFlow Flow { get; private set; }

    /// <summary>Who gets our next request.</summary>
    public SipUri NextHop => _routeSet.NextHop(RemoteTarget);

    /// <summary>The dialog that a response of ours to this INVITE makes.</summary>
    public static Dialog OfCallee(SipRequest invite, SipFlow flow) => new(invite, flow);

    /// <summary>Whether a request is in order; takes over its number and its way. ACK and CANCEL carry their INVITE's number and are not asked about.</summary>
    public bool TryAdvance(SipRequest request, SipFlow flow)
    {
        if (request.CSeq.Number <= _remoteCSeq)
            return false;
        _remoteCSeq = request.CSeq.Number;
        if (flow.IsSecure || !Flow.IsSecure)   // never from TLS to a way that others can read along
            Flow = flow;
        return true;
    }

    /// <summary>A re-INVITE was accepted: its Contact is the new remote target (RFC 3261 section 12.2.2, RFC 6141).</summary>
    public void Refresh(SipRequest reinvite)
    {
        if (reinvite.Contact is { } contact)
            RemoteTarget = contact.Uri;
    }

    /// <summary>A request within the dialog, complete but for Via and Contact (RFC 3261 section 12.2.1.1).</summary>
    public SipRequest CreateRequest(string method)
    {
        var request = _routeSet.CreateRequest(method, RemoteTarget);
        request.MaxForwards = TransactionLayer.InitialMaxForwards;
        request.From = _local;
        request.To = _remote;
        request.CallId = Id.SipCallId;
        request.CSeq = new CSeq(++_localCSeq, method);
        return request;
    }

    /// <summary>Whether our requests must go back to where the peer's came from, because its Contact cannot be reached from here.</summary>
    /// <remarks>A phone behind NAT that knows nothing of it: it calls straight from a public address, and its Contact is a private one.</remarks>
    public bool IsBehindNat(IPAddress target) =>
        _isDirect && PrivateAddress.Is(target) && !PrivateAddress.Is(Flow.Remote.Address);
}
