using System.Net;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Transport;

/// <summary>Where responses go: the server side of RFC 3261 section 18.2 and of RFC 3581.</summary>
internal static class ResponseRoute
{
    /// <summary>The topmost Via as the receiver must leave it: <c>received</c> when the address differs or rport was asked for, and the rport value.</summary>
    public static Via Stamp(Via topVia, IPEndPoint source)
    {
        var address = LinkLocal.WithoutZone(source.Address);
        var sameHost = IPAddress.TryParse(topVia.Host, out var sentBy) && sentBy.Equals(address);
        if (topVia.HasRPort)
            return topVia with { Received = address.ToString(), RPort = source.Port };
        return sameHost ? topVia : topVia with { Received = address.ToString() };
    }

    /// <summary>The flow that answers a request that came on <paramref name="flow"/>.</summary>
    /// <remarks>The source address is always used: <c>maddr</c> and the name in sent-by would let a stranger aim our answers at anybody.
    /// A device behind NAT that knows nothing of rport names a private address and the port that it has there: it is answered as if it had asked for rport.
    /// Over a stream the connection comes first and this address only serves when it is gone (RFC 3261 section 18.2.2); over TLS a new connection
    /// must then show a certificate for the name in sent-by.</remarks>
    public static SipFlow For(SipFlow flow, Via topVia)
    {
        if (!flow.IsReliable && (topVia.HasRPort || IsBehindNat(topVia, flow.Remote.Address)))
            return flow;
        var port = topVia.Port is > 0 and <= IPEndPoint.MaxPort ? topVia.Port.Value : SipListenEndPoint.PortOf(flow.Transport.LocalEndPoint.Protocol);
        return flow with { Remote = new IPEndPoint(flow.Remote.Address, port), ServerName = topVia.Host };
    }

    private static bool IsBehindNat(Via topVia, IPAddress source) => IPAddress.TryParse(topVia.Host, out var sentBy) && PrivateAddress.IsBehindNat(sentBy, source);
}
