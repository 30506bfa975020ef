using System.Net;
using System.Net.Sockets;

namespace Simulation.Phone;

/// <summary>The address a simulated caller dials, taken apart just far enough to send to it.</summary>
/// <param name="RequestUri">As dialled, without angle brackets.</param>
/// <param name="Host">Name or address literal, without brackets.</param>
/// <param name="Port">Port; 5060 when the URI names none.</param>
/// <param name="IsTcp">Whether <c>;transport=tcp</c> was given.</param>
internal sealed record SipTarget(string RequestUri, string Host, int Port, bool IsTcp)
{
    private const int DefaultPort = 5060;   // RFC 3261 section 19.1.2

    /// <summary>Reads <c>sip:user@host:port;transport=tcp</c>, bare or in angle brackets; anything else, sips included, is refused.</summary>
    public static bool TryParse(string? text, out SipTarget? target)
    {
        target = null;
        var uri = (text ?? "").Trim();
        if (uri.StartsWith('<'))
            uri = uri[1..].Split('>')[0];
        if (!uri.StartsWith("sip:", StringComparison.OrdinalIgnoreCase))
            return false;

        var parts = uri[4..].Split('?')[0].Split(';');
        var hostPort = parts[0][(parts[0].LastIndexOf('@') + 1)..];
        if (!TrySplitHostPort(hostPort, out var host, out var port))
            return false;

        var isTcp = parts.Skip(1).Any(p => p.Equals("transport=tcp", StringComparison.OrdinalIgnoreCase));
        target = new SipTarget(uri, host, port, isTcp);
        return true;
    }

    /// <summary>The address to send to, of the wanted family when the name has several; null when the name does not resolve.</summary>
    public async Task<IPEndPoint?> ResolveAsync(AddressFamily? family, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(Host, out var literal))
            return new IPEndPoint(literal, Port);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(Host, cancellationToken);
            var address = Array.Find(addresses, a => a.AddressFamily == (family ?? AddressFamily.InterNetwork)) ?? addresses.FirstOrDefault();
            return address is null ? null : new IPEndPoint(address, Port);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>The address in a URI when its host is a literal: where a request in the dialog goes.</summary>
    public static IPEndPoint? LiteralEndPoint(string uri) =>
        TryParse(uri, out var target) && IPAddress.TryParse(target!.Host, out var address) ? new IPEndPoint(address, target.Port) : null;

    private static bool TrySplitHostPort(string text, out string host, out int port)
    {
        port = DefaultPort;
        var hostEnd = text.StartsWith('[') ? text.IndexOf(']') + 1 : text.IndexOf(':');
        if (hostEnd < 0)
            hostEnd = text.Length;
        host = text[..hostEnd].Trim('[', ']');
        var rest = text[hostEnd..];
        if (host.Length == 0)
            return false;
        return rest.Length == 0 || (rest[0] == ':' && int.TryParse(rest[1..], out port) && port is > 0 and < 65_536);
    }
}
