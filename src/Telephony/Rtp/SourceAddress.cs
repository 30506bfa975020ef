using System.Net;
using System.Net.Sockets;

namespace Telephony.Rtp;

/// <summary>Reads host and port out of raw socket addresses, so that the source lock compares without allocating.</summary>
internal static class SourceAddress
{
    /// <summary>Whether both have the same IP address, whatever their ports.</summary>
    public static bool SameHost(SocketAddress left, SocketAddress right) =>
        left.Family == right.Family && Host(left).SequenceEqual(Host(right));

    /// <summary>Overwrites one address with another of the same family.</summary>
    public static void Copy(SocketAddress from, SocketAddress to)
    {
        from.Buffer.Span[..from.Size].CopyTo(to.Buffer.Span);
        to.Size = from.Size;
    }

    /// <summary>The raw form of an end point as a socket of that family sees it; null when it names no host or port.</summary>
    public static SocketAddress? From(IPEndPoint endPoint, AddressFamily family)
    {
        var address = endPoint.Address;
        if (address.AddressFamily != family)
            address = family == AddressFamily.InterNetwork ? address.MapToIPv4() : address.MapToIPv6();
        var isNowhere = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || endPoint.Port == 0;
        return isNowhere ? null : new IPEndPoint(address, endPoint.Port).Serialize();
    }

    // sockaddr_in: family, port, address (4 bytes); sockaddr_in6: family, port, flow, address (16 bytes).
    private static ReadOnlySpan<byte> Host(SocketAddress address) =>
        address.Family == AddressFamily.InterNetworkV6 ? address.Buffer.Span.Slice(8, 16) : address.Buffer.Span.Slice(4, 4);
}
