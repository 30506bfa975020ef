using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Telephony.Sip.Resolution;

namespace Telephony.Sip.Identity.Stir;

/// <summary>Fetches a signer's certificate over HTTPS: bounded in size, without redirects, from public addresses unless the operator named the host.</summary>
/// <remarks>Any thread. What fails is an exception of HTTP or of the network, which <see cref="CertificateStore"/> turns into a verdict.</remarks>
internal sealed class CertificateFetch : IDisposable
{
    /// <summary>Largest chain that is read, in bytes.</summary>
    public const int MaxBytes = 65_536;

    private const int MaxLookups = 4;
    private const int HttpsPort = 443;

    private readonly HashSet<string> _allowed;   // host:port
    private readonly bool _takesAny;
    private readonly SystemLookup _names = new(MaxLookups);   // of its own: tokens of strangers choose the names
    private readonly TimeSpan _timeout;
    private readonly HttpClient _client;

    /// <param name="options">Whom to ask, and for how long.</param>
    /// <param name="serverAuthorities">Who vouches for the web servers; null for those that the system trusts.</param>
    public CertificateFetch(StirOptions options, X509Certificate2Collection? serverAuthorities = null)
    {
        _allowed = new HashSet<string>(options.AllowedHosts.Select(WithPort), StringComparer.OrdinalIgnoreCase);
        _takesAny = options.AllowedHosts.Contains(StirOptions.AnyHost);
        _timeout = options.FetchTimeout;
        _client = new HttpClient(Handler(serverAuthorities)) { MaxResponseContentBufferSize = MaxBytes, Timeout = Timeout.InfiniteTimeSpan };   // the store's time limit holds
    }

    /// <summary>Whether a certificate may be asked for at all: HTTPS, no user, an allowed host, and of that the port of HTTPS or the one that the list names.</summary>
    public bool TryRead(string text, out Uri uri) =>
        Uri.TryCreate(text, UriKind.Absolute, out uri!) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 && (IsNamed(uri.Host, uri.Port) || (_takesAny && uri.IsDefaultPort));

    /// <summary>The bytes behind an address.</summary>
    /// <exception cref="HttpRequestException">It is not there, too large, or not to be asked.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public Task<byte[]> GetAsync(Uri uri, CancellationToken cancellation) => _client.GetByteArrayAsync(uri, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private bool IsNamed(string host, int port) => _allowed.Contains($"{host}:{port}");

    private static string WithPort(string entry) => entry.Contains(':', StringComparison.Ordinal) ? entry : $"{entry}:{HttpsPort}";

    private SocketsHttpHandler Handler(X509Certificate2Collection? serverAuthorities) => new()
    {
        AllowAutoRedirect = false,   // it would lead past the list of hosts
        UseCookies = false,
        UseProxy = false,            // a proxy would look names up itself, unchecked
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = _timeout,   // a connection outlives the request that wanted it
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        MaxConnectionsPerServer = 4,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust(serverAuthorities) },
    };

    // The address that was checked is the one that is connected to: a name cannot change its mind in between.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var isNamed = IsNamed(host, context.DnsEndPoint.Port);
        var addresses = (await _names.GetAsync(host, AddressFamily.Unspecified).WaitAsync(cancellation)).Where(address => isNamed || FetchAddresses.IsPublic(address)).ToArray();
        if (addresses.Length == 0)
            throw new HttpRequestException($"{host} has no public address");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509ChainPolicy? Trust(X509Certificate2Collection? authorities)
    {
        if (authorities is null)
            return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
