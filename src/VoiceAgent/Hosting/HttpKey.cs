using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace VoiceAgent.Hosting;

/// <summary>The key of <c>Http:ApiKey</c>, which a request brings as a bearer token.</summary>
/// <remarks>Any thread.</remarks>
/// <param name="key">The key; empty where there is none, which nobody then has.</param>
internal sealed class HttpKey(string key)
{
    /// <summary>How the token is introduced in the Authorization header.</summary>
    public const string Scheme = "Bearer";

    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-", "X-Original-", "X-Real-IP", "Via"];

    private readonly byte[] _hash = Hash(key);

    /// <summary>Whether there is a key at all.</summary>
    public bool IsSet { get; } = key.Length > 0;

    /// <summary>Whether a request brings it.</summary>
    public bool IsIn(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var given = header.StartsWith($"{Scheme} ", StringComparison.OrdinalIgnoreCase) ? header[(Scheme.Length + 1)..].Trim() : "";
        return IsSet && CryptographicOperations.FixedTimeEquals(Hash(given), _hash);
    }

    /// <summary>Whether whoever asks may see what is not for strangers: from this machine, or with the key.</summary>
    /// <remarks>What a proxy hands on does not come from this machine, nor does what asks for a name that is not this machine's: a page in a browser here could have had its own name lead here.</remarks>
    public bool OpensFor(HttpContext context) =>
        IsIn(context.Request)
        || (context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote) && IsThisMachine(context.Request.Host.Host)
            && !context.Request.Headers.Any(header => ProxyHeaders.Any(prefix => header.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))));

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
