using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GeminiLive.Wire;
using Support;

namespace GeminiLive.Tests.Wire;

/// <summary>The way to a WebSocket: request, answers of every kind, TLS, several addresses, and a proxy.</summary>
public sealed class WebSocketConnectorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly LiveOptions Options = new();

    [Fact]
    public async Task Request_is_the_rfcs_and_carries_the_credentials()
    {
        var request = "";
        await using var server = new RawServer(async (stream, text) =>
        {
            request = text;
            await stream.WriteAsync(Encoding.ASCII.GetBytes(RawServer.Upgrade(text)));
        });
        var attempt = await ConnectAsync(server.Address, new Dictionary<string, string> { ["x-goog-api-key"] = "secret", ["Authorization"] = "Bearer t~!" });
        attempt.Socket!.Dispose();
        var lines = request.Split("\r\n");

        Assert.Equal("GET /live/ws?alt=1 HTTP/1.1", lines[0]);
        Assert.Equal(
            ["Host: " + server.Address.Authority, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "x-goog-api-key: secret", "Authorization: Bearer t~!", "", ""],
            lines[1..].Where(line => !line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal)));
        Assert.Equal(16, Convert.FromBase64String(Assert.Single(lines, line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))[19..]).Length);
    }

    [Fact]
    public void Accept_is_that_of_the_rfcs_example() => Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", UpgradeRequest.AcceptOf("dGhlIHNhbXBsZSBub25jZQ=="));

    [Theory]
    [InlineData("ws://[::1]:8080/x", "Host: [::1]:8080\r\n")]
    [InlineData("wss://bücher.example/x", "Host: xn--bcher-kva.example\r\n")]
    [InlineData("wss://example.com:443/x", "Host: example.com\r\n")]
    [InlineData("ws://example.com:443/x", "Host: example.com:443\r\n")]
    public void Host_is_named_as_http_has_it(string endpoint, string host)
    {
        Assert.Null(UpgradeRequest.Write(new Uri(endpoint), RawServer.NoHeaders, out var request));
        Assert.Contains(host, Encoding.ASCII.GetString(request.Bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x-key", "se\r\ncret")]
    [InlineData("x-key", "secrét")]
    [InlineData("x key", "secret")]
    [InlineData("", "secret")]
    public async Task Header_that_http_cannot_carry_is_refused_without_its_value(string name, string value)
    {
        var attempt = await ConnectAsync(new Uri("ws://127.0.0.1:1/"), new Dictionary<string, string> { [name] = value });
        Assert.Null(attempt.Socket);
        Assert.DoesNotContain("cret", attempt.Error, StringComparison.Ordinal);
        Assert.Contains("header", attempt.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 401 Unauthorized\r\n\r\n", 401)]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nforbidden", 403)]
    [InlineData("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\n\r\n", 429)]
    [InlineData("HTTP/1.0 503\r\n\r\n", 503)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\n\r\n", 302)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200)]
    public async Task Refusal_is_its_status(string answer, int status)
    {
        var attempt = await ConnectAsync(_ => answer);
        Assert.Equal((null, status), (attempt.Socket, attempt.HttpStatus));
        Assert.Contains($"{status}", attempt.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", "not HTTP")]
    [InlineData("HTTP/1.1 abc\r\n\r\n", "not HTTP")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "prove")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", "prove")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "something else")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "something else")]
    [InlineData("HTTP/1.1 101 Switching Proto", "without an answer")]
    [InlineData("", "without an answer")]
    public async Task Answer_that_is_none_is_a_value_too(string answer, string words)
    {
        var attempt = await ConnectAsync(_ => answer);
        Assert.Equal((null, null), (attempt.Socket, attempt.HttpStatus));
        Assert.Contains(words, attempt.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate\r\n")]
    [InlineData("Sec-WebSocket-Protocol: chat\r\n")]
    public async Task What_was_not_offered_is_not_taken(string header) =>
        Assert.Contains("not offered", (await ConnectAsync(request => RawServer.Upgrade(request, header))).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Answer_without_end_costs_16_kilobytes()
    {
        await using var server = new RawServer(async (stream, _) =>
        {
            var line = Encoding.ASCII.GetBytes("X: " + new string('x', 1000) + "\r\n");
            while (true)
                await stream.WriteAsync(line);
        });
        Assert.Contains("more than 16384", (await ConnectAsync(server.Address)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_server_is_given_up_when_asked_to()
    {
        await using var server = new RawServer((stream, _) => stream.ReadExactlyAsync(new byte[1]).AsTask());
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var attempt = await new WebSocketConnector(Options).ConnectAsync(server.Address, RawServer.NoHeaders, patience.Token).WaitAsync(Patience);
        Assert.Null(attempt.Socket);
    }

    [Fact]
    public async Task Frames_right_behind_the_answer_are_not_lost_and_it_may_come_byte_by_byte()
    {
        var frames = ClientFrames.OfServer(0x82, [.. Enumerable.Range(0, 9_000).Select(i => (byte)i)]);
        await using var server = new RawServer(async (stream, request) =>
        {
            var answer = Encoding.ASCII.GetBytes(RawServer.Upgrade(request));
            foreach (var one in answer[..^1])
                await stream.WriteAsync(new[] { one });
            await stream.WriteAsync((byte[])[answer[^1], .. frames]);
        });
        using var socket = (await ConnectAsync(server.Address)).Socket!;
        var (message, length) = (new byte[9_000], 0);
        while (length < message.Length)
            length += (await socket.ReadAsync(message.AsMemory(length)).AsTask().WaitAsync(Patience)).Bytes;

        Assert.Equal(frames[4..], message);
    }

    [Theory]
    [InlineData("127.0.0.1", true, null)]
    [InlineData("localhost", true, "RemoteCertificateNameMismatch")]
    [InlineData("127.0.0.1", false, "certificate chain")]
    public async Task Tls_is_checked_by_name_and_chain(string certifiedName, bool isTrusted, string? fault)
    {
        using var authority = new TestAuthority();
        using var stranger = new TestAuthority();
        using var certificate = authority.Issue(certifiedName);
        await using var server = new RawServer((stream, request) => stream.WriteAsync(Encoding.ASCII.GetBytes(RawServer.Upgrade(request))).AsTask(), certificate);
        var attempt = await new WebSocketConnector(Options) { Trust = TrustIn(isTrusted ? authority : stranger) }
            .ConnectAsync(server.Address, RawServer.NoHeaders, CancellationToken.None).WaitAsync(Patience);
        using var socket = attempt.Socket;

        Assert.Equal(fault is null, socket is not null);
        if (fault is not null)
            Assert.Contains(fault, attempt.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_that_cannot_even_be_checked_is_a_value()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("127.0.0.1");
        await using var server = new RawServer((_, _) => Task.CompletedTask, certificate);
        // Roots of our own beside the system's: the framework refuses to build a chain.
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.System };
        trust.CustomTrustStore.AddRange(authority.Trusted);
        var attempt = await new WebSocketConnector(Options) { Trust = trust }.ConnectAsync(server.Address, RawServer.NoHeaders, CancellationToken.None).WaitAsync(Patience);

        Assert.Null(attempt.Socket);
        Assert.NotEqual("", attempt.Error);
    }

    [Fact]
    public async Task Address_that_does_not_answer_holds_up_nothing()
    {
        // A listener whose queue is full answers no further connection.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var heard = new TcpListener(IPAddress.Loopback, 0);
        heard.Start();
        var port = ((IPEndPoint)heard.LocalEndpoint).Port;
        deaf.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        deaf.Listen(0);
        using var filling = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await filling.ConnectAsync(deaf.LocalEndPoint!);
        var (socket, error) = await TcpOpener.ConnectAsync([IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.1")], port, TimeProvider.System, CancellationToken.None)
            .WaitAsync(Patience);
        using (socket)
            Assert.Equal(("", IPAddress.Loopback), (error, ((IPEndPoint)socket!.RemoteEndPoint!).Address));
    }

    [Fact]
    public async Task Address_that_refuses_is_followed_by_the_next_at_once()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        // On a clock that stands still nothing comes by waiting.
        var (socket, _) = await TcpOpener.ConnectAsync([IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.1")], port, new ManualTimeProvider(), CancellationToken.None)
            .WaitAsync(Patience);
        using (socket)
            Assert.NotNull(socket);
    }

    [Fact]
    public void Families_are_tried_in_turn() => Assert.Equal(
        ["::1", "10.0.0.1", "::2", "10.0.0.2", "::3"],
        TcpOpener.InTurn([.. new[] { "::1", "::2", "::3", "10.0.0.1", "10.0.0.2" }.Select(IPAddress.Parse)]).Select(address => address.ToString()));

    [Theory]
    [InlineData("ws://0.0.0.0:1/")]
    [InlineData("ws://[::]:1/")]
    [InlineData("ws://255.255.255.255:1/")]
    public async Task Address_of_nobody_is_a_value(string endpoint)
    {
        var attempt = await ConnectAsync(new Uri(endpoint));
        Assert.Equal((null, null), (attempt.Socket, attempt.HttpStatus));
        Assert.NotNull(attempt.Error);
    }

    [Fact]
    public async Task Name_that_is_too_long_is_a_value()
    {
        var (socket, error) = await TcpOpener.ConnectAsync(string.Join('.', Enumerable.Repeat("long", 60)), 1, new HostLookup(TimeProvider.System), TimeProvider.System, CancellationToken.None).WaitAsync(Patience);
        Assert.Null(socket);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task Unknown_name_is_a_value()
    {
        var attempt = await ConnectAsync(new Uri("ws://no-such-host.invalid/"));
        Assert.Equal((null, null), (attempt.Socket, attempt.HttpStatus));
        Assert.StartsWith("no-such-host.invalid: ", attempt.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_of_the_systems_settings_is_asked_for_its_addresses_only()
    {
        var asked = "";
        await using var proxy = new RawServer(async (stream, request) =>
        {
            asked = request;
            await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        });
        await using var server = new RawServer((stream, request) => stream.WriteAsync(Encoding.ASCII.GetBytes(RawServer.Upgrade(request))).AsTask());
        var connector = new WebSocketConnector(Options, proxy: new WebProxy($"http://{proxy.Address.Authority}"));
        var direct = await connector.ConnectAsync(server.Address, RawServer.NoHeaders, CancellationToken.None).WaitAsync(Patience);
        direct.Socket!.Dispose();
        Assert.Equal("", asked);
        var proxied = await connector.ConnectAsync(new Uri("ws://live.example/x"), RawServer.NoHeaders, CancellationToken.None).WaitAsync(Patience);

        Assert.StartsWith("CONNECT live.example:80 ", asked, StringComparison.Ordinal);
        Assert.Null(proxied.Socket);
    }

    private static async Task<LiveConnectAttempt> ConnectAsync(Func<string, string> answer)
    {
        await using var server = new RawServer((stream, request) => stream.WriteAsync(Encoding.ASCII.GetBytes(answer(request))).AsTask());
        return await ConnectAsync(server.Address);
    }

    private static Task<LiveConnectAttempt> ConnectAsync(Uri address, IReadOnlyDictionary<string, string>? headers = null) =>
        new WebSocketConnector(Options).ConnectAsync(address, headers ?? RawServer.NoHeaders, CancellationToken.None).WaitAsync(Patience);

    private static X509ChainPolicy TrustIn(TestAuthority authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authority.Trusted);
        return policy;
    }
}
