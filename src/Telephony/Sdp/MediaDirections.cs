namespace Telephony.Sdp;

/// <summary>What can be done with a <see cref="MediaDirection"/>: named, mirrored, weakened by hold.</summary>
public static class MediaDirections
{
    /// <summary>The attribute that names the direction.</summary>
    public static string AttributeName(this MediaDirection direction) => direction switch
    {
        MediaDirection.SendOnly => "sendonly",
        MediaDirection.RecvOnly => "recvonly",
        MediaDirection.Inactive => "inactive",
        _ => "sendrecv",
    };

    /// <summary>The answer to an offered direction by a side that itself wants everything (RFC 3264 section 6.1).</summary>
    public static MediaDirection Mirrored(this MediaDirection direction) => direction switch
    {
        MediaDirection.SendOnly => MediaDirection.RecvOnly,
        MediaDirection.RecvOnly => MediaDirection.SendOnly,
        _ => direction,
    };

    /// <summary>True if the side that wrote the direction sends.</summary>
    public static bool Sends(this MediaDirection direction) => direction is MediaDirection.SendRecv or MediaDirection.SendOnly;

    /// <summary>True if the side that wrote the direction receives.</summary>
    public static bool Receives(this MediaDirection direction) => direction is MediaDirection.SendRecv or MediaDirection.RecvOnly;

    internal static bool TryParse(string attributeName, out MediaDirection direction)
    {
        foreach (var candidate in (ReadOnlySpan<MediaDirection>)[MediaDirection.SendRecv, MediaDirection.SendOnly, MediaDirection.RecvOnly, MediaDirection.Inactive])
        {
            direction = candidate;
            if (attributeName.Equals(candidate.AttributeName(), StringComparison.OrdinalIgnoreCase))
                return true;
        }
        direction = MediaDirection.SendRecv;
        return false;
    }
}
