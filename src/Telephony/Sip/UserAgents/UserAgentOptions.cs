using System.Diagnostics.Metrics;
using System.Net;
using Telephony.Nat;
using Telephony.Sip.Admission;
using Telephony.Sip.Authentication;
using Telephony.Sip.Ladders;
using Telephony.Sip.Registrar;
using Telephony.Sip.Resolution;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.UserAgents;

/// <summary>What a <see cref="UserAgent"/> is built with: where it listens, what it calls itself, and its limits.</summary>
public sealed record UserAgentOptions
{
    /// <summary>Where to listen; each protocol and address of its own.</summary>
    public required IReadOnlyList<SipListenEndPoint> Listen { get; init; }

    /// <summary>The address that peers shall use instead of the local one, as behind NAT; only for endpoints of the same address family.</summary>
    public IPAddress? PublicAddress { get; init; }

    /// <summary>Value of the Server and User-Agent headers.</summary>
    public string ServerName { get; init; } = "VoiceAgent";

    /// <summary>Base values of the timers.</summary>
    public SipTimers Timers { get; init; } = new();

    /// <summary>How long a caller's device that agreed to a transfer may take to reach the other party without a word of how it goes.</summary>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether early session descriptions are confirmed by PRACK where the caller offers that; where it demands that, they always are.</summary>
    public bool ReliableEarlyMedia { get; init; } = true;

    /// <summary>How often calls prove that they are still there.</summary>
    public SessionTimerOptions SessionTimer { get; init; } = new();

    /// <summary>Limits of stream connections.</summary>
    public TcpLimits Tcp { get; init; } = new();

    /// <summary>Certificates and bounds of TLS.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>The trunks that requests may come from.</summary>
    internal TrunkDirectory Trunks { get; init; } = TrunkDirectory.Empty;

    /// <summary>Time that the first registrations at trunks spread over; zero for one each second.</summary>
    public TimeSpan RegistrationSpread { get; init; }

    /// <summary>Where names are looked up.</summary>
    public DnsOptions Dns { get; init; } = new();

    /// <summary>Limits of what strangers may send.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>What becomes of requests that come neither from a trunk nor within a call.</summary>
    public StrangerPolicy Strangers { get; init; } = StrangerPolicy.Answer;

    /// <summary>Whom to ask for the public address, in place of <see cref="PublicAddress"/>; null for nobody.</summary>
    internal PublicAddressSetting? PublicAddressFrom { get; init; }

    /// <summary>Whether a peer that we know may have us call somebody else, by its trunk, or null for none.</summary>
    internal Func<Trunk?, bool> TakesRefer { get; init; } = _ => false;

    /// <summary>Networks that reach us at our own address although there is a public one.</summary>
    internal IReadOnlyList<AddressRange> LocalNetworks { get; init; } = [];

    /// <summary>Which of our addresses a peer is told; made by <see cref="UserAgent"/>.</summary>
    internal OwnAddresses Own { get; init; } = new([], _ => null);

    /// <summary>The meter that its messages are counted under.</summary>
    internal string MeterName { get; init; } = SipMetrics.MeterName;

    /// <summary>Makes that meter; null for one of its own.</summary>
    internal IMeterFactory? Meters { get; init; }

    /// <summary>Who gets copies of all messages.</summary>
    public HepOptions Hep { get; init; } = new();

    /// <summary>Keeps the messages of calls; made by <see cref="UserAgent"/>.</summary>
    internal SipLadders? Ladders { get; init; }

    /// <summary>Stands before the parser of each transport; made by <see cref="UserAgent"/>.</summary>
    internal SourceGate? Gate { get; init; }

    /// <summary>Whether session descriptions, with the keys of SRTP in them, may go without TLS in a dialog that began over TLS.</summary>
    public bool AllowKeysInClear { get; init; }

    /// <summary>Who may log in, by name.</summary>
    public IReadOnlyDictionary<string, UserOptions> Users { get; init; } = new Dictionary<string, UserOptions>();

    /// <summary>How users prove who they are.</summary>
    public DigestOptions Digest { get; init; } = new();

    /// <summary>How users register.</summary>
    public RegistrarOptions Registrar { get; init; } = new();

    /// <summary>Transactions open at once, half of them kept for calls: beyond half, other requests are answered without being remembered; beyond
    /// all, INVITE is answered 503 and what belongs to a call dropped.</summary>
    public int MaxTransactions { get; init; } = 20_000;

    /// <summary>Dialogs open at once; beyond it INVITE is answered 503.</summary>
    public int MaxDialogs { get; init; } = 2_000;
}
