using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.Registration;

/// <summary>Writes the requests of one trunk that belong to no call: REGISTER, all with one Call-ID and rising numbers (RFC 3261 section 10.2), and OPTIONS.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class RegisterRequests(Trunk trunk, string productName)
{
    private readonly string _callId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
    private readonly string _tag = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private uint _cseq = (uint)RandomNumberGenerator.GetInt32(1, 1 << 16);
    private SipUri? _registered;

    /// <summary>Our address as the server sees it, where a NAT lies between; null where none does.</summary>
    public IPEndPoint? SeenAs { get; set; }

    /// <summary>Name of this registration in logs and timers.</summary>
    public string CallId => _callId;

    private SipUri Server => trunk.Server ?? throw new InvalidOperationException($"Trunk {trunk.Name} has no server.");

    /// <summary>A REGISTER; it also takes back an earlier Contact that is not the present one.</summary>
    /// <param name="flow">Where it will go.</param>
    /// <param name="expiry">How long it shall hold; zero to leave, null to change nothing and only ask what is registered (RFC 3261 section 10.2.3).</param>
    public SipRequest Create(SipFlow flow, TimeSpan? expiry)
    {
        var request = New(SipMethods.Register, _callId, ++_cseq);
        if (expiry is not { } time)
            return request;
        var seconds = ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var contact = Contact(flow);
        request.Contact = Expiring(contact, seconds);
        if (_registered is not null && _registered != contact.Uri)
            request.Headers.Add(HeaderNames.Contact, Expiring(new NameAddress { Uri = _registered }, "0").ToString());
        request.Headers.Add(HeaderNames.Expires, seconds);
        return request;
    }

    /// <summary>A Contact was registered: when another one takes its place, it is taken back.</summary>
    public void OnRegistered(SipUri? contact) => _registered = contact;

    /// <summary>Whether we would now give another Contact than that: the port of a connection is known only once it stands.</summary>
    public bool IsOutdated(SipUri? contact, SipFlow flow) => contact is not null && contact != Contact(flow).Uri;

    /// <summary>An OPTIONS to the server.</summary>
    public SipRequest CreateOptions(SipFlow flow)
    {
        var request = New(SipMethods.Options, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)), 1);
        request.Contact = Contact(flow);
        request.Headers.Add(HeaderNames.Accept, "application/sdp");
        return request;
    }

    /// <summary>Whether the server saw us at another address than the one that we told it, or at another port of that of a NAT.</summary>
    public bool IsElsewhere(SipFlow flow, IPEndPoint seenAs) =>
        SeenAs is { } before
            ? !seenAs.Equals(before)
            : IPAddress.TryParse(flow.AdvertisedHost, out var told) && !told.Equals(seenAs.Address);

    private SipRequest New(string method, string callId, uint cseq)
    {
        var domain = new SipUri { Scheme = Server.Scheme, Host = trunk.Domain };
        var user = trunk.Options.Username.Length > 0 ? trunk.Options.Username : trunk.ContactUser;
        var address = new NameAddress { Uri = domain with { User = user } };
        var request = new SipRequest(method, trunk.Options.Domain.Length > 0 ? domain : domain with { Port = Server.Port })
        {
            MaxForwards = TransactionLayer.InitialMaxForwards,
            From = address.WithTag(_tag),
            To = method == SipMethods.Register ? address : new NameAddress { Uri = domain },
            CallId = callId,
            CSeq = new CSeq(cseq, method),
        };
        request.Headers.Add(HeaderNames.UserAgent, productName);
        return request;
    }

    /// <summary>Where calls of this trunk shall come: its own user part tells them from those of another trunk at the same server.</summary>
    private NameAddress Contact(SipFlow flow)
    {
        var local = flow.Transport.LocalEndPoint;
        var uri = new SipUri
        {
            User = trunk.ContactUser,
            Host = SeenAs?.Address.ToString() ?? flow.AdvertisedHost,
            Port = SeenAs?.Port ?? flow.AdvertisedPort,
        };
        if (Server.IsSecure)
            uri = uri with { Scheme = SipUri.Secure };
        else if (local.Protocol != SipProtocol.Udp)
            uri = uri with { Parameters = uri.Parameters.With("transport", local.TransportName.ToLowerInvariant()) };
        return new NameAddress { Uri = uri };
    }

    private static NameAddress Expiring(NameAddress contact, string seconds) => contact with { Parameters = contact.Parameters.With("expires", seconds) };
}
