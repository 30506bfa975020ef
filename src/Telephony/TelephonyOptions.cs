using System.Net;
using System.Net.Sockets;
using Telephony.Calls;
using Telephony.Codecs;
using Telephony.Codecs.Opus;
using Telephony.Nat;
using Telephony.Rtp.Srtp;
using Telephony.Sip.Admission;
using Telephony.Sip.Authentication;
using Telephony.Sip.Identity.Stir;
using Telephony.Sip.Ladders;
using Telephony.Sip.Registrar;
using Telephony.Sip.Resolution;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony;

/// <summary>Where the telephone side listens, how it is reached, and what it speaks.</summary>
public sealed class TelephonyOptions
{
    /// <summary>Configuration section that is bound to this class.</summary>
    public const string Section = "Telephony";

    private static readonly string[] DefaultListen = ["udp://0.0.0.0:5060", "tcp://0.0.0.0:5060"];

    /// <summary>Listen addresses: <c>udp://ADDRESS:PORT</c>, <c>tcp://</c> or <c>tls://</c>, IPv6 in brackets, port 0 for any free one.
    /// Empty means UDP and TCP on port 5060 of every IPv4 address.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Address that peers are told in Contact and SDP, for a host behind NAT: the address itself, a host name that leads to it, or <c>stun:host[:port]</c>,
    /// a server that tells it. Names and servers are asked at start and every minute. Null or empty for the address that each request came in on.</summary>
    public string? PublicAddress { get; init; }

    /// <summary>Networks (CIDR) of peers that reach us without NAT and are told our own address although there is a <see cref="PublicAddress"/>; <c>none</c> for no
    /// network. Empty means all private ones: 10.0.0.0/8, 192.168.0.0/16, fc00::/7 and so on.</summary>
    public IReadOnlyList<string> LocalNetworks { get; init; } = [];

    /// <summary>Codecs in our order of preference, which then also decides; null or empty for opus, G722, PCMU and PCMA: wideband first, and of the last two the
    /// one that the offerer has first. Opus is left out where libopus is missing.</summary>
    public IReadOnlyList<string>? Codecs { get; init; }

    /// <summary>Whether silence is described instead of sent, by us and by callers (comfort noise, RFC 3389), where a caller offers that. Saves packets at the
    /// price of clipped words; noise that callers describe all the same is understood either way.</summary>
    public bool SilenceSuppression { get; init; }

    /// <summary>How Opus is spoken.</summary>
    public OpusOptions Opus { get; init; } = new();

    /// <summary>Packet time of what we send to callers that wish none, in ms: 10 to 60, a multiple of 10.</summary>
    public int PtimeMs { get; init; } = 20;

    /// <summary>What the Server and User-Agent headers say.</summary>
    public string UserAgentName { get; init; } = "VoiceAgent";

    /// <summary>How long a caller's device that agreed to a transfer may take to reach the other party without a word of how it goes; each report that it still rings starts it again, for 3 minutes in all. 1 s to 5 min.</summary>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What becomes of a REFER within a call: the other side wants us to call somebody else in its place. A trunk may say otherwise; of strangers, who come by no trunk and have not logged in, none is taken.</summary>
    public ReferPolicy InboundRefer { get; init; }

    /// <summary>Whether early media is confirmed by PRACK (RFC 3262) where the caller offers that; where it demands that, it always is.</summary>
    public bool ReliableEarlyMedia { get; init; } = true;

    /// <summary>Calls that may come in within a second, whoever makes them; a further one gets 503. 0 for no bound, at most 100,000.</summary>
    public int MaxCallsPerSecond { get; init; } = 100;

    /// <summary>Encryption of media.</summary>
    public SrtpOptions Srtp { get; init; } = new();

    /// <summary>Whom the service may call.</summary>
    public OutboundOptions Outbound { get; init; } = new();

    /// <summary>How often calls prove that they are still there (RFC 4028).</summary>
    public SessionTimerOptions SessionTimer { get; init; } = new();

    /// <summary>What peers on TCP and TLS may cost.</summary>
    public TcpLimits Tcp { get; init; } = new();

