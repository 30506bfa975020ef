using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GeminiLive.Wire;

namespace GeminiLive.Tests.Wire;

/// <summary>Accepts TCP connections and does with each what the test says; behind an upgrade it may be the framework's own WebSocket server.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    public static readonly Dictionary<string, string> NoHeaders = new(StringComparer.Ordinal);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2? _certificate;
    private readonly Task _running;

    public RawServer(Func<Stream, string, Task> serve, X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener.Start();
        _running = ServeAsync(serve);
    }

    public Uri Address => new($"{(_certificate is null ? "ws" : "wss")}://{_listener.LocalEndpoint}/live/ws?alt=1");

    /// <summary>Connections that came.</summary>
    public int Accepted { get; private set; }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>An answer that upgrades, as RFC 6455 section 4.2.2 has it.</summary>
    public static string Upgrade(string request, string more = "") =>
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nCONNECTION: keep-alive, upgrade\r\n"
        + $"Sec-WebSocket-Accept: {UpgradeRequest.AcceptOf(request.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0])}\r\n{more}\r\n";

    public static async Task<WebSocket> UpgradedAsync(Stream stream, string request)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Upgrade(request)));
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
    }

    private async Task ServeAsync(Func<Stream, string, Task> serve)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                client.NoDelay = true;
                Accepted++;
                await ServeAsync(client, serve);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The listener has been closed.
        }
    }

    private async Task ServeAsync(TcpClient client, Func<Stream, string, Task> serve)
    {
        try
        {
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(_certificate);
                stream = tls;
            }
            if (await RequestAsync(stream) is { Length: > 0 } request)
                await serve(stream, request);
        }
        catch (Exception e) when (e is IOException or WebSocketException or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone.
        }
    }

    private static async Task<string> RequestAsync(Stream stream)
    {
        var (request, one) = (new StringBuilder(), new byte[1]);
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
            request.Append((char)one[0]);
        return request.ToString();
    }
}
