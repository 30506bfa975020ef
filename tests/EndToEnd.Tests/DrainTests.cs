using System.CommandLine;
using System.Net;
using Simulation.Phone;
using VoiceAgent.Commands;

namespace EndToEnd.Tests;

/// <summary>A10, the half without an end: no new calls are taken, the running one goes on, and it can be taken back.</summary>
public sealed class DrainTests
{
    private const string Key = "a-key-of-sixteen-characters";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_drained_service_keeps_its_call_refuses_the_next_and_can_be_had_back()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Http:ApiKey", Key));
        await using var running = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri });
        Assert.True(running.WasAnswered);

        Assert.Equal((1, "takes no new calls, 1 running"), await RunAsync(agent, DrainCommand.Create()));
        Assert.Equal((1, "draining"), await RunAsync(agent, HealthCommand.Create(), "--ready"));
        Assert.Equal((0, "live"), await RunAsync(agent, HealthCommand.Create()));
        await using (var refused = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri }))
            Assert.False(refused.WasAnswered);
        Assert.Equal(1, agent.RunningCalls);

        Assert.Equal(EndedBy.Caller, (await running.HangUpAsync())?.By);
        Assert.Equal((0, "takes no new calls, 0 running"), await RunAsync(agent, DrainCommand.Create(), "--wait", "20"));
        Assert.Equal((0, "takes calls"), await RunAsync(agent, DrainCommand.Create(), "--resume"));
        Assert.Equal((0, "ready"), await RunAsync(agent, HealthCommand.Create(), "--ready"));
        await using var next = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri });
        Assert.True(next.WasAnswered);
    }

    [Fact]
    public async Task Nobody_drains_it_without_the_key()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Http:ApiKey", Key));
        using var stranger = new HttpClient { BaseAddress = agent.Http };
        foreach (var path in new[] { "/drain", "/resume" })
        {
            using var answer = await stranger.PostAsync(path, null);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        Assert.Equal((0, "ready"), await RunAsync(agent, HealthCommand.Create(), "--ready"));
    }

    private static async Task<(int ExitCode, string FirstLine)> RunAsync(AgentUnderTest agent, Command command, params string[] args)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, $$"""{ "Http": { "Listen": "{{agent.Http}}", "ApiKey": "{{Key}}" } }""");
            using var output = new StringWriter();
            var exitCode = await command.Parse(["--config", file, .. args]).InvokeAsync(new InvocationConfiguration { Output = output, Error = output }).WaitAsync(Limit);
            return (exitCode, output.ToString().Split('\n')[0].Trim());
        }
        finally
        {
            File.Delete(file);
        }
    }
}
