using Telephony.Rtp.Srtp;
using Telephony.Sip.Transport;

namespace Telephony.Trunks;

/// <summary>Settings of one trunk: a provider, a PBX or another server that sends us calls and takes ours.</summary>
public sealed class TrunkOptions
{
    /// <summary>Where its requests come from: addresses and networks (CIDR), IPv4 and IPv6. Where two trunks have the same one, the smaller network decides.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Our address as this trunk is told it, where it reaches us another way than others do (a VPN, a second provider); empty for <c>Telephony:PublicAddress</c>.</summary>
    public string PublicAddress { get; init; } = "";

    /// <summary>Its calls at the same time, whoever made them; a further one that comes in gets 503, and none of ours is made. 0 for no bound of its own, at most 100,000.</summary>
    public int MaxCalls { get; init; }

    /// <summary>Its calls that may come in within a second; a further one gets 503. 0 for no bound of its own, at most 100,000.</summary>
    public int MaxCallsPerSecond { get; init; }

    /// <summary>Where our requests to it go: <c>host</c>, <c>host:port</c>, <c>sip:host;transport=tcp</c>, <c>sip:host;transport=tls</c> or <c>sips:host</c>;
    /// a name without a port is looked up by NAPTR and SRV (RFC 3263). Its addresses count as the trunk's. Empty for a trunk that only calls us.</summary>
    public string Server { get; init; } = "";

    /// <summary>What stands behind the @ of our address there; empty for the host of <see cref="Server"/>.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Whether we register at the server (RFC 3261 section 10), so that its calls find us. False for a server that knows our address.</summary>
    public bool Register { get; init; }

    /// <summary>Our name there: the user of the address that is registered, and of From.</summary>
    public string Username { get; init; } = "";

    /// <summary>Name that the password belongs to; empty for <see cref="Username"/>.</summary>
    public string AuthUsername { get; init; } = "";

    /// <summary>Password for challenges of this server; no other server gets an answer made of it.</summary>
    public string Password { get; init; } = "";

    /// <summary>The realms of its challenges that the password is for, as the provider writes them. Empty to take the one that asks first, and then only that:
    /// name them where a provider has several, or where it passes challenges of those whom it connects us with.</summary>
    public IReadOnlyList<string> Realms { get; init; } = [];

    /// <summary>How long a registration shall hold; the server may shorten it, and it is renewed in time. 1 min to 1 d.</summary>
    public TimeSpan RegistrationExpiry { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time between two OPTIONS to the server, which show whether it lives and keep the way through a NAT open; zero for none. 5 s to 1 h.</summary>
    public TimeSpan OptionsInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Number that calls of ours come from: the user of their From. Empty for <see cref="Username"/>.</summary>
    public string CallerNumber { get; init; } = "";

    /// <summary>Name of the user (<c>Telephony:Users</c>) that its calls must log in as, where its address alone proves too little, as one that many share. Empty for none.</summary>
    public string RequireUser { get; init; } = "";

    /// <summary>Whether the media of its calls is encrypted; null for what <c>Telephony:Srtp</c> says.</summary>
    public SrtpPolicy? Srtp { get; init; }

    /// <summary>Whether the trunk is told that its caller waits for a person who is asked first.</summary>
    public TrunkHold Hold { get; init; }

    /// <summary>Certificate that its servers are shown when they ask for one (mutual TLS); without files that of <c>Telephony:Tls</c>, if there is one.</summary>
    public ClientCertificateOptions ClientCertificate { get; init; } = new();

    /// <summary>What becomes of its REFERs within a call; null for what <c>Telephony:InboundRefer</c> says.</summary>
    public ReferPolicy? InboundRefer { get; init; }

    /// <summary>True to believe what it says of callers: P-Asserted-Identity (RFC 3325) and Remote-Party-ID. False takes the number of From, which is the caller's own word.</summary>
    public bool TrustIdentity { get; init; }

    /// <summary>Name of the agent that answers its calls where neither a route nor a number of an agent says another; empty for the default one.</summary>
    public string Agent { get; init; } = "";
}
