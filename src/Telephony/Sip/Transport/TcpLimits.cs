namespace Telephony.Sip.Transport;

/// <summary>What a peer on TCP or TLS may cost: connections and patience.</summary>
public sealed record TcpLimits
{
    /// <summary>Connections open at once on one listen address; for a further one the least used that carries no call is closed.</summary>
    public int MaxConnections { get; init; } = 2_000;

    /// <summary>Connections open at once from one source: an IPv4 address, or an IPv6 network of 64 bits. For a further one its least used is closed.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 500;

    /// <summary>How long a connection may stay without a whole message after it was opened, and how long a begun message may take. 1 s to 10 min.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection that carries no call may stay silent; keep-alives count as speech. 10 s to 1 day.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long connecting, and how long one write may take. 1 s to 1 min.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time between two keep-alives (CRLF, RFC 5626) on a connection that we opened; zero for none, else 10 s to 1 h.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Messages that may wait for a slow reader; one more closes the connection.</summary>
    public int MaxQueuedMessages { get; init; } = 64;
}
