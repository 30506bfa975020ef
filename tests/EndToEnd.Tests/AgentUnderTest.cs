using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Simulation.Live;
using Support;
using Support.Databases;
using Telephony;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;

namespace EndToEnd.Tests;

/// <summary>The real service on free loopback ports, talking to a simulated Live server of its own.</summary>
public sealed class AgentUnderTest : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Recorder _recorder;
    private readonly TestFolder _folder;
    private bool _stopped;

    private AgentUnderTest(WebApplication app, SimulatedLive live, Recorder recorder, TestFolder folder) => (_app, Live, _recorder, _folder) = (app, live, recorder, folder);

    /// <summary>The Live server that the service talks to.</summary>
    public SimulatedLive Live { get; }

    /// <summary>Records of the calls that are over, oldest first.</summary>
    public IReadOnlyList<CallRecord> Records => [.. _recorder.Records];

    /// <summary>Calls that are running.</summary>
    public int RunningCalls => _app.Services.GetRequiredService<CallTable>().Count;

    /// <summary>The service's own services, for what only a test wants to see.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Where SIP over UDP is answered (IPv4).</summary>
    public IPEndPoint Udp => EndPoint("udp");

    /// <summary>Where SIP over TCP is answered (IPv4).</summary>
    public IPEndPoint Tcp => EndPoint("tcp");

    /// <summary>Where SIP over TLS is answered, if it is listened on (IPv4).</summary>
    public IPEndPoint Tls => EndPoint("tls");

    /// <summary>Where health checks and the status are served.</summary>
    public Uri Http => new(_app.Urls.First());

    /// <summary>What to dial over UDP.</summary>
    public string SipUri => $"sip:agent@{Udp}";

    /// <summary>What to dial over TCP.</summary>
    public string SipUriTcp => $"sip:agent@{Tcp};transport=tcp";

    public static Task<AgentUnderTest> StartAsync(SimulatedLiveOptions? live = null, params (string Key, string? Value)[] settings) =>
        StartFromAsync(Path.Combine(Repository.Root, "config", "appsettings.json"), live, settings);

    /// <summary>As <see cref="StartAsync"/>, with somebody who reads the log.</summary>
    public static Task<AgentUnderTest> StartWithLogAsync(ILoggerProvider log, SimulatedLiveOptions? live, params (string Key, string? Value)[] settings) =>
        StartFromAsync(Path.Combine(Repository.Root, "config", "appsettings.json"), live, services => services.AddSingleton(log), settings);

    /// <summary>As <see cref="StartAsync"/>, from a configuration file of the test's own.</summary>
    public static Task<AgentUnderTest> StartFromAsync(string file, SimulatedLiveOptions? live = null, params (string Key, string? Value)[] settings) =>
        StartFromAsync(file, live, _ => { }, settings);

    private static async Task<AgentUnderTest> StartFromAsync(
        string file, SimulatedLiveOptions? live, Action<IServiceCollection> configure, params (string Key, string? Value)[] settings)
    {
        var folder = new TestFolder();
        var simulated = await SimulatedLive.StartAsync(live ?? new SimulatedLiveOptions(), TimeProvider.System);
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Telephony:Listen:0"] = "udp://127.0.0.1:0",
            ["Telephony:Listen:1"] = "tcp://127.0.0.1:0",
            ["Live:Endpoint"] = simulated.Endpoint.ToString(),
            ["Live:ApiKey"] = "test",
            ["Http:Listen"] = "http://127.0.0.1:0",
            ["Database:ConnectionString"] = $"Data Source={folder.File("agent.db")}",
            ["Records:MaskDigits"] = "false",   // tests look at what was pressed
            ["Logging:LogLevel:Default"] = "Warning",
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        var recorder = new Recorder();
        var app = VoiceAgentHost.Build(file, all, services =>
        {
            services.AddSingleton<ICallObserver>(recorder);
            configure(services);
        });
        await app.StartAsync();
        return new AgentUnderTest(app, simulated, recorder, folder);
    }

    /// <summary>Waits until that many calls are over.</summary>
    public async Task<IReadOnlyList<CallRecord>> WaitForRecordsAsync(int count, TimeSpan? limit = null)
    {
        using var timeout = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(15));
        while (_recorder.Records.Count < count)
        {
            if (!await _recorder.Added.WaitAsync(TimeSpan.FromMilliseconds(100)) && timeout.IsCancellationRequested)
                throw new TimeoutException($"{_recorder.Records.Count} of {count} calls are over; {RunningCalls} are running.");
        }
        return Records;
    }

    /// <summary>Completes when no call is running and every place is given back.</summary>
    public Task WhenIdleAsync() => _app.Services.GetRequiredService<CallTable>().WhenEmpty().WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>What SIGTERM does.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        await _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
            await StopAsync();
        await _app.DisposeAsync();
        await Live.DisposeAsync();
        _folder.Dispose();
    }

    private IPEndPoint EndPoint(string protocol) =>
        _app.Services.GetRequiredService<TelephonyService>().ListenEndPoints
            .First(endPoint => endPoint.ToString()!.StartsWith(protocol, StringComparison.OrdinalIgnoreCase)).EndPoint;

    private sealed class Recorder : ICallObserver
    {
        public ConcurrentQueue<CallRecord> Records { get; } = new();

        public SemaphoreSlim Added { get; } = new(0);

        public void OnTimeline(CallRecord record, TimelineEntry entry)
        {
        }

        public void OnEnded(CallRecord record)
        {
            Records.Enqueue(record);
            Added.Release();
        }
    }
}
