using System.Net;

namespace Telephony.Sip.Transport;

/// <summary>Which of our addresses a peer is told in Via, Contact and SDP: the public one behind NAT, but not where the peer reaches us without it.</summary>
/// <remarks>Any thread; the public addresses may change while calls are up, and count for calls that begin after that.</remarks>
/// <param name="localNetworks">Networks that reach us at our own address.</param>
/// <param name="configuredFor">The address that a certain peer is to be told whatever holds for others; null for none.</param>
internal sealed class OwnAddresses(IReadOnlyList<AddressRange> localNetworks, Func<IPAddress, IPAddress?> configuredFor)
{
    private volatile IPAddress[] _public = [];

    /// <summary>The address that peers elsewhere reach us at, at most one of each family; empty where it is our own.</summary>
    public IReadOnlyList<IPAddress> Public
    {
        get => _public;
        set => _public = [.. value];
    }

    /// <summary>The address that a peer is told.</summary>
    /// <param name="peer">The peer's address.</param>
    /// <param name="own">Our own address on the way to it.</param>
    public IPAddress For(IPAddress peer, IPAddress own) => PublicFor(peer, own.AddressFamily) ?? own;

    /// <summary>The address that a peer is told in place of our own of that family; null for our own.</summary>
    public IPAddress? PublicFor(IPAddress peer, System.Net.Sockets.AddressFamily family)
    {
        if (configuredFor(peer) is { } configured && configured.AddressFamily == family)
            return configured;
        return localNetworks.Any(network => network.Contains(peer)) ? null : Array.Find(_public, address => address.AddressFamily == family);
    }
}
