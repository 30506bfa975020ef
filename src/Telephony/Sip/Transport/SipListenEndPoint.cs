using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Telephony.Sip.Transport;

/// <summary>How SIP messages travel.</summary>
public enum SipProtocol
{
    /// <summary>One message per datagram; lost ones are sent again by the transaction layer.</summary>
    Udp,

    /// <summary>A byte stream, cut by Content-Length.</summary>
    Tcp,
}

/// <summary>A protocol, address and port that the agent listens on, as written in the settings: <c>udp://0.0.0.0:5060</c>, <c>tcp://[::]:5060</c>.</summary>
/// <param name="Protocol">UDP or TCP.</param>
/// <param name="EndPoint">Address and port; port 0 lets the system choose.</param>
public sealed record SipListenEndPoint(SipProtocol Protocol, IPEndPoint EndPoint)
{
    private const int DefaultPort = 5060;   // RFC 3261 section 19.1.2

    /// <summary>Whether a response needs no repetition on this protocol.</summary>
    public bool IsReliable => Protocol != SipProtocol.Udp;

    /// <summary>Reads <c>udp://address[:port]</c> or <c>tcp://address[:port]</c>; the address is numeric, IPv6 in brackets. Never throws.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SipListenEndPoint? endPoint)
    {
        endPoint = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.AbsolutePath is not ("" or "/") || uri.Query.Length != 0)
            return false;
        SipProtocol? protocol = uri.Scheme switch { "udp" => SipProtocol.Udp, "tcp" => SipProtocol.Tcp, _ => null };
        if (protocol is null || !IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address))
            return false;

        endPoint = new(protocol.Value, new IPEndPoint(address, uri.IsDefaultPort ? DefaultPort : uri.Port));
        return true;
    }

    /// <summary>The form that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => $"{(Protocol == SipProtocol.Udp ? "udp" : "tcp")}://{EndPoint}";
}
