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

    /// <summary>The same stream inside TLS.</summary>
    Tls,
}

/// <summary>A protocol, address and port that the agent listens on, as written in the settings: <c>udp://0.0.0.0:5060</c>, <c>tls://[::]:5061</c>.</summary>
/// <param name="Protocol">UDP, TCP or TLS.</param>
/// <param name="EndPoint">Address and port; port 0 lets the system choose.</param>
public sealed record SipListenEndPoint(SipProtocol Protocol, IPEndPoint EndPoint)
{
    /// <summary>Port of UDP and TCP where none is given (RFC 3261 section 19.1.2).</summary>
    internal const int DefaultPort = 5060;

    /// <summary>Port of TLS where none is given.</summary>
    internal const int SecurePort = 5061;

    /// <summary>Whether nothing is listened on: connections are only made from it, and their answers come on them.</summary>
    internal bool OnlyConnects { get; init; }

    /// <summary>Whether a response needs no repetition on this protocol.</summary>
    public bool IsReliable => Protocol != SipProtocol.Udp;

    /// <summary>The protocol as Via names it, and in lower case as <c>transport=</c> does.</summary>
    internal string TransportName => Protocol switch { SipProtocol.Udp => "UDP", SipProtocol.Tcp => "TCP", _ => "TLS" };

    /// <summary>Reads <c>udp://address[:port]</c>, <c>tcp://...</c> or <c>tls://...</c>; the address is numeric, IPv6 in brackets. Never throws.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SipListenEndPoint? endPoint)
    {
        endPoint = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.AbsolutePath is not ("" or "/") || uri.Query.Length != 0)
            return false;
        SipProtocol? protocol = uri.Scheme switch { "udp" => SipProtocol.Udp, "tcp" => SipProtocol.Tcp, "tls" => SipProtocol.Tls, _ => null };
        if (protocol is null || !IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address))
            return false;

        endPoint = new(protocol.Value, new IPEndPoint(address, uri.IsDefaultPort ? PortOf(protocol.Value) : uri.Port));
        return true;
    }

    /// <summary>The port that a protocol has where none is named.</summary>
    internal static int PortOf(SipProtocol protocol) => protocol == SipProtocol.Tls ? SecurePort : DefaultPort;

    /// <summary>The form that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => $"{TransportName.ToLowerInvariant()}://{EndPoint}";
}
