using System.Net;
using System.Net.Http.Headers;
using VoiceAgent.Hosting;
using VoiceAgent.Hosting.Configuration;

namespace VoiceAgent.Commands;

/// <summary>The way to the service that runs on this machine with the same configuration: its HTTP, and the key for it.</summary>
internal static class RunningService
{
    /// <summary>A client of its HTTP.</summary>
    /// <param name="options">What the service was configured with.</param>
    /// <param name="timeout">How long to wait for an answer.</param>
    public static HttpClient Connect(HttpOptions options, TimeSpan timeout)
    {
        // No proxy: it is this machine.
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Reachable(new Uri(options.Listen)), Timeout = timeout };
        if (options.ApiKey.Length > 0)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(HttpKey.Scheme, options.ApiKey);
        return http;
    }

    /// <summary>The section of a configuration file; see <see cref="ConfigurationFile.Find"/>.</summary>
    public static HttpOptions ReadOptions(string? configurationFile) =>
        VoiceAgentHost.ReadConfiguration(ConfigurationFile.Find(configurationFile)).GetSection(HttpOptions.Section).Get<HttpOptions>() ?? new HttpOptions();

    // A wildcard is no address to ask.
    private static Uri Reachable(Uri listen) =>
        IPAddress.TryParse(listen.Host.Trim('[', ']'), out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(listen) { Host = address.Equals(IPAddress.Any) ? "127.0.0.1" : "[::1]" }.Uri
            : listen;
}
