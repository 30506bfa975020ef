using System.Net;

namespace Telephony.Sip.Transport;

/// <summary>The way between us and a peer: from which of our sockets, to which address, on which connection.</summary>
/// <param name="Transport">The socket of ours.</param>
/// <param name="Remote">The peer; for a stream the address to connect to when <paramref name="Connection"/> is gone.</param>
/// <param name="AdvertisedAddress">Our address as the peer shall see it in Via, Contact and SDP: never a wildcard.</param>
/// <param name="Connection">The stream connection, or null for datagrams and for connections still to be opened.</param>
internal sealed record SipFlow(ISipTransport Transport, IPEndPoint Remote, IPAddress AdvertisedAddress, ISipConnection? Connection = null)
{
    /// <summary>Whether messages are delivered in order and without loss, so that nothing is repeated.</summary>
    public bool IsReliable => Transport.LocalEndPoint.IsReliable;

    /// <summary>The address to advertise: the configured public one where it is of the same family, else the one the peer reached.</summary>
    public static IPAddress Advertised(IPAddress? publicAddress, IPAddress reached) =>
        publicAddress?.AddressFamily == reached.AddressFamily ? publicAddress : reached;

    /// <summary>Sends on this flow; see <see cref="ISipTransport.Send"/>.</summary>
    public void Send(ReadOnlyMemory<byte> message, Action? onFailed) => Transport.Send(message, this, onFailed);
}
