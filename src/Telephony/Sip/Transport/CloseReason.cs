namespace Telephony.Sip.Transport;

/// <summary>Why a connection ended: the values of the <c>reason</c> tag, which the log says too.</summary>
internal static class CloseReason
{
    /// <summary>The peer closed it.</summary>
    public const string Peer = "closed_by_peer";

    /// <summary>Connecting, reading or writing failed.</summary>
    public const string Broken = "broken";

    /// <summary>No TLS came about.</summary>
    public const string Handshake = "handshake_failed";

    /// <summary>The handshake took too long.</summary>
    public const string HandshakeTimeout = "handshake_timeout";

    /// <summary>No whole message came in time.</summary>
    public const string SlowMessage = "slow_message";

    /// <summary>What came is no SIP.</summary>
    public const string Malformed = "malformed";

    /// <summary>Silent for long, and no call depends on it.</summary>
    public const string Idle = "idle";

    /// <summary>The peer does not read what we send.</summary>
    public const string SlowReader = "slow_reader";

    /// <summary>A ping was not answered.</summary>
    public const string NoPong = "no_pong";

    /// <summary>Made room for another one.</summary>
    public const string Evicted = "evicted";

    /// <summary>Its source sends too much.</summary>
    public const string Banned = "banned";

    /// <summary>There was no room for it.</summary>
    public const string Refused = "refused";

    /// <summary>The agent stops.</summary>
    public const string Stopping = "stopping";
}
