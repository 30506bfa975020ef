namespace Telephony.Sdp;

/// <summary>Direction attribute of a media line, from the view of the side that wrote it (RFC 8866 section 6.7).</summary>
public enum MediaDirection
{
    /// <summary>Sends and receives; the default when no attribute is given.</summary>
    SendRecv,

    /// <summary>Sends only: the other side is on hold or listens.</summary>
    SendOnly,

    /// <summary>Receives only.</summary>
    RecvOnly,

    /// <summary>Neither sends nor receives media; RTCP goes on.</summary>
    Inactive,
}
