using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Simulation.Live;
using Support;

namespace Simulation.Tests.Live;

/// <summary>Faults of the server as a whole, in memory, and where the way matters over TCP.</summary>
public sealed class SimulatedFaultsTests : IAsyncDisposable
{
    private static readonly IReadOnlyDictionary<string, string> Headers = new Dictionary<string, string> { ["x-goog-api-key"] = "key" };

    private readonly ManualTimeProvider _clock = new();
    private readonly SimulatedLive _server;

    public SimulatedFaultsTests() => _server = SimulatedLive.Create(new() { PrettyPrint = false, Pace = 1_000 }, _clock);

    [Theory]
    [InlineData(429, "RESOURCE_EXHAUSTED")]
    [InlineData(401, "UNAUTHENTICATED")]
    [InlineData(503, "UNAVAILABLE")]
    public async Task Refused_upgrade_has_status_and_googles_body(int status, string name)
    {
        _server.Faults.RefuseWithStatus = status;
        var upgrade = await _server.ConnectAsync(_server.Endpoint, Headers);
        Assert.Equal((status, null), (upgrade.HttpStatus, upgrade.Socket));
        Assert.Equal(name, JsonDocument.Parse(upgrade.Body).RootElement.GetProperty("error").GetProperty("status").GetString());
        Assert.Equal([(0L, (int?)status)], _server.Attempts);
        Assert.Equal((1, 0), (_server.ConnectionAttempts, _server.OpenSessions));
    }

    [Fact]
    public async Task Share_of_refusals_is_kept_and_repeats_with_the_seed()
    {
        _server.Faults.RefusedShare = 0.3;
        var first = await RefusalsAsync();
        _server.Faults.Seed = 1;
        Assert.Equal(first, await RefusalsAsync());
        _server.Faults.Seed = 2;
        Assert.NotEqual(first, await RefusalsAsync());
        Assert.InRange(first.Count(refused => refused), 45, 75);   // of 200
    }

    [Fact]
    public async Task Accept_delay_passes_on_the_servers_clock()
    {
        _server.Faults.AcceptDelay = TimeSpan.FromSeconds(7);
        var connecting = RawLiveClient.OpenAsync(_server);
        _clock.Advance(TimeSpan.FromSeconds(6.9));
        await Task.Delay(10);
        Assert.Equal((1, 0), (_server.ConnectionAttempts, _server.OpenSessions));
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        await using var client = await connecting;
        Assert.Equal([(0L, null)], _server.Attempts);
    }

    [Fact]
    public async Task Setup_is_closed_as_told_until_the_fault_is_taken_away()
    {
        _server.Faults.CloseAtSetup = (1011, "The service is currently unavailable.");
        await using (var client = await RawLiveClient.ConnectAsync(_server))
        {
            await client.SendAsync(RawLiveClient.Setup38);
            Assert.Equal((1011, "The service is currently unavailable."), await client.ReceiveCloseAsync());
        }
        _server.Faults.CloseAtSetup = null;
        await using var second = await RawLiveClient.OpenAsync(_server);
        Assert.Equal(2, _server.ConnectionAttempts);
    }

    [Fact]
    public async Task Setup_may_stay_without_an_answer()
    {
        _server.Faults.NeverAnswerSetup = true;
        await using var client = await RawLiveClient.ConnectAsync(_server);
        await client.SendAsync(RawLiveClient.Setup38);
        var session = await _server.WaitForSessionAsync(1, RawLiveClient.Patience);
        await session.WaitForAsync(SessionEventKind.SetupReceived, RawLiveClient.Patience);
        await session.SettleAsync();
        Assert.DoesNotContain(session.Events, e => e.Kind == SessionEventKind.SetupCompleted);
    }

