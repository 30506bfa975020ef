using System.Net.WebSockets;
using Simulation.Live;
using VoiceAgent.Commands;

namespace VoiceAgent.Tests.Commands;

/// <summary><c>voiceagent token</c> mints a token that a session can be started with, and says in words why not.</summary>
public sealed class TokenCommandTests
{
    private const string Live = """{ "Endpoint": "SERVICE", "ApiKey": "key" }""";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Minted_token_starts_as_many_sessions_as_it_may()
    {
        await using var rig = await CommandRig.StartAsync(Live);
        Assert.Equal(0, await rig.RunAsync(TokenCommand.Create(), "--uses", "2", "--expires", "01:00:00", "--new-session-expires", "00:05:00"));
        var token = rig.Output.Trim();
        Assert.Matches("^auth_tokens/[^ \n]+$", token);
        await using var client = await CommandRig.StartAsync($$"""{ "Endpoint": "{{new Uri(rig.Service.Endpoint, "/")}}", "EphemeralToken": "{{token}}" }""");
        foreach (var exitCode in new[] { 0, 0, 1 })
            Assert.Equal(exitCode, await client.RunAsync(CheckCommand.Create()));
        Assert.Contains("the ephemeral token has started all sessions that it is good for", client.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Locked_setup_counts_whatever_the_client_sends()
    {
        await using var rig = await CommandRig.StartAsync(Live, agents: """{ "reception": {}, "sales": { "Model": "gemini-3.1-flash-live-preview" } }""");
        Assert.Equal(0, await rig.RunAsync(TokenCommand.Create(), "--lock", "--agent", "sales"));
        Assert.Equal("models/gemini-3.1-flash-live-preview", await ModelOfSessionAsync(rig));
    }

    [Fact]
    public async Task Locked_fields_leave_the_rest_to_the_client()
    {
        await using var rig = await CommandRig.StartAsync(Live, agents: """{ "reception": { "Temperature": 0.3 } }""");
        Assert.Equal(0, await rig.RunAsync(TokenCommand.Create(), "--lock-fields", "temperature, systemInstruction"));
        Assert.Equal("models/gemini-3.8-live", await ModelOfSessionAsync(rig));
    }

    [Theory]
    [InlineData("""{ "Endpoint": "SERVICE", "ApiKey": "wrong" }""", 1, "The API key is not valid; check GEMINI_API_KEY or Live:ApiKey.")]
    [InlineData("""{ "Endpoint": "ws://127.0.0.1:1", "ApiKey": "key" }""", 1, "http://127.0.0.1:1/v1alpha/auth_tokens was not reached")]
    [InlineData("""{ "Endpoint": "SERVICE", "EphemeralToken": "auth_tokens/x" }""", 1, "Only an API key can mint a token")]
    [InlineData("""{ "Backend": "Vertex", "Project": "p", "Location": "us" }""", 1, "Vertex has no ephemeral tokens")]
    [InlineData(Live, 1, "The service does not take this request", "--lock-fields", "nonsense")]
    [InlineData(Live, 2, "--lock-fields names no field", "--lock-fields", ",")]
    [InlineData(Live, 2, "--uses -1 is not possible", "--uses", "-1")]
    [InlineData(Live, 2, "--expires 20:00:00 is not possible; use a time such as 00:30:00, less than 20 hours.", "--expires", "20:00:00")]
    [InlineData(Live, 2, "There is no agent 'nobody'; there are: reception.", "--agent", "nobody")]
    [InlineData("""{ "Voice": "Bob" }""", 2, "Live:Voice is 'Bob'")]
    public async Task Failure_is_told_in_words(string live, int exitCode, string said, params string[] args)
    {
        await using var rig = await CommandRig.StartAsync(live);
        Assert.Equal(exitCode, await rig.RunAsync(TokenCommand.Create(), args));
        Assert.Contains(said, rig.Output, StringComparison.Ordinal);
    }

    private static async Task<string?> ModelOfSessionAsync(CommandRig rig)
    {
        var client = new ClientWebSocket();
        using var owned = client;
        client.Options.SetRequestHeader("Authorization", "Token " + rig.Output.Trim());
        await client.ConnectAsync(
            new Uri(rig.Service.Endpoint, "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained"), CancellationToken.None);
        await client.SendAsync("""{"setup":{"model":"models/gemini-3.8-live","generationConfig":{"responseModalities":["AUDIO"]}}}"""u8.ToArray(),
            WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var session = await rig.Service.WaitForSessionAsync(1, Limit);
        await session.WaitForAsync(SessionEventKind.SetupCompleted, Limit);
        return session.Model;
    }
}