    /// <summary>Certificates and bounds of TLS.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>Providers, PBXs and the like that calls come from and go to, by name; the name stands in logs and records.</summary>
    public Dictionary<string, TrunkOptions> Trunks { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Time that the first registrations at trunks spread over, for many instances that may start together; zero for one each second, a single one
    /// at once. At most 10 min.</summary>
    public TimeSpan RegistrationSpread { get; init; }

    /// <summary>Where the names of SIP servers are looked up.</summary>
    public DnsOptions Dns { get; init; } = new();

    /// <summary>Who may send us requests, and how many.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>What becomes of strangers' requests: as configured, else open to all until the first trunk or user is configured.</summary>
    internal StrangerPolicy Strangers => Access.Strangers ?? (Trunks.Count == 0 && Users.Count == 0 ? StrangerPolicy.Answer : StrangerPolicy.Silence);

    /// <summary>Who may log in here, by the name that they log in with: softphones, and PBXs that register with us. None by default.</summary>
    public IReadOnlyDictionary<string, UserOptions> Users { get; init; } = new Dictionary<string, UserOptions>();

    /// <summary>Whether a target, as <see cref="DialRequest.Target"/> takes it, is one of <see cref="Users"/>: by number, or as <c>sip:NAME@REALM</c>.</summary>
    public bool IsUser(string target) =>
        TransferTarget.TryParse(target, out var parsed) && OutboundTarget.Of(parsed) is { } user
        && (user.Host is null || user.Host.Equals(Digest.Realm, StringComparison.OrdinalIgnoreCase)) && new UserDirectory(Users, Digest).Find(user.User) is not null;

    /// <summary>Whether <see cref="OutboundOptions.Allow"/> has a target, as <see cref="DialRequest.Target"/> takes it; false for what is none.</summary>
    /// <param name="target">Whom.</param>
    /// <param name="trunk">Name of the trunk that it is called by; null for none that is named.</param>
    public bool MayCall(string target, string? trunk) =>
        TransferTarget.TryParse(target, out var parsed) && OutboundTarget.Of(parsed) is { } outbound
        && new OutboundList(Outbound.Allow).Allows(outbound, trunk is not null && Trunks.TryGetValue(trunk, out var settings) ? new Trunk(trunk, settings).Domain : null);

    /// <summary>Whether a peer that we know may have us call somebody else, by its trunk, or null for none.</summary>
    internal bool TakesRefer(Trunk? trunk) => (trunk?.Options.InboundRefer ?? InboundRefer) == ReferPolicy.Allow;

    /// <summary>How users prove who they are.</summary>
    public DigestOptions Digest { get; init; } = new();

    /// <summary>How users register.</summary>
    public RegistrarOptions Registrar { get; init; } = new();

    /// <summary>What is done with signed caller identities (STIR/SHAKEN).</summary>
    public StirOptions Stir { get; init; } = new();

    /// <summary>The listen addresses, or the default ones; what cannot be read is left to the validator.</summary>
    internal IReadOnlyList<SipListenEndPoint> ListenEndPoints =>
        [.. (Listen.Count > 0 ? Listen : DefaultListen).Select(text => SipListenEndPoint.TryParse(text, out var endPoint) ? endPoint : null).OfType<SipListenEndPoint>()];

    /// <summary>Those, and for each address family without a <c>tls://</c> address one that TLS connections are only made from: to connect takes no certificate.</summary>
    internal IReadOnlyList<SipListenEndPoint> UsedEndPoints =>
    [
        .. ListenEndPoints,
        .. ListenEndPoints.Select(listen => listen.EndPoint.AddressFamily).Distinct()
            .Where(family => !ListenEndPoints.Any(listen => listen.Protocol == SipProtocol.Tls && listen.EndPoint.AddressFamily == family))
            .Select(family => new SipListenEndPoint(SipProtocol.Tls, new(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0)) { OnlyConnects = true }),
    ];

    private PublicAddressSetting? PublicAddressSetting => Nat.PublicAddressSetting.TryParse(PublicAddress, out var setting) ? setting : null;

    private IReadOnlyList<AddressRange> LocalRanges => LocalNetworks.Count == 0 ? PrivateAddress.Networks
        : [.. LocalNetworks.Select(text => AddressRange.TryParse(text, out var range) ? range : (AddressRange?)null).OfType<AddressRange>()];

    /// <summary>Every codec that can carry speech, whether the system has it or not.</summary>
    internal static IReadOnlyList<AudioCodec> SpeechCodecs { get; } = [.. CodecCatalog.All.Where(codec => codec != CodecCatalog.TelephoneEvent8k)];

    /// <summary>Whether Opus may be spoken, if there is a library for it.</summary>
    internal bool WantsOpus => WantedCodecs.Contains(CodecCatalog.Opus);

    // Uncompressed audio is for labs, and spoken where it is asked for only.
    private IEnumerable<AudioCodec> WantedCodecs => Codecs is { Count: > 0 } names
        ? names.SelectMany(name => SpeechCodecs.Where(codec => codec.Name.Equals(name, StringComparison.OrdinalIgnoreCase))).Distinct()
        : [CodecCatalog.Opus, CodecCatalog.G722, CodecCatalog.Pcmu, CodecCatalog.Pcma];

    /// <summary>Who gets copies of all SIP messages.</summary>
    public HepOptions Hep { get; init; } = new();

    /// <summary>What the SIP stack is built with.</summary>
    /// <param name="trunks">The trunks, which others share.</param>
    internal UserAgentOptions ToUserAgentOptions(TrunkDirectory trunks) => new()
    {
        Listen = UsedEndPoints,
        PublicAddress = PublicAddressSetting?.Address,
        PublicAddressFrom = PublicAddressSetting is { Address: null } asked ? asked : null,
        LocalNetworks = LocalRanges,
        ServerName = UserAgentName,
        TransferTimeout = TransferTimeout,
        TakesRefer = TakesRefer,
        ReliableEarlyMedia = ReliableEarlyMedia,
        SessionTimer = SessionTimer,
        Tcp = Tcp,
        Tls = Tls,
        AllowKeysInClear = Srtp.AllowKeysInClear,
        Trunks = trunks,
        Dns = Dns,
        RegistrationSpread = RegistrationSpread,
        Access = Access,
        Strangers = Strangers,
        Users = Users,
        Digest = Digest,
        Registrar = Registrar,
        Hep = Hep,
    };

    /// <summary>The codecs to be offered and answered, in our order.</summary>
    internal IReadOnlyList<AudioCodec> SelectCodecs() => [.. WantedCodecs.Where(CodecCatalog.IsAvailable)];
}
