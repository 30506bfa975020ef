namespace Telephony.Rtp.Srtp;

/// <summary>What <see cref="SrtpReceiver"/> found out about a datagram.</summary>
internal enum SrtpVerdict
{
    /// <summary>The peer's, for the first time.</summary>
    Authentic,

    /// <summary>No packet at all: another protocol on the port, or cut.</summary>
    Malformed,

    /// <summary>Not of one who has the key, or damaged.</summary>
    Forged,

    /// <summary>Received before, or too old to tell.</summary>
    Replayed,
}
