using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GeminiLive.Wire;

namespace GeminiLive;

/// <summary>Opens real WebSockets: TCP, TLS and the upgrade by ourselves (ADR 22), or the framework's where the system's settings name a proxy for the address.</summary>
/// <param name="options">How often a connection is pinged, and how late the answer may come.</param>
/// <param name="timeProvider">For pings; null takes the system's clock.</param>
/// <param name="proxy">Says which addresses have a proxy; null goes by the system's settings (<c>HTTPS_PROXY</c>, <c>ALL_PROXY</c>, <c>NO_PROXY</c>).</param>
internal sealed class WebSocketConnector(LiveOptions options, TimeProvider? timeProvider = null, IWebProxy? proxy = null) : ILiveConnector
{
    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;
    private readonly IWebProxy _proxy = proxy ?? HttpClient.DefaultProxy;
    private readonly HostLookup _lookup = new(timeProvider ?? TimeProvider.System);

    /// <summary>Who may vouch for a server; null trusts whom the system trusts.</summary>
    public X509ChainPolicy? Trust { get; init; }

    /// <inheritdoc/>
    public Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken) =>
        _proxy.IsBypassed(endpoint) || endpoint.IsLoopback || _proxy.GetProxy(endpoint) is null
            ? ConnectDirectAsync(endpoint, headers, cancellationToken)
            : new ProxiedConnector(options, _proxy).ConnectAsync(endpoint, headers, cancellationToken);

    private async Task<LiveConnectAttempt> ConnectDirectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        if (UpgradeRequest.Write(endpoint, headers, out var request) is { } fault)
            return new LiveConnectAttempt(Socket: null, HttpStatus: null, fault);
        var (socket, error) = await TcpOpener.ConnectAsync(endpoint.IdnHost, endpoint.Port, _lookup, _timeProvider, cancellationToken);
        if (socket is null)
            return new LiveConnectAttempt(Socket: null, HttpStatus: null, error);
        (IWire? wire, error) = endpoint.Scheme == Uri.UriSchemeWss ? await SecureAsync(socket, endpoint.IdnHost, cancellationToken) : (new SocketWire(socket), "");
        return wire is null ? new LiveConnectAttempt(Socket: null, HttpStatus: null, error) : await UpgradeAsync(wire, request, cancellationToken);
    }

    /// <summary>TLS, checked as the framework checks it: the name, the chain, and the system's trusted roots.</summary>
    private async Task<(IWire? Wire, string Error)> SecureAsync(Socket socket, string host, CancellationToken cancellationToken)
    {
        var tls = new SslStream(new WireStream(new SocketWire(socket)));
        await using var givenUp = cancellationToken.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), socket);
        StreamWire? wire = null;
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = host, ApplicationProtocols = [SslApplicationProtocol.Http11], CertificateChainPolicy = Trust }, cancellationToken);
            wire = new StreamWire(tls, socket.Dispose);
            return (wire, "");
        }
        // The last four are for certificates and names of a kind that nobody has met.
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or CryptographicException or InvalidOperationException or ArgumentException or NotSupportedException)
        {
            return (null, e.InnerException is null ? e.Message : $"{e.Message} {e.InnerException.Message}");
        }
        finally
        {
            if (wire is null)
                await tls.DisposeAsync();
        }
    }

    private async Task<LiveConnectAttempt> UpgradeAsync(IWire wire, UpgradeRequest request, CancellationToken cancellationToken)
    {
        await using var givenUp = cancellationToken.UnsafeRegister(static wire => ((IWire)wire!).Abort(), wire);
        var response = await wire.WriteAsync(request.Bytes)
            ? await UpgradeResponse.ReadAsync(wire, request.Accept)
            : null;
        if (response is { Error: null })
            return new LiveConnectAttempt(new FramedSocket(wire, response.Rest, options, _timeProvider), HttpStatus: null, Error: null);
        var error = response?.Error ?? wire.Error ?? "the connection is lost";
        wire.Dispose();
        return new LiveConnectAttempt(Socket: null, response?.Status, error);
    }
}
