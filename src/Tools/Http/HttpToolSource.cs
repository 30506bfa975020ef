using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tools.Http;

/// <summary>The declared web calls of one section <c>Tools:Http:NAME</c>, and their connections.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class HttpToolSource : IToolSource
{
    private const int MaxConnectionsPerHost = 64;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // A name may move; the addresses of new connections are looked up anew.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly HttpMessageInvoker _invoker;
    private readonly IReadOnlyList<Tool> _tools;

    public HttpToolSource(
        string name, HttpSourceOptions options, IReadOnlyList<HttpToolDefinition> tools, HostBreakers breakers, NameResolver resolve, TimeProvider time, ILogger logger)
    {
        Name = name;
        _invoker = new HttpMessageInvoker(Handler(options, resolve, time));
        var sender = new HttpSender(_invoker, new HostList(options.AllowedHosts), options.AllowPlainHttp || options.AllowPrivateAddresses, time, logger);
        _tools = [.. tools.Select(tool => new Tool(
            new HttpTool(tool, sender, breakers, time), new ToolPolicy { Idempotent = tool.IsIdempotent, Timeout = tool.Timeout, Retries = tool.Retries }) { Source = name })];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Action? Changed { get; set; }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Tool>> LoadAsync(CancellationToken cancellation) => ValueTask.FromResult(_tools);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _invoker.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The certificates of a PEM file; null when it cannot be read.</summary>
    public static X509Certificate2Collection? Roots(string path)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(path);
            return roots;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return null;
        }
    }

    private static SocketsHttpHandler Handler(HttpSourceOptions options, NameResolver resolve, TimeProvider time) => new()
    {
        AllowAutoRedirect = false,   // each target is checked first (HttpSender)
        UseCookies = false,          // callers share the source
        ActivityHeadersPropagator = null,   // HttpSender names the tool's own span
        UseProxy = false,            // a proxy would look names up itself, unchecked
        AutomaticDecompression = DecompressionMethods.All,
        ConnectCallback = new CheckedConnector(options, resolve, time).ConnectAsync,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        MaxConnectionsPerServer = MaxConnectionsPerHost,
        MaxResponseDrainSize = 0,    // what is too long is not read to its end
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust(options.TrustedRoots) },
    };

    private static X509ChainPolicy? Trust(string path)
    {
        if (path.Length == 0 || Roots(path) is not { } roots)
            return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }
}
