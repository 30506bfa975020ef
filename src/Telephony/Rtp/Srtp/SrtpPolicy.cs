namespace Telephony.Rtp.Srtp;

/// <summary>Whether a call's media is encrypted.</summary>
public enum SrtpPolicy
{
    /// <summary>Never: who demands it is refused.</summary>
    Never,

    /// <summary>Where the peer wants it too.</summary>
    Optional,

    /// <summary>Always: who does not offer it is refused.</summary>
    Required,
}
