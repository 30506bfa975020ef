using System.Net;
using System.Net.WebSockets;
using Simulation.Live;

namespace Simulation.Tests.Live;

/// <summary>Order and form of messages, keys and paths.</summary>
public sealed class ProtocolRulesTests(LiveServerFixture fixture) : IClassFixture<LiveServerFixture>
{
    private readonly SimulatedLive _server = fixture.Server;

    [Theory]
    [InlineData("""{"realtimeInput":{"text":"hello"}}""", 1007, "setup must be the first message")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAA="}}}""", 1007, "setup must be the first message")]
    [InlineData("{}", 1007, "exactly one")]
    [InlineData("[]", 1007, "Root element must be a message")]
    [InlineData("not json", 1007, "Invalid JSON payload received.")]
    [InlineData("""{"setup":{"model":"models/gemini-3.8-live","model":"x"}}""", 1007, "Invalid JSON payload received.")]
    [InlineData("""{"setup":{"model":"models/gemini-3.8-live"},"realtimeInput":{"text":"a"}}""", 1007, "exactly one")]
    [InlineData("""{"greeting":{}}""", 1007, "Unknown name \"greeting\": Cannot find field.")]
    public async Task Illegal_first_message_closes_the_connection(string message, int code, string reason)
    {
        await using var client = await RawLiveClient.ConnectAsync(_server.Endpoint);
        await client.SendAsync(message);
        var close = await client.ReceiveCloseAsync();
        Assert.Equal(code, close.Code);
        Assert.Contains(reason, close.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Binary_frame_closes_the_connection()
    {
        await using var client = await RawLiveClient.ConnectAsync(_server.Endpoint);
        await client.SendAsync(RawLiveClient.Setup38, WebSocketMessageType.Binary);
        Assert.Equal(1007, (await client.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Second_setup_closes_the_connection()
    {
        await using var client = await RawLiveClient.OpenAsync(_server);
        await client.SendAsync(RawLiveClient.Setup38);
        Assert.Equal((1007, "setup must be the first message and only the first."), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Anything_before_setupComplete_closes_the_connection()
    {
        var script = LiveScript.Parse("""{ "sessions": [ { "steps": [ { "do": "ignoreSetup" } ] } ] }""");
        await using var server = await SimulatedLive.StartAsync(new() { Script = script }, TimeProvider.System);
        await using var client = await RawLiveClient.ConnectAsync(server.Endpoint);
        await client.SendAsync(RawLiveClient.Setup38);
        await client.SendAsync(RawLiveClient.Audio(new short[320]));
        var close = await client.ReceiveCloseAsync();
        Assert.Equal(1007, close.Code);
        Assert.Contains("before setupComplete", close.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snake_case_names_are_taken()
    {
        await using var client = await RawLiveClient.ConnectAsync(_server.Endpoint);
        await client.SendAsync("""{"setup":{"model":"models/gemini-3.8-live","generation_config":{"response_modalities":["AUDIO"]},"session_resumption":{}}}""");
        await client.ReceiveAsync("setupComplete");
        await client.SendAsync("""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AAA="}}}""");
        await client.SendAsync("""{"client_content":{"turns":[{"role":"user","parts":[{"text":"hi"}]}],"turn_complete":true}}""");
        await client.ReceiveAsync("modelTurn");
    }

    [Fact]
    public async Task Close_reason_is_cut_at_123_bytes_between_characters()
    {
        await using var client = await RawLiveClient.ConnectAsync(_server.Endpoint);
        await client.SendAsync($$"""{"setup":{"model":"models/gemini-3.8-live","{{new string('ä', 100)}}":1 } }""");
        var (code, reason) = await client.ReceiveCloseAsync();
        Assert.Equal(1007, code);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(reason), 122, 123);
        Assert.EndsWith("ä", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_without_a_key_is_refused_before_the_upgrade() =>
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedUpgradeAsync(_server.Endpoint, key: null));

    [Fact]
    public async Task Other_path_or_version_is_not_found() =>
        Assert.Equal(HttpStatusCode.NotFound, await RefusedUpgradeAsync(new Uri(_server.Endpoint.AbsoluteUri.Replace("v1beta", "v2", StringComparison.Ordinal)), "key"));

    [Fact]
    public Task Key_in_the_query_and_version_v1alpha_are_taken() => MustServeAsync(_server.Endpoint.AbsoluteUri.Replace("v1beta", "v1alpha", StringComparison.Ordinal));

    [Fact]
    public Task Version_v1_and_a_doubled_slash_are_taken_as_the_JavaScript_SDK_sends_them() =>
        MustServeAsync($"ws://{_server.Endpoint.Authority}/{_server.Endpoint.AbsolutePath.Replace("v1beta", "v1", StringComparison.Ordinal)}");

    private static async Task MustServeAsync(string address)
    {
        var endpoint = new Uri(address + "?key=abc");
        await using var client = await RawLiveClient.ConnectAsync(endpoint, key: null);
        await client.SendAsync(RawLiveClient.Setup38);
        await client.ReceiveAsync("setupComplete");
    }

    [Fact]
    public async Task Wrong_key_closes_after_the_upgrade_before_setup_is_answered()
    {
        await using var server = await SimulatedLive.StartAsync(new() { ApiKey = "right" }, TimeProvider.System);
        await using var client = await RawLiveClient.ConnectAsync(server.Endpoint, "wrong");
        await client.SendAsync(RawLiveClient.Setup38);
        Assert.Equal((1007, "API key not valid. Please pass a valid API key."), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Message_of_more_than_four_megabytes_closes_with_1009()
    {
        await using var client = await RawLiveClient.ConnectAsync(_server.Endpoint);
        await client.SendAsync(new string(' ', 5 << 20));
        Assert.Equal(1009, (await client.ReceiveCloseAsync()).Code);
    }

    private static async Task<HttpStatusCode> RefusedUpgradeAsync(Uri endpoint, string? key)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (key is not null)
            socket.Options.SetRequestHeader("x-goog-api-key", key);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(endpoint, CancellationToken.None));
        return socket.HttpStatusCode;
    }
}
