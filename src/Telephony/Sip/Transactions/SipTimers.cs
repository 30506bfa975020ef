namespace Telephony.Sip.Transactions;

/// <summary>The base values that all transaction timers are made of (RFC 3261 section 17.1.1.1 and appendix A).</summary>
public sealed record SipTimers
{
    private const int TransactionLifetimeInT1 = 64;

    /// <summary>Estimated round-trip time: the first repetition comes after it.</summary>
    public TimeSpan T1 { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest time between repetitions of a non-INVITE request, and of a response to INVITE.</summary>
    public TimeSpan T2 { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a message can stay in the network.</summary>
    public TimeSpan T4 { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>64*T1: timers B, F, H, J, L and M, and how long a 2xx waits for its ACK.</summary>
    public TimeSpan TransactionLifetime => TransactionLifetimeInT1 * T1;

    /// <summary>The wait that follows <paramref name="wait"/>: twice as long, at most T2.</summary>
    public TimeSpan Next(TimeSpan wait) => wait * 2 < T2 ? wait * 2 : T2;
}
