using System.Text;
using System.Text.Json;
using Simulation.Live;
using Support;

namespace Simulation.Tests.Live;

/// <summary>Bearer tokens on the Vertex paths, ephemeral tokens on the constrained one.</summary>
public sealed class CredentialTests : IAsyncDisposable
{
    private const string Vertex = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent";
    private const string Constrained = "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained";
    private const string LockedSetup = """{"bidiGenerateContentSetup":{"model":"models/gemini-3.8-live","outputAudioTranscription":{},"sessionResumption":{}}}""";

    private readonly ManualTimeProvider _clock = new();
    private readonly SimulatedLive _server;

    public CredentialTests() => _server = SimulatedLive.Create(new() { PrettyPrint = false, ApiKey = "key", BearerToken = "ya29", Pace = 1_000, UncompressedLifetime = null }, _clock);

    [Theory]
    [InlineData(Vertex, "Authorization", "Bearer ya29", 101)]
    [InlineData(Vertex, "authorization", "bearer ya29", 101)]
    [InlineData(Vertex, "Authorization", "Bearer old", 401)]
    [InlineData(Vertex, "Authorization", "ya29", 401)]
    [InlineData(Vertex, "x-other", "", 401)]
    [InlineData(Vertex, "x-goog-api-key", "key", 101)]
    [InlineData("/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent", "Authorization", "Bearer ya29", 101)]
    [InlineData("/ws/google.cloud.aiplatform.v1beta1.LlmBidiService.BidiGenerateContent", "Authorization", "Bearer ya29", 404)]
    [InlineData(Constrained, "x-goog-api-key", "key", 401)]
    [InlineData(Constrained, "Authorization", "Token auth_tokens/unknown", 401)]
    [InlineData("/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContentConstrained", "x-goog-api-key", "key", 404)]
    public async Task Credential_is_looked_at_before_the_upgrade(string path, string header, string value, int status)
    {
        var upgrade = await _server.ConnectAsync(new Uri($"ws://simulated{path}"), new Dictionary<string, string> { [header] = value });
        using var socket = upgrade.Socket;
        Assert.Equal(status, upgrade.HttpStatus);
        if (status == 401)
            Assert.Equal("UNAUTHENTICATED", JsonDocument.Parse(upgrade.Body).RootElement.GetProperty("error").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("projects/p/locations/l/publishers/google/models/gemini-3.1-flash-live-preview")]
    [InlineData("models/gemini-3.8-live")]
    [InlineData("projects//locations/l/publishers/google/models/gemini-3.8-live")]
    public async Task Model_that_Vertex_does_not_have_closes_with_1008(string model)
    {
        await using var client = await RawLiveClient.ConnectAsync(_server, Vertex, "Authorization", "Bearer ya29");
        await client.SendSetupAsync(model, "");
        var close = await client.ReceiveCloseAsync();
        Assert.Equal(1008, close.Code);
        Assert.Contains("not found", close.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"uses":0,"expireTime":"2026-01-01T19:59:00Z","newSessionExpireTime":"2026-01-01T00:10:00.5Z"}""")]
    [InlineData("""{"bidiGenerateContentSetup":{"model":"m","generationConfig":{"temperature":0.5},"tools":[{"googleSearch":{}}]},"fieldMask":"model,generationConfig.temperature,tools"}""")]
    [InlineData("""{"bidiGenerateContentSetup":{"model":"m","tools":[{"googleSearch":{}}]},"fieldMask":"model,tools.0"}""")]
    [InlineData("""{"bidiGenerateContentSetup":{"model":"m"},"fieldMask":"model,generationConfig.topK"}""")]
    public void Sound_request_mints_a_token(string json)
    {
        var (status, body) = _server.CreateToken(json, "key");
        Assert.Equal(200, status);
        Assert.StartsWith("auth_tokens/", JsonDocument.Parse(body).RootElement.GetProperty("name").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "key", 400, "Invalid JSON payload")]
    [InlineData("[]", "key", 400, "Root element")]
    [InlineData("""{"use":1}""", "key", 400, "Unknown name \"use\" at 'auth_token'")]
    [InlineData("""{"uses":-1}""", "key", 400, "uses must not be negative")]
    [InlineData("""{"expireTime":"soon"}""", "key", 400, "auth_token.expire_time")]
    [InlineData("""{"expireTime":"2026-01-01T20:00:00Z"}""", "key", 400, "expire_time must be less than 20 hours")]
    [InlineData("""{"newSessionExpireTime":"2025-12-31T00:00:00Z"}""", "key", 400, "new_session_expire_time must be in the future")]
    [InlineData("""{"bidiGenerateContentSetup":{"modell":"m"}}""", "key", 400, "Unknown name \"modell\" at 'auth_token.bidi_generate_content_setup'")]
    [InlineData("""{"fieldMask":"modell"}""", "key", 400, "\"modell\" is no field of the setup")]
    [InlineData("""{"bidiGenerateContentSetup":{"model":"m","generationConfig":{"topK":1}},"fieldMask":"model"}""", "key", 400, "does not name generationConfig.topK")]
    [InlineData("{}", "", 403, "unregistered callers")]
    [InlineData("{}", "other", 400, "API key not valid")]
    public void Unsound_request_is_refused_with_the_reason(string json, string key, int expected, string reason)
    {
        var (status, body) = _server.CreateToken(json, key);
        Assert.Equal(expected, status);
        Assert.Contains(reason, JsonDocument.Parse(body).RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_mask_the_tokens_setup_replaces_the_clients()
    {
        var token = Mint(LockedSetup);
        await using var client = await ConnectAsync(token);
        await client.SendSetupAsync("models/no-such-model", ""","generationConfig":{"responseModalities":["TEXT"]}""");
        await client.ReceiveAsync("setupComplete");
        Assert.Equal("models/gemini-3.8-live", _server.Sessions[0].Model);
        await _server.Sessions[0].SayAsync(new short[480], "bye");
        await client.ReceiveAsync("outputTranscription");
    }

    [Fact]
    public async Task With_a_mask_only_the_named_paths_are_fixed()
    {
        var token = Mint("""{"bidiGenerateContentSetup":{"model":"models/gemini-3.8-live"},"fieldMask":"model,generationConfig.thinkingConfig"}""");
        await using var client = await ConnectAsync(token);
        await client.SendSetupAsync("models/no-such-model", ""","outputAudioTranscription":{},"generation_config":{"thinking_config":{"thinking_level":"LOW"}}""");
        await client.ReceiveAsync("setupComplete");
        Assert.Equal("models/gemini-3.8-live", _server.Sessions[0].Model);
        await _server.Sessions[0].SayAsync(new short[480], "bye");
        await client.ReceiveAsync("outputTranscription");
    }

    [Fact]
    public async Task Token_without_a_setup_fixes_nothing()
    {
        await using var client = await RawLiveClient.ConnectAsync(_server, $"{Constrained}?access_token={Mint("{}")}", "x-other", "");
        await client.SendAsync(RawLiveClient.Setup38);
        await client.ReceiveAsync("setupComplete");
    }

    [Fact]
    public async Task Resuming_is_no_use_and_a_second_new_session_is_refused()
    {
        var token = Mint(LockedSetup);
        var handle = "";
        await using (var client = await ConnectAsync(token))
        {
            await client.SendSetupAsync("", "");
            await client.ReceiveAsync("setupComplete");
            await _server.Sessions[0].InterruptAsync();
            handle = (await client.ReceiveAsync("sessionResumptionUpdate")).GetProperty("newHandle").GetString();
            await client.CloseAsync();
            await _server.Sessions[0].Closed.WaitAsync(RawLiveClient.Patience);
        }
        _clock.Advance(TimeSpan.FromMinutes(2));
        await using (var client = await ConnectAsync(token))
        {
            await client.SendSetupAsync("", $$""","sessionResumption":{"handle":"{{handle}}"}""");
            await client.ReceiveAsync("setupComplete");
        }
        await RefusedAsync(token, "no new session may be started");
        await using (var client = await ConnectAsync(token = Mint(LockedSetup)))
        {
            await client.SendSetupAsync("", "");
            await client.ReceiveAsync("setupComplete");
        }
        await RefusedAsync(token, "used too many times");
    }

    [Fact]
    public void Expired_token_ends_the_session_at_its_next_message_and_opens_no_other()
    {
        using var live = new VirtualLive(new() { PrettyPrint = false, UncompressedLifetime = null });
        var token = JsonDocument.Parse(live.Server.CreateToken("{}", "key").Body).RootElement.GetProperty("name").GetString();
        live.Open(path: $"{Constrained}?access_token={token}");
        for (var i = 0; i < 30; i++)
        {
            live.Send(RawLiveClient.Audio(new short[320]));
            live.Advance(60_000, 10_000);
        }
        Assert.Null(live.Close);
        live.Send(RawLiveClient.Audio(new short[320]));
        Assert.Equal((1008, "Token has expired."), live.Close);
        var upgrade = live.Run(() => live.Server.ConnectAsync(new Uri($"ws://simulated{Constrained}?access_token={token}"), new Dictionary<string, string>()));
        Assert.Equal(401, upgrade.HttpStatus);
    }

    [Fact]
    public async Task Token_is_minted_over_http()
    {
        await using var server = await SimulatedLive.StartAsync(new(), TimeProvider.System);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{server.Endpoint.Authority}") };
        using var content = new StringContent("""{"uses":2}""", Encoding.UTF8, "application/json");
        var answer = await http.PostAsync(new Uri("/v1alpha/auth_tokens?key=abc", UriKind.Relative), content);
        var name = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("name").GetString();
        await using var client = await RawLiveClient.ConnectAsync(new Uri($"ws://{server.Endpoint.Authority}{Constrained}"), "Authorization", $"Token {name}");
        await client.SendAsync(RawLiveClient.Setup38);
        await client.ReceiveAsync("setupComplete");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private string Mint(string json) => JsonDocument.Parse(_server.CreateToken(json, "key").Body).RootElement.GetProperty("name").GetString()!;

    private Task<RawLiveClient> ConnectAsync(string token) => RawLiveClient.ConnectAsync(_server, Constrained, "Authorization", $"Token {token}");

    private async Task RefusedAsync(string token, string reason)
    {
        await using var client = await ConnectAsync(token);
        await client.SendSetupAsync("", "");
        var close = await client.ReceiveCloseAsync();
        Assert.Equal(1008, close.Code);
        Assert.Contains(reason, close.Reason, StringComparison.Ordinal);
    }
}
