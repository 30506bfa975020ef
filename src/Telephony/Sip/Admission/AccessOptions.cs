namespace Telephony.Sip.Admission;

/// <summary>Who may send us requests, and how many; trunks are exempt from all limits here.</summary>
public sealed class AccessOptions
{
    /// <summary>Most that a ban table holds; one more lets the oldest ban go.</summary>
    internal const int MaxBans = 100_000;

    /// <summary>Usual value of <see cref="RequestLimit"/> where strangers are not served.</summary>
    internal const int UsualRequestLimit = 16;

    /// <summary>What becomes of requests that come neither from a trunk nor within a call; null for <see cref="StrangerPolicy.Answer"/> as long as no trunk
    /// and no user is configured, and <see cref="StrangerPolicy.Silence"/> from then on. Users are asked for their login whatever it says.</summary>
    public StrangerPolicy? Strangers { get; init; }

    /// <summary>Messages outside calls that one source may send within <see cref="RequestWindow"/>; one more bans it. A source is an IPv4 address or an IPv6
    /// network of 64 bits. 0 for no limit and no ban; null for 16, and 0 where strangers are answered. At most 1,000,000.</summary>
    public int? RequestLimit { get; init; }

    /// <summary>Time that <see cref="RequestLimit"/> is for: 100 ms to 1 min.</summary>
    public TimeSpan RequestWindow { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long nothing of a banned source is read: 1 s to 7 days.</summary>
    public TimeSpan BanTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Messages of all strangers together that are read in a second, where their number is limited: forged source addresses pass any limit for
    /// one source. 1 to 1,000,000.</summary>
    public int StrangerMessagesPerSecond { get; init; } = 2_000;

    /// <summary>Calls at the same time that come from no trunk and no user who logged in; a further one gets 503. 0 for no bound but that of all calls, at most 100,000.</summary>
    public int MaxCalls { get; init; }
}
