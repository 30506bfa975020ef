using Benchmarks.Live;
using GeminiLive;
using Microsoft.Extensions.Logging.Abstractions;
using Simulation.Live;
using Storage;
using Tools;
using Tools.Catalog;
using Tools.Invocation;
using Tools.Ledger;
using Tools.Plugins;

namespace Benchmarks.ToolCalls;

/// <summary>Calls without telephony, all on one simulated server, whose model calls tools; the ledger is a SQLite file of its own.</summary>
internal sealed class ToolLines : IAsyncDisposable
{
    /// <summary>A tool without effects.</summary>
    public const string Lookup = "look_up";

    /// <summary>A tool with effects.</summary>
    public const string Booking = "book";

    private const int Rounds = 30;

    private readonly SimulatedLive _server;
    private readonly Database _database;
    private readonly DatabaseLedger _ledger;
    private readonly string _folder;
    private readonly List<ToolLine> _lines = [];
    private Metronome? _metronome;

    private ToolLines(SimulatedLive server, string folder)
    {
        (_server, _folder) = (server, folder);
        _database = new Database(new DatabaseOptions { ConnectionString = $"Data Source={Path.Combine(folder, "ledger.db")}" }, TimeProvider.System);
        _ledger = new DatabaseLedger(_database, "benchmark", TimeProvider.System, NullLogger<DatabaseLedger>.Instance);
    }

    /// <summary>Opens that many calls.</summary>
    public static async Task<ToolLines> OpenAsync(int count)
    {
        var server = await SimulatedLive.StartAsync(new SimulatedLiveOptions { AutoAnswer = false, RecordedAudioLimit = TimeSpan.Zero, RecordedMessageLimit = 0 }, TimeProvider.System);
        var lines = new ToolLines(server, Directory.CreateTempSubdirectory("tools").FullName);
        await lines._ledger.StartAsync(CancellationToken.None);
        await lines.OpenLinesAsync(count);
        return lines;
    }

    /// <summary>Has the model of every call use a tool several times a second.</summary>
    public async Task<ToolTimes> MeasureAsync(string tool)
    {
        await Task.WhenAll(_lines.Select(line => line.MeasureAsync(tool, Rounds / 3, new ToolTimes())));   // cold code and cold disk
        var times = new ToolTimes();
        await Task.WhenAll(_lines.Select(line => line.MeasureAsync(tool, Rounds, times)));
        return times;
    }

    public async ValueTask DisposeAsync()
    {
        _metronome?.Dispose();
        foreach (var line in _lines)
            await line.DisposeAsync();
        await _server.DisposeAsync();
        await _ledger.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenLinesAsync(int count)
    {
        var factory = new LiveClientFactory(new LiveOptions { Endpoint = _server.Endpoint.AbsoluteUri, ApiKey = "test" });
        var services = new ToolServices(_ledger, new Redaction(new RedactionOptions()), new ToolGates(), TimeProvider.System, NullLogger<CallTools>.Instance);
        for (var number = 0; number < count; number++)
        {
            var line = new ToolLine(factory, services, number);
            await line.OpenAsync();
            line.Session = _server.Sessions[^1];
            _lines.Add(line);
        }
        _metronome = new Metronome([.. _lines.Select(line => (Action)line.Tick)]);
    }

    /// <summary>The tools of one call, which note when they start and end.</summary>
    public static ToolSet ToolsOf(ToolLine line) => new(
    [
        ToolMethods.From((int n) => line.RunAsync(n), Lookup, "Looks something up.", new ToolPolicy { Idempotent = true, MaxConcurrency = 1_000 }),
        ToolMethods.From((int n) => line.RunAsync(n), Booking, "Books something.", new ToolPolicy { MaxConcurrency = 1_000 }),
    ]);
}
