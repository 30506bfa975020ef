using System.Net;

namespace Telephony.Sdp;

/// <summary>An SDP body (RFC 8866): what <see cref="SdpParser"/> reads, <see cref="OfferAnswer"/> compares and <see cref="SdpWriter"/> writes.</summary>
public sealed record SessionDescription
{
    /// <summary>The <c>o=</c> line.</summary>
    public required SdpOrigin Origin { get; init; }

    /// <summary>The <c>s=</c> line; <c>-</c> when there is nothing to say.</summary>
    public string Name { get; init; } = "-";

    /// <summary>Address of the session-level <c>c=</c> line; null if there is none, or it is a host name.</summary>
    public IPAddress? ConnectionAddress { get; init; }

    /// <summary>Session-level <c>a=</c> lines, unknown ones too, in order.</summary>
    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    /// <summary>The media lines, in order; the position is what offer and answer agree on.</summary>
    public IReadOnlyList<MediaDescription> Media { get; init; } = [];

    /// <summary>Where a media line's stream is wanted: its own address before the session's; null if neither has one.</summary>
    public IPAddress? AddressOf(MediaDescription media) => media.ConnectionAddress ?? ConnectionAddress;

    /// <summary>Direction of a media line: its own before the session's, else sendrecv.</summary>
    public MediaDirection DirectionOf(MediaDescription media) => media.Direction ?? Attributes.Direction() ?? MediaDirection.SendRecv;
}

/// <summary>The <c>o=</c> line: which session this is and how often it has been changed (RFC 8866 section 5.2).</summary>
/// <param name="Username">User name, or <c>-</c>.</param>
/// <param name="SessionId">Digits by the RFC; kept as written.</param>
/// <param name="Version">Goes up by one with every change (RFC 3264 section 8).</param>
/// <param name="Address">Address or host name of the writer.</param>
public sealed record SdpOrigin(string Username, string SessionId, ulong Version, string Address);
