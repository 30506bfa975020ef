using Simulation.Live;
using Support;

namespace Simulation.Tests.Live;

public sealed class ResumptionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Known_handle_goes_on_without_a_greeting()
    {
        await using var server = await SimulatedLive.StartAsync(new() { Pace = 1_000 }, TimeProvider.System);
        var handle = await TalkAndCloseAsync(server);
        await using var client = await RawLiveClient.OpenAsync(server, Resume(handle));
        Assert.True((await client.ReceiveAsync("sessionResumptionUpdate")).GetProperty("resumable").GetBoolean());
        await client.SendAsync("""{"realtimeInput":{"text":"are you there?"}}""");
        var session = await server.WaitForSessionAsync(2, Patience);
        Assert.Equal("acknowledgement", (await session.WaitForAsync(SessionEventKind.GenerationStarted, Patience)).Text);
        Assert.Equal(handle, session.ResumedHandle);
    }

    [Fact]
    public async Task Unknown_handle_closes_with_1008()
    {
        await using var server = await SimulatedLive.StartAsync(new(), TimeProvider.System);
        await using var client = await RawLiveClient.ConnectAsync(server.Endpoint);
        await client.SendAsync(Resume("sim-nothing"));
        Assert.Equal((1008, "Requested entity was not found."), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Handle_of_a_connection_that_is_still_open_closes_with_1011_and_leaves_the_other_alone()
    {
        await using var server = await SimulatedLive.StartAsync(new() { Pace = 1_000 }, TimeProvider.System);
        await using var first = await RawLiveClient.OpenAsync(server);
        var handle = await TalkAsync(first);
        await using var second = await RawLiveClient.ConnectAsync(server.Endpoint);
        await second.SendAsync(Resume(handle));
        Assert.Equal(1011, (await second.ReceiveCloseAsync()).Code);
        await first.SendAsync("""{"realtimeInput":{"text":"still here"}}""");
        await first.ReceiveAsync("modelTurn");
    }

    [Fact]
    public async Task Other_model_cannot_resume()
    {
        await using var server = await SimulatedLive.StartAsync(new() { Pace = 1_000 }, TimeProvider.System);
        var handle = await TalkAndCloseAsync(server);
        await using var client = await RawLiveClient.ConnectAsync(server.Endpoint);
        await client.SendAsync(Resume(handle).Replace("gemini-3.8-live", "gemini-3.1-flash-live-preview", StringComparison.Ordinal));
        Assert.Equal(1007, (await client.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Handle_is_good_for_two_hours_after_the_connection_ended()
    {
        var clock = new ManualTimeProvider();
        await using var server = await SimulatedLive.StartAsync(new() { AutoAnswer = false }, clock);
        await using var first = await RawLiveClient.OpenAsync(server);
        var session = await server.WaitForSessionAsync(1, Patience);
        await session.InterruptAsync();
        var handle = (await session.WaitForAsync(SessionEventKind.HandleIssued, Patience)).Text;
        await first.CloseAsync();
        await session.Closed;

        clock.Advance(TimeSpan.FromMinutes(119));
        await using (var second = await RawLiveClient.OpenAsync(server, Resume(handle)))
            await second.CloseAsync();
        await server.Sessions[1].Closed;
        clock.Advance(TimeSpan.FromMinutes(121));
        await using var third = await RawLiveClient.ConnectAsync(server.Endpoint);
        await third.SendAsync(Resume(handle));
        Assert.Equal(1008, (await third.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Session_that_did_not_ask_gets_no_handles()
    {
        await using var server = await SimulatedLive.StartAsync(new() { Pace = 1_000 }, TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server, """{"setup":{"model":"models/gemini-3.8-live"}}""");
        await client.SendAsync("""{"realtimeInput":{"text":"hello"}}""");
        await client.ReceiveAsync("generationComplete");
        Assert.DoesNotContain(server.Sessions[0].Events, e => e.Kind == SessionEventKind.HandleIssued);
    }

    private static string Resume(string handle) =>
        $$"""{"setup":{"model":"models/gemini-3.8-live","sessionResumption":{"handle":"{{handle}}" } } }""";

    private static async Task<string> TalkAndCloseAsync(SimulatedLive server)
    {
        await using var client = await RawLiveClient.OpenAsync(server);
        var handle = await TalkAsync(client);
        await client.CloseAsync();
        await server.Sessions[0].Closed;
        return handle;
    }

    private static async Task<string> TalkAsync(RawLiveClient client)
    {
        await client.SendAsync("""{"realtimeInput":{"text":"hello"}}""");
        while (true)
        {
            var update = await client.ReceiveAsync("sessionResumptionUpdate");
            if (update.GetProperty("resumable").GetBoolean())
                return update.GetProperty("newHandle").GetString()!;
        }
    }
}
