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
    private readonly bool _isDirect;
    private RouteSet _routeSet;
    private uint _localCSeq;
    private long _remoteCSeq;

    private Dialog(SipRequest invite, SipFlow flow)
    {
        _local = invite.To.WithTag(NewTag());
        _remote = invite.From;
        _localCSeq = NewCSeq();
        _routeSet = RouteSet.OfCallee(invite);
        _isDirect = _routeSet.IsEmpty && invite.Vias.Count == 1;
        _remoteCSeq = invite.CSeq.Number;
        // Contact is mandatory, but peers of RFC 2543 leave it out and are reached by their From.
        RemoteTarget = invite.Contact?.Uri ?? invite.From.Uri;
        Flow = flow;
        IsSips = invite.RequestUri.IsSecure || _routeSet.NextHop(RemoteTarget).IsSecure;
        Id = new(invite.CallId, _local.Tag!, _remote.Tag ?? "");
    }

    private Dialog(SipRequest invite, SipResponse response, SipFlow flow)
    {
        _local = invite.From;
        _remote = response.To;
        _localCSeq = invite.CSeq.Number;
        IsOurs = true;
        _remoteCSeq = -1;   // the peer starts where it likes (RFC 3261 section 12.1.2)
        _routeSet = RouteSet.OfCaller(response);
        _isDirect = _routeSet.IsEmpty;
        RemoteTarget = response.Contact?.Uri ?? invite.RequestUri;
        Flow = flow;
        IsSips = invite.RequestUri.IsSecure;
        Id = new(invite.CallId, _local.Tag ?? "", _remote.Tag ?? "");
    }

    /// <summary>Its name.</summary>
    public DialogId Id { get; }

    /// <summary>Whether we began it, and so made its Call-ID.</summary>
    public bool IsOurs { get; }

    /// <summary>Whether it was made by a SIPS URI: then our Contact is one too (RFC 3261 section 12.1.1).</summary>
    public bool IsSips { get; }

    /// <summary>The peer: From of an inbound call, To of an outbound one.</summary>
    public NameAddress RemoteAddress => _remote;

    /// <summary>Where the peer wants requests to go: its Contact.</summary>
    public SipUri RemoteTarget { get; private set; }

    /// <summary>The way the peer's latest request came.</summary>
    public SipFlow Flow { get; private set; }

    /// <summary>Who gets our next request.</summary>
    public SipUri NextHop => _routeSet.NextHop(RemoteTarget);

    /// <summary>The dialog that a response of ours to this INVITE makes.</summary>
    public static Dialog OfCallee(SipRequest invite, SipFlow flow) => new(invite, flow);

    /// <summary>The dialog that a provisional or successful response to an INVITE of ours makes.</summary>
    /// <param name="invite">The INVITE, complete with our tag and number.</param>
    /// <param name="response">The response, with the peer's tag.</param>
    /// <param name="flow">The way the response came.</param>
    public static Dialog OfCaller(SipRequest invite, SipResponse response, SipFlow flow) => new(invite, response, flow);

    /// <summary>A tag of our own (RFC 3261 section 19.3).</summary>
    public static string NewTag() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TagBytes));

    /// <summary>A sequence number to begin with (RFC 3261 section 8.1.1.5).</summary>
    public static uint NewCSeq() => (uint)RandomNumberGenerator.GetInt32(1, MaxInitialCSeq);

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

    /// <summary>A re-INVITE or UPDATE was accepted, by us or by the peer: its Contact, or that of the 2xx, is the new remote target (RFC 3261 section 12.2, RFC 6141).</summary>
    public void Refresh(SipMessage message)
    {
        if (message.Contact is { } contact)
            RemoteTarget = contact.Uri;
    }

    /// <summary>The 2xx to our INVITE: its route and Contact count, whatever an earlier response said (RFC 3261 section 13.2.2.4).</summary>
    public void Confirm(SipResponse response)
    {
        _routeSet = RouteSet.OfCaller(response);
        RemoteTarget = response.Contact?.Uri ?? RemoteTarget;
    }

    /// <summary>The ACK of a 2xx, along the dialog's route with the number of its INVITE (RFC 3261 section 13.2.2.4); complete but for Via.</summary>
    public SipRequest CreateAck(uint number) => CreateRequest(SipMethods.Ack, number);

    /// <summary>A request within the dialog, complete but for Via and Contact (RFC 3261 section 12.2.1.1).</summary>
    public SipRequest CreateRequest(string method) => CreateRequest(method, ++_localCSeq);

    /// <summary>Gives a request that has to be sent once more the next number, and takes its Via away.</summary>
    public void Renumber(SipRequest request)
    {
        request.Headers.Remove(HeaderNames.Via);
        request.CSeq = new CSeq(++_localCSeq, request.Method);
    }

    /// <summary>Whether our requests must go back to where the peer's came from, because its Contact cannot be reached from here.</summary>
    /// <remarks>A phone behind NAT that knows nothing of it: it calls straight from a public address, and its Contact is a private one.</remarks>
    public bool IsBehindNat(IPAddress target) => _isDirect && PrivateAddress.IsBehindNat(target, Flow.Remote.Address);

    private SipRequest CreateRequest(string method, uint number)
    {
        var request = _routeSet.CreateRequest(method, RemoteTarget);
        request.MaxForwards = TransactionLayer.InitialMaxForwards;
        request.From = _local;
        request.To = _remote;
        request.CallId = Id.SipCallId;
        request.CSeq = new CSeq(number, method);
        return request;
    }
}
