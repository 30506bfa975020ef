namespace Telephony.Sip.Transport;

/// <summary>What a stream peer may cost: connections and patience.</summary>
public sealed record TcpLimits
{
    /// <summary>Connections open at once on one listen endpoint; a further one is closed as soon as it is accepted.</summary>
    public int MaxConnections { get; init; } = 2_000;

    /// <summary>Connections open at once from one address.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 500;

    /// <summary>How long an accepted connection may stay without a whole message, and how long a begun message may take.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection that carries no dialog may stay silent.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long connecting, and how long one write may take.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Messages that may wait for a slow reader; one more closes the connection.</summary>
    public int MaxQueuedMessages { get; init; } = 64;
}
