using Simulation.Live;
using VoiceAgent.Commands;

namespace VoiceAgent.Tests.Commands;

/// <summary><c>voiceagent check</c> tells in plain words what the service accepts and refuses, and what to change.</summary>
public sealed class CheckCommandTests
{
    [Fact]
    public async Task Accepted_setup_is_told_for_every_agent_and_target()
    {
        await using var rig = await CommandRig.StartAsync(
            """{ "Endpoint": "SERVICE", "ApiKey": "key", "Model": "gemini-3.8-live-extended-thinking", "Thinking": { "Level": "HIGH" }, "Fallbacks": [ { "Model": "gemini-3.8-live" } ] }""",
            agents: """{ "reception": {}, "sales": { "Voice": "Puck" } }""");
        Assert.Equal(0, await rig.RunAsync(CheckCommand.Create()));
        Assert.Equal(4, rig.Service.Sessions.Count);
        Assert.Contains("Agent sales", rig.Output, StringComparison.Ordinal);
        Assert.Contains("accepted after ", rig.Output, StringComparison.Ordinal);
        Assert.Contains("generationConfig (responseModalities, speechConfig, thinkingConfig), systemInstruction, realtimeInputConfig,", rig.Output, StringComparison.Ordinal);
        Assert.Contains("left out, since gemini-3.8-live does not have it: Thinking:Level", rig.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("You answer the phone", rig.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("key\"", rig.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_agent_can_be_checked_and_made_to_speak()
    {
        await using var rig = await CommandRig.StartAsync("""{ "Endpoint": "SERVICE", "ApiKey": "key" }""", agents: """{ "reception": {}, "sales": {} }""");
        Assert.Equal(0, await rig.RunAsync(CheckCommand.Create(), "--agent", "sales", "--speak"));
        Assert.Single(rig.Service.Sessions);
        Assert.Matches("speaks: first sound [0-9]+ ms after the question", rig.Output);
    }

    [Theory]
    [InlineData("""{ "Endpoint": "SERVICE", "ApiKey": "wrong" }""", "the API key is not accepted: check GEMINI_API_KEY", "API key not valid")]
    [InlineData("""{ "Endpoint": "SERVICE", "ApiKey": "key", "Model": "gemini-9-live" }""", "the model does not exist for this service and version: check Model", "close 1008")]
    [InlineData("""{ "Endpoint": "SERVICE", "ApiKey": "key", "Voice": "Bob", "Profiles": { "gemini-3.8-live": { "Voices": [ "Bob" ] } } }""", "the voice does not exist for this model: check Voice", "close 1007")]
    [InlineData("""{ "Endpoint": "SERVICE", "ApiKey": "key", "Thinking": { "Level": "LOW" }, "Profiles": { "gemini-3.8*": { "Thinking": "Level" } } }""",
        "the thinking settings do not fit the model: check Thinking, and what Live:Profiles says", "close 1007")]
    [InlineData("""{ "Endpoint": "SERVICE", "ApiKey": "key", "SetupTimeout": "00:00:00.2", "Model": "gemini-3.1-flash-live-preview", "AffectiveDialog": true, "Profiles": { "gemini-3.1*": { "AffectiveDialog": true } } }""", "the service never answered the setup: some models do that on a setting", "gave no answer")]
    [InlineData("""{ "Endpoint": "ws://127.0.0.1:1", "ApiKey": "key" }""", "127.0.0.1:1 was not reached: check Endpoint, the network", "gave no answer")]
    [InlineData("""{ "Endpoint": "SERVICEnowhere", "ApiKey": "key" }""", "there is no such address: check Endpoint and ApiVersion", "HTTP 404")]
    [InlineData("""{ "Endpoint": "SERVICE", "EphemeralToken": "auth_tokens/unknown" }""", "check", "REFUSED")]
    public async Task Refusal_is_told_with_its_meaning_and_the_remedy(string live, string advice, string answer)
    {
        await using var rig = await CommandRig.StartAsync(live);
        Assert.Equal(1, await rig.RunAsync(CheckCommand.Create()));
        Assert.Contains("REFUSED: ", rig.Output, StringComparison.Ordinal);
        Assert.Contains(advice, rig.Output, StringComparison.Ordinal);
        Assert.Contains(answer, rig.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", rig.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fallback_that_is_refused_fails_the_check()
    {
        await using var rig = await CommandRig.StartAsync("""{ "Endpoint": "SERVICE", "ApiKey": "key", "Fallbacks": [ { "ApiKey": "wrong" } ] }""");
        Assert.Equal(1, await rig.RunAsync(CheckCommand.Create()));
        Assert.Contains("Live:Fallbacks:0: gemini-3.8-live", rig.Output, StringComparison.Ordinal);
        Assert.Contains("accepted after", rig.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mute_model_is_found_out()
    {
        await using var rig = await CommandRig.StartAsync(
            """{ "Endpoint": "SERVICE", "ApiKey": "key", "TurnTimeout": "00:00:01" }""", new SimulatedLiveOptions { ApiKey = "key", AutoAnswer = false });
        Assert.Equal(1, await rig.RunAsync(CheckCommand.Create(), "--speak"));
        Assert.Contains("SILENT: no sound within 1 s", rig.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Endpoint": "SERVICE", "ApiKey": "key", "Thinking": { "Budget": 0 } }""", "Live:Thinking:Budget is '0'; gemini-3.8-live")]
    [InlineData("""{ "Endpoint": "SERVICE", "ApiKey": "key", "Nonsense": 1 }""", "Live:Nonsense is not a setting")]
    public async Task What_the_start_would_refuse_is_told_and_nothing_is_sent(string live, string said)
    {
        await using var rig = await CommandRig.StartAsync(live);
        Assert.Equal(1, await rig.RunAsync(CheckCommand.Create()));
        Assert.Contains("refused before anything is sent", rig.Output, StringComparison.Ordinal);
        Assert.Contains(said, rig.Output, StringComparison.Ordinal);
        Assert.Equal(0, rig.Service.ConnectionAttempts);
    }

    [Fact]
    public async Task Missing_sign_in_to_google_cloud_is_told_as_what_it_is()
    {
        var noCredentials = System.Text.Json.JsonSerializer.Serialize(typeof(CheckCommandTests).Assembly.Location);
        await using var rig = await CommandRig.StartAsync(
            $$"""{ "Endpoint": "SERVICE", "Backend": "Vertex", "Project": "p", "Location": "us", "CredentialsFile": {{noCredentials}} }""");
        Assert.Equal(1, await rig.RunAsync(CheckCommand.Create()));
        Assert.Contains("REFUSED: nobody is signed in to Google Cloud on this machine", rig.Output, StringComparison.Ordinal);
        Assert.Contains("gcloud auth application-default login", rig.Output, StringComparison.Ordinal);
        Assert.Equal(0, rig.Service.ConnectionAttempts);
    }

    [Fact]
    public async Task The_line_is_checked_first_and_needs_no_key_alone()
    {
        await using var rig = await CommandRig.StartAsync("""{ "Endpoint": "SERVICE" }""");
        Assert.Equal(0, await rig.RunAsync(CheckCommand.Create(), "--line"));
        Assert.StartsWith("Telephone line", rig.Output, StringComparison.Ordinal);
        Assert.Contains("  Listen udp://127.0.0.1:0: can be listened on.", rig.Output, StringComparison.Ordinal);
        Assert.Contains("  Media ports 41000-41009: ", rig.Output, StringComparison.Ordinal);
        Assert.Contains("  Public address: callers are told the address that they reach", rig.Output, StringComparison.Ordinal);
        Assert.Equal(0, rig.Service.ConnectionAttempts);
    }

    [Fact]
    public async Task A_trunk_that_cannot_be_reached_fails_the_check()
    {
        await using var rig = await CommandRig.StartAsync("""{ "Endpoint": "SERVICE", "ApiKey": "key" }""", telephony: """
            { "Listen": [ "tcp://127.0.0.1:0" ], "Rtp": { "PortRange": "41000-41009" },
              "Trunks": { "provider": { "Server": "sip:127.0.0.1:1;transport=tcp", "Register": true, "Username": "me", "Password": "canary" } } }
            """);
        Assert.Equal(1, await rig.RunAsync(CheckCommand.Create()));
        Assert.Contains(
            "  Trunk provider at tcp://127.0.0.1:1: WRONG: cannot be reached: check Server of Telephony:Trunks:provider, and that the firewall lets TCP to 127.0.0.1:1 out",
            rig.Output, StringComparison.Ordinal);
        Assert.Contains("accepted after ", rig.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", rig.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_agent_is_told()
    {
        await using var rig = await CommandRig.StartAsync("""{ "Endpoint": "SERVICE", "ApiKey": "key" }""");
        Assert.Equal(1, await rig.RunAsync(CheckCommand.Create(), "--agent", "nobody"));
        Assert.Contains("There is no agent 'nobody'; there are: reception.", rig.Output, StringComparison.Ordinal);
    }
}
