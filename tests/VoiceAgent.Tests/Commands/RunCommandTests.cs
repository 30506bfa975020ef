using GeminiLive;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Simulation.Live;
using Support.Databases;
using VoiceAgent.Commands;
using VoiceAgent.Hosting;

namespace VoiceAgent.Tests.Commands;

/// <summary>What <c>voiceagent run</c> makes of a configuration that has nothing to sign in with to the Live service.</summary>
public sealed class RunCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Without_a_key_a_wrong_address_is_refused_and_named()
    {
        await using var server = await KeylessAsync(""" "Endpoint": "http://x" """);
        Assert.Null(server);
        var refused = Assert.ThrowsAny<Exception>(() => RunCommand.Build(File, server));
        Assert.Contains(RunCommand.Problems(refused), problem => problem.StartsWith("Live:Endpoint is 'http://x'; allowed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_key_and_an_address_the_simulated_server_speaks_and_the_operator_is_told()
    {
        await using var server = await KeylessAsync("");
        Assert.NotNull(server);
        await using var app = RunCommand.Build(File, server);
        Assert.Equal($"{server.Endpoint}", app.Services.GetRequiredService<IOptions<LiveOptions>>().Value.Endpoint);
        Assert.Contains(app.Services.GetRequiredService<Readiness>().Complaints, line => line.StartsWith("live is simulated: no API key (set GEMINI_API_KEY or Live:ApiKey)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_key_an_address_that_was_set_is_kept_and_the_operator_is_told()
    {
        await using var server = await KeylessAsync(""" "Endpoint": "ws://127.0.0.1:9090" """);
        Assert.Null(server);
        await using var app = RunCommand.Build(File, server);
        Assert.Equal("ws://127.0.0.1:9090", app.Services.GetRequiredService<IOptions<LiveOptions>>().Value.Endpoint);
        Assert.Contains(app.Services.GetRequiredService<Readiness>().Complaints, line => line.StartsWith("live has no API key (set GEMINI_API_KEY or Live:ApiKey)", StringComparison.Ordinal));

        // As a reload does that brings the key.
        await app.Services.GetRequiredService<LiveClientFactory>().ReplaceAsync(new LiveOptions { ApiKey = "k" });
        Assert.Empty(app.Services.GetRequiredService<Readiness>().Complaints);
    }

    [Fact]
    public async Task With_a_key_nothing_is_told()
    {
        await using var server = await KeylessAsync(""" "ApiKey": "k" """);
        Assert.Null(server);
        await using var app = RunCommand.Build(File, server);
        Assert.Empty(app.Services.GetRequiredService<Readiness>().Complaints);
    }

    public void Dispose() => _folder.Dispose();

    private string File => _folder.File("appsettings.json");

    private async Task<SimulatedLive?> KeylessAsync(string live)
    {
        await System.IO.File.WriteAllTextAsync(File, $$"""
            { "Live": { {{live}} }, "Agents": { "Profiles": { "reception": {} } }, "Calls": { "Filler": "" }, "Telephony": { "Listen": [ "udp://127.0.0.1:0" ] }, "Http": { "Listen": "http://127.0.0.1:0" },
              "Database": { "ConnectionString": "Data Source={{_folder.File("test.db")}}" } }
            """);
        return await RunCommand.StandInAsync(File);
    }
}
