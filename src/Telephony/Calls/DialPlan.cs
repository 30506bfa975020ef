using Telephony.Sip.Messages;
using Telephony.Sip.Registrar;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Calls;

/// <summary>What a call of ours says and where it goes first: Request-URI, next server, caller.</summary>
/// <param name="RequestUri">Whom it calls.</param>
/// <param name="NextHop">Whose servers get the INVITE.</param>
/// <param name="Trunk">The trunk; null when the callee is called directly.</param>
internal sealed record DialPlan(SipUri RequestUri, SipUri NextHop, Trunk? Trunk)
{
    private const string NobodysUser = "agent";

    /// <summary>The number or user that is called.</summary>
    public string Number => User ?? RequestUri.User ?? "";

    /// <summary>The user of ours whose phone is called; null for anybody else.</summary>
    public string? User { get; private init; }

    /// <summary>Proxies that the INVITE passes, the first of them its next hop.</summary>
    public IReadOnlyList<string> Route { get; private init; } = [];

    /// <summary>A call to a phone that is registered here.</summary>
    public static DialPlan To(RegisteredContact contact) => new(contact.Uri, contact.Uri, null) { User = contact.User, Route = contact.Path };

    /// <summary>A call by a trunk; null when the trunk has no server.</summary>
    public static DialPlan? By(Trunk trunk, OutboundTarget target)
    {
        if (trunk.Server is not { } server)
            return null;
        // The domain is what the provider's address book knows; the server is only where it stands.
        var home = server with { Host = trunk.Domain, Port = trunk.Options.Domain.Length > 0 ? null : server.Port, User = target.User };
        return new DialPlan(target.Uri ?? home, server, trunk);
    }

    /// <summary>The From of the call: the trunk's number at the trunk's domain, or ourselves.</summary>
    public NameAddress From(SipFlow flow)
    {
        if (Trunk is null)
            return new NameAddress { Uri = new SipUri { User = NobodysUser, Host = flow.AdvertisedHost } };
        var user = Trunk.Options.CallerNumber is { Length: > 0 } number ? number : Trunk.Options.Username is { Length: > 0 } name ? name : NobodysUser;
        return new NameAddress { Uri = new SipUri { Scheme = RequestUri.Scheme, User = user, Host = Trunk.Domain } };
    }

    /// <summary>The INVITE by one of the ways.</summary>
    public OutboundInvite Invite(string sipCallId, NameAddress from, SipFlow flow, ReadOnlyMemory<byte> offer, DialRequest request) =>
        new(RequestUri, from, flow, offer)
        {
            SipCallId = sipCallId,
            LocalUser = Trunk?.ContactUser ?? from.Uri.User,
            RingTimeout = request.RingTimeout,
            Account = ServerAccount.Of(Trunk, flow),
            Trunk = Trunk,
            MayRefer = request.MayRefer,
            Headers = [.. Route.Select(value => new SipHeader(HeaderNames.Route, value)), .. request.Headers],
        };
}
