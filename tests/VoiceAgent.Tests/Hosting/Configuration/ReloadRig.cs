using System.Collections.Concurrent;
using GeminiLive;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Simulation.Live;
using Support;
using Support.Databases;
using System.Text.Json.Nodes;
using Tools;
using Tools.Catalog;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;
using VoiceAgent.Hosting.Configuration;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.Hosting.Configuration;

/// <summary>The whole service on a file of the test's own and a clock that stands still; nothing listens, and the Live server is in memory.</summary>
internal sealed class ReloadRig : IAsyncDisposable
{
    private const string Good = """
        {
          "Agents": { "Default": "reception", "Profiles": { "reception": { "Instructions": "You are the first.", "Greeting": "" } } },
          "Calls": { "MaxCalls": 50, "Filler": "" },
          "Live": { "ApiKey": "test" },
          "Telephony": { "Trunks": { "office": { "Addresses": [ "192.0.2.1" ], "Password": "hush-hush" } } }
        }
        """;

    private readonly TestFolder _folder = new();
    private readonly LogKeeper _log = new();
    private readonly SourceCount _sources = new();
    private readonly WebApplication _app;

    private ReloadRig()
    {
        Write();
        Live = SimulatedLive.Create(new SimulatedLiveOptions { AutoAnswer = false }, Clock);
        _app = Build();
        Reload = _app.Services.GetRequiredService<Reload>();
    }

    public ManualTimeProvider Clock { get; } = new();

    public SimulatedLive Live { get; }

    public Reload Reload { get; }

    public IServiceProvider Services => _app.Services;

    public AgentDirectory Agents => Services.GetRequiredService<AgentDirectory>();

    public CallTable Table => Services.GetRequiredService<CallTable>();

    /// <summary>How often the sources of tools were made.</summary>
    public int SourcesMade => _sources.Made;

    /// <summary>What was logged.</summary>
    public IReadOnlyList<string> Log => [.. _log.Lines];

    public string File => _folder.File("appsettings.json");

    public static async Task<ReloadRig> StartAsync()
    {
        var rig = new ReloadRig();
        await rig.Services.GetRequiredService<ToolCatalog>().LoadAsync(CancellationToken.None);
        return rig;
    }

    /// <summary>A file of that name beside the configuration.</summary>
    public string PathOf(string name) => _folder.File(name);

    /// <summary>Another service of the same file, not started.</summary>
    public WebApplication Build()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Telephony:Listen:0"] = "udp://127.0.0.1:0",
            ["Live:Endpoint"] = $"{Live.Endpoint.Scheme}://{Live.Endpoint.Authority}",
            ["Telephony:Rtp:RealTimePriority"] = "Off",
            ["Logging:Console:LogLevel:Default"] = "None",
            ["Http:Listen"] = "http://127.0.0.1:0",
            ["Database:ConnectionString"] = $"Data Source={_folder.File("test.db")}",
        };
        return VoiceAgentHost.Build(File, settings, services => services
            .AddSingleton<TimeProvider>(Clock).AddSingleton<ILiveConnector>(new MemoryConnector(Live)).AddSingleton<ILoggerProvider>(_log).AddSingleton<IToolSourceFactory>(_sources));
    }

    /// <summary>Writes the file: what is good, with some keys changed. A value is JSON; null takes the key out.</summary>
    public void Write(params IReadOnlyList<(string Key, string? Json)> changes)
    {
        var root = JsonNode.Parse(Good)!;
        foreach (var (key, json) in changes)
            Set(root, key.Split(':'), json);
        System.IO.File.WriteAllText(File, root.ToJsonString());
    }

    /// <summary>Reads what was written.</summary>
    public Task<ReloadOutcome> ReadAsync(params IReadOnlyList<(string Key, string? Json)> changes)
    {
        Write(changes);
        return Reload.RunAsync(isWanted: true, awaitsSilent: true, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Live.DisposeAsync();
        _folder.Dispose();
    }

    private static void Set(JsonNode root, string[] path, string? json)
    {
        var at = root.AsObject();
        foreach (var step in path[..^1])
            at = (at[step] ??= new JsonObject()).AsObject();
        at.Remove(path[^1]);
        if (json is not null)
            at[path[^1]] = JsonNode.Parse(json);
    }

    private sealed class SourceCount : IToolSourceFactory
    {
        public int Made { get; private set; }

        public IReadOnlyList<IToolSource> Create(Microsoft.Extensions.Configuration.IConfiguration tools)
        {
            Made++;
            return [];
        }
    }

    private sealed class LogKeeper : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Keeper(Lines);

        public void Dispose()
        {
        }

        private sealed class Keeper(ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
        }
    }
}
