using System.Net;

namespace Telephony.Sip.Transport;

/// <summary>The way between us and a peer: from which of our sockets, to which address, on which connection.</summary>
/// <param name="Transport">The socket of ours.</param>
/// <param name="Remote">The peer; for a stream the address to connect to when <paramref name="Connection"/> is gone.</param>
/// <param name="AdvertisedAddress">Our address as the peer shall see it in Via, Contact and SDP: never a wildcard.</param>
/// <param name="Connection">The stream connection, or null for datagrams and for connections still to be opened.</param>
/// <param name="ServerName">Host name or address that the peer's certificate must prove when a TLS connection has to be opened; without one none is.</param>
internal sealed record SipFlow(ISipTransport Transport, IPEndPoint Remote, IPAddress AdvertisedAddress, ISipConnection? Connection = null, string? ServerName = null)
{
    /// <summary>Our address as the peer shall see it in Via, Contact and SDP: never a wildcard, and without a zone, which is nobody's business but ours.</summary>
    public IPAddress AdvertisedAddress { get; init; } = LinkLocal.WithoutZone(AdvertisedAddress);

    /// <summary>The server at its other end: the same address by another protocol is another one.</summary>
    public SipTarget Target => new(Transport.LocalEndPoint.Protocol, Remote);

    /// <summary>Whether messages are delivered in order and without loss, so that nothing is repeated.</summary>
    public bool IsReliable => Transport.LocalEndPoint.IsReliable;

    /// <summary>Whether no other way leads to the peer, as through a NAT: then what is too large for a datagram goes in one all the same.</summary>
    public bool IsOnlyWay { get; init; }

    /// <summary>What the peer is shown when a TLS connection has to be opened and it asks who we are; null for the certificate of the service, if there is one.</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>Our port as Via and Contact say it; null where nobody could connect to one and none is open: the peer answers on the connection that we made.</summary>
    public int? AdvertisedPort => Transport.PortTowards(this) is > 0 and var port ? port : null;

    /// <summary>Whether nobody on the way to the next hop can read along.</summary>
    public bool IsSecure => Transport.LocalEndPoint.Protocol == SipProtocol.Tls;

    /// <summary>What Via and Contact say we are: over TLS the name that our certificate proves, where one is configured.</summary>
    public string AdvertisedHost => Transport.PublicName ?? AdvertisedAddress.ToString();

    /// <summary>Whether a session description made for this way does for the other.</summary>
    public bool IsLike(SipFlow other) => AdvertisedAddress.Equals(other.AdvertisedAddress) && IsSecure == other.IsSecure;

    /// <summary>Sends on this flow; see <see cref="ISipTransport.Send"/>.</summary>
    public void Send(ReadOnlyMemory<byte> message, Action? onFailed) => Transport.Send(message, this, onFailed);
}