    [Fact]
    public async Task Known_handles_may_be_refused()
    {
        var handle = await HandleAsync();
        _server.Faults.RefuseHandles = true;
        await using var client = await RawLiveClient.ConnectAsync(_server);
        await client.SendAsync(RawLiveClient.Resume38(handle));
        Assert.Equal((1008, "Requested entity was not found."), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Poisoned_resume_hears_and_transcribes_but_never_speaks()
    {
        var handle = await HandleAsync();
        _server.Faults.PoisonResumes = true;
        await using var client = await RawLiveClient.OpenAsync(_server, RawLiveClient.Resume38(handle));
        await client.SendAudioAsync(new short[16_000]);
        await client.SendAudioAsync(Tone.Sine(16_000, 300, 16_000));
        await client.SendAudioAsync(new short[16_000]);
        Assert.Equal(" (caller spoke for 1.0 s)", (await client.ReceiveAsync("inputTranscription")).GetProperty("text").GetString());
        await _server.Sessions[1].SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(60));
        await _server.Sessions[1].SettleAsync();
        Assert.DoesNotContain(_server.Sessions[1].Events, e => e.Kind == SessionEventKind.GenerationStarted);
    }

    [Fact]
    public async Task Second_connection_of_a_conversation_is_counted()
    {
        await using var first = await RawLiveClient.OpenAsync(_server);
        await _server.Sessions[0].InterruptAsync();
        var handle = (await _server.Sessions[0].WaitForAsync(SessionEventKind.HandleIssued, RawLiveClient.Patience)).Text;
        Assert.Equal(1, _server.MaxOpenPerConversation);
        await using var second = await RawLiveClient.ConnectAsync(_server);
        await second.SendAsync(RawLiveClient.Resume38(handle));
        Assert.Equal(1011, (await second.ReceiveCloseAsync()).Code);
        Assert.Equal((2, 2), (_server.MaxOpenPerConversation, _server.MaxOpenSessions));
    }

    [Fact]
    public async Task Over_tcp_the_same_faults_hold_and_a_frozen_server_answers_no_ping()
    {
        await using var server = await SimulatedLive.StartAsync(new(), TimeProvider.System);
        server.Faults.RefuseWithStatus = 429;
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("x-goog-api-key", "key");
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(server.Endpoint, CancellationToken.None));
        Assert.Equal(HttpStatusCode.TooManyRequests, socket.HttpStatusCode);

        server.Faults.RefuseWithStatus = null;
        using var pinging = new ClientWebSocket();
        pinging.Options.SetRequestHeader("x-goog-api-key", "key");
        pinging.Options.KeepAliveInterval = TimeSpan.FromMilliseconds(20);
        pinging.Options.KeepAliveTimeout = TimeSpan.FromMilliseconds(100);
        await pinging.ConnectAsync(server.Endpoint, CancellationToken.None);
        var receiving = pinging.ReceiveAsync(new byte[100], CancellationToken.None);
        await Task.Delay(200);
        Assert.False(receiving.IsCompleted);
        await (await server.WaitForSessionAsync(1, RawLiveClient.Patience)).FreezeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => receiving.WaitAsync(RawLiveClient.Patience));
        Assert.NotEqual(WebSocketState.Open, pinging.State);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<List<bool>> RefusalsAsync()
    {
        var refusals = new List<bool>();
        for (var i = 0; i < 200; i++)
        {
            var upgrade = await _server.ConnectAsync(_server.Endpoint, Headers);
            upgrade.Socket?.Dispose();
            refusals.Add(upgrade.HttpStatus == 503);
        }
        return refusals;
    }

    private async Task<string> HandleAsync()
    {
        await using var client = await RawLiveClient.OpenAsync(_server);
        var session = await _server.WaitForSessionAsync(1, RawLiveClient.Patience);
        await session.InterruptAsync();
        var handle = (await session.WaitForAsync(SessionEventKind.HandleIssued, RawLiveClient.Patience)).Text;
        await client.CloseAsync();
        await session.Closed.WaitAsync(RawLiveClient.Patience);
        return handle;
    }
}
