using System.Security.Cryptography;
using System.Text;

namespace GeminiLive.Wire;

/// <summary>The request that asks a server for a WebSocket (RFC 6455 section 4.1).</summary>
/// <param name="Bytes">The whole request; holds credentials.</param>
/// <param name="Accept">What the server's answer proves itself with.</param>
internal readonly record struct UpgradeRequest(byte[] Bytes, string Accept)
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Writes it.</summary>
    /// <param name="endpoint">Whole address.</param>
    /// <param name="headers">Those of the service; they hold the credentials.</param>
    /// <param name="request">The request; empty when it cannot be sent.</param>
    /// <returns>What is wrong with a header, without its value; null when nothing is.</returns>
    public static string? Write(Uri endpoint, IReadOnlyDictionary<string, string> headers, out UpgradeRequest request)
    {
        request = default;
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var text = new StringBuilder()
            .Append("GET ").Append(endpoint.PathAndQuery).Append(" HTTP/1.1\r\nHost: ").Append(endpoint.IsDefaultPort ? HostOf(endpoint) : $"{HostOf(endpoint)}:{endpoint.Port}")
            .Append("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ").Append(key).Append("\r\n");
        foreach (var (name, value) in headers)
        {
            if (!IsToken(name) || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                return $"the header '{name}' holds what HTTP cannot carry";
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }
        request = new UpgradeRequest(Encoding.ASCII.GetBytes(text.Append("\r\n").ToString()), AcceptOf(key));
        return null;
    }

    /// <summary>The answer to a key.</summary>
    public static string AcceptOf(string key) =>
#pragma warning disable CA5350 // RFC 6455 section 4.2.2 has it so.
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Guid)));
#pragma warning restore CA5350

    // IPv6 addresses stand in brackets.
    private static string HostOf(Uri endpoint) => endpoint.HostNameType == UriHostNameType.IPv6 ? endpoint.Host : endpoint.IdnHost;

    private static bool IsToken(string name) =>
        name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '!' or '#' or '$' or '%' or '&' or '\'' or '*' or '+' or '^' or '`' or '|' or '~');
}
