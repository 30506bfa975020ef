using System.Net;
using System.Net.WebSockets;

namespace GeminiLive;

/// <summary>Opens WebSockets through a proxy, with all that the framework knows of proxies: CONNECT, SOCKS, their logins. <see cref="WebSocketConnector"/> chooses.</summary>
/// <param name="options">How often a connection is pinged, and how late the answer may come.</param>
/// <param name="proxy">Says which proxy.</param>
internal sealed class ProxiedConnector(LiveOptions options, IWebProxy proxy) : ILiveConnector
{
    /// <inheritdoc/>
    public async Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = options.KeepAliveInterval;
        socket.Options.KeepAliveTimeout = options.KeepAliveTimeout;
        socket.Options.Proxy = proxy;
        foreach (var (name, value) in headers)
            socket.Options.SetRequestHeader(name, value);
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return new LiveConnectAttempt(new WebSocketLiveSocket(socket), HttpStatus: null, Error: null);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or HttpRequestException)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            return new LiveConnectAttempt(Socket: null, status == default(HttpStatusCode) ? null : (int)status, Describe(e));
        }
    }

    private static string Describe(Exception e) => e.InnerException is null ? e.Message : $"{e.Message} {e.InnerException.Message}";
}
