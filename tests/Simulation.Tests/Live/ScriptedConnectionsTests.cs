using Simulation.Live;

namespace Simulation.Tests.Live;

/// <summary>Which part of a script serves which connection, and what follows it.</summary>
public sealed class ScriptedConnectionsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("server", 1000, 1001, 1001)]
    [InlineData("conversation", 1000, 1000, 1000)]
    public async Task Each_connection_has_its_own_steps(string per, int first, int second, int third)
    {
        var script = LiveScript.Parse($$"""
            { "sessionsPer": "{{per}}", "sessions": [ { "steps": [ { "do": "close", "code": 1000 } ] }, { "steps": [ { "do": "close", "code": 1001 } ] } ] }
            """);
        await using var server = await SimulatedLive.StartAsync(new() { Script = script }, TimeProvider.System);
        foreach (var code in new[] { first, second, third })
        {
            await using var client = await RawLiveClient.OpenAsync(server);
            Assert.Equal(code, (await client.ReceiveCloseAsync()).Code);
        }
    }

    [Fact]
    public async Task Resumption_takes_the_next_steps_of_its_conversation()
    {
        var script = LiveScript.Parse("""
            { "sessionsPer": "conversation", "sessions": [ { "steps": [ { "do": "interrupt" }, { "do": "waitForText" }, { "do": "abort" } ] }, { "steps": [ { "do": "close", "code": 1013 } ] } ] }
            """);
        await using var server = await SimulatedLive.StartAsync(new() { Script = script }, TimeProvider.System);
        await using var first = await RawLiveClient.OpenAsync(server);
        var handle = (await first.ReceiveAsync("sessionResumptionUpdate")).GetProperty("newHandle").GetString();
        await first.SendAsync("""{"realtimeInput":{"text":"a"}}""");
        Assert.Equal(1006, (await first.ReceiveCloseAsync()).Code);
        await server.Sessions[0].Closed;
        await using var second = await RawLiveClient.OpenAsync(server, RawLiveClient.Setup38.Replace("\"sessionResumption\":{}", $"\"sessionResumption\":{{\"handle\":\"{handle}\"}}", StringComparison.Ordinal));
        Assert.Equal(1013, (await second.ReceiveCloseAsync()).Code);
    }

    [Theory]
    [InlineData("answer", true)]
    [InlineData("silent", false)]
    public async Task After_the_last_step_the_default_answers_take_over_or_do_not(string afterwards, bool answers)
    {
        var script = LiveScript.Parse($$"""{ "sessions": [ { "afterwards": "{{afterwards}}", "steps": [ { "do": "wait", "ms": 1 } ] } ] }""");
        await using var server = await SimulatedLive.StartAsync(new() { Script = script }, TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server);
        var session = server.Sessions[0];
        await session.WaitForAsync(SessionEventKind.ScriptFinished, Patience);
        await session.SettleAsync();
        await session.SettleAsync();
        await client.SendAsync("""{"realtimeInput":{"text":"hello"}}""");
        await session.WaitForAsync(SessionEventKind.TextReceived, Patience);
        await client.CloseAsync();
        await session.Closed;
        Assert.Equal(answers, session.Events.Any(e => e.Kind == SessionEventKind.GenerationStarted));
    }
}
