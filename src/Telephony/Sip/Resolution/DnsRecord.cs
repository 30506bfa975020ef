using System.Net;

namespace Telephony.Sip.Resolution;

/// <summary>Kinds of records that SIP servers are found by (RFC 3263), with the numbers of RFC 1035, 3596, 2782 and 3403.</summary>
internal enum DnsRecordType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>Another name of the same thing; followed, never returned.</summary>
    Cname = 5,

    /// <summary>Whose domain it is; says how long "there is none" may be remembered.</summary>
    Soa = 6,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>A server of a service, with priority and weight.</summary>
    Srv = 33,

    /// <summary>A transport protocol that the domain wants to be reached by.</summary>
    Naptr = 35,
}

/// <summary>One record of an answer.</summary>
internal abstract record DnsRecord;

/// <summary>A or AAAA.</summary>
internal sealed record AddressRecord(IPAddress Address) : DnsRecord;

/// <summary>SRV (RFC 2782).</summary>
/// <param name="Priority">The lowest is tried first.</param>
/// <param name="Weight">Share of the requests among those of one priority.</param>
/// <param name="Port">Port of the server.</param>
/// <param name="Target">Its name; empty where the service is decidedly not there.</param>
internal sealed record SrvRecord(ushort Priority, ushort Weight, ushort Port, string Target) : DnsRecord;

/// <summary>NAPTR (RFC 3403) as RFC 3263 section 4.1 uses it.</summary>
/// <param name="Order">The lowest comes first.</param>
/// <param name="Preference">The lowest comes first within an order.</param>
/// <param name="Flags"><c>s</c>: <paramref name="Replacement"/> is the name of SRV records.</param>
/// <param name="Service">Protocol and transport, as <c>SIP+D2U</c>.</param>
/// <param name="Replacement">The next name to look up.</param>
internal sealed record NaptrRecord(ushort Order, ushort Preference, string Flags, string Service, string Replacement) : DnsRecord;

/// <summary>How a lookup ended.</summary>
internal enum DnsStatus
{
    /// <summary>There are records.</summary>
    Found,

    /// <summary>The domain says that there are none.</summary>
    None,

    /// <summary>Nobody could say: no server answered, or none with sense.</summary>
    Failed,
}

/// <summary>What a lookup brought.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Records">Records of the type that was asked for.</param>
/// <param name="TimeToLive">How long it may be remembered.</param>
internal sealed record DnsAnswer(DnsStatus Status, IReadOnlyList<DnsRecord> Records, TimeSpan TimeToLive)
{
    /// <summary>Nobody could say.</summary>
    public static DnsAnswer Failed { get; } = new(DnsStatus.Failed, [], TimeSpan.Zero);

    /// <summary>There is nothing of that name and type.</summary>
    public static DnsAnswer None(TimeSpan timeToLive) => new(DnsStatus.None, [], timeToLive);
}

/// <summary>Looks names up: over the network, in the system, or in a cache before them. Any thread; never throws.</summary>
internal interface IDnsLookup
{
    /// <summary>The records of a name.</summary>
    /// <param name="name">Host or service name without the final dot.</param>
    /// <param name="type">Anything but <see cref="DnsRecordType.Cname"/> and <see cref="DnsRecordType.Soa"/>.</param>
    Task<DnsAnswer> QueryAsync(string name, DnsRecordType type);
}
