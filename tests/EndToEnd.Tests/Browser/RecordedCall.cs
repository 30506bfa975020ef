using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Simulation.Live;
using Support;
using Support.Databases;

namespace EndToEnd.Tests.Browser;

/// <summary>A service that records, users who may hear it and who may not, and one call over SIP and RTP that it has recorded.</summary>
public sealed class RecordedCall : IAsyncLifetime
{
    public const int CallerHz = 400;
    public const int AgentHz = 700;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly TestFolder _folder = new();

    /// <summary>The service.</summary>
    public AgentUnderTest Agent { get; private set; } = null!;

    /// <summary>Key of the call's record.</summary>
    public string Key { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, Settings);
        Key = await MakeAsync(Agent);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        _folder.Dispose();
    }

    private (string, string?)[] Settings =>
    [
        .. ConsoleVisitor.Users, ("Live:SignTimeout", "00:00:30"),
        ("Recordings:Folder", _folder.Path), ("Recordings:Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))), ("Recordings:MinFreeMb", "0"),
        ("Agents:Profiles:reception:Recording:Enabled", "true"), ("Agents:Profiles:reception:Recording:Start", "WithCall"),
    ];

    /// <summary>A call in which agent, caller and agent say something each; the key of its record.</summary>
    private static async Task<string> MakeAsync(AgentUnderTest agent)
    {
        await using var caller = await ConversationTests.Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync(Tone.Sine(24_000, AgentHz, 16_000, 8_000), "This call is recorded.");
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(300), Soon));
        caller.Say(Tone.Sine(16_000, CallerHz, 11_200, 8_000), 16_000);
        Assert.True(await caller.WaitUntilSaidAsync(Soon));
        await session.SayAsync(Tone.Sine(24_000, AgentHz, 16_000, 8_000), "Welcome.");
        await Task.Delay(500);
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(300), Soon));
        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.NotNull(record.Recording);
        var key = VoiceAgent.Records.RecordCursor.KeyOf(record);
        using var olga = await ConsoleVisitor.EnterAsync(agent, "olga");
        var http = olga.Http;
        await UntilAsync(async () => (await http.GetAsync($"/console/api/calls/{Uri.EscapeDataString(key)}")) is { StatusCode: HttpStatusCode.OK } answer
            && (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("record").TryGetProperty("endReason", out var reason) && reason.ValueKind == JsonValueKind.String);
        await UntilAsync(async () => (await http.GetFromJsonAsync<JsonElement>($"/console/api/calls/{Uri.EscapeDataString(key)}/recording/outline")).GetProperty("fault").ValueKind == JsonValueKind.Null);
        return key;
    }

    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Soon);
        while (!await isSo())
            await Task.Delay(50, limit.Token);
    }
}
