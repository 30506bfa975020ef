using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using GeminiLive;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Simulation.Live;
using Support;
using Tools;
using Tools.Catalog;
using Tools.Invocation;
using Tools.Plugins;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Observability;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.ToolCalls;

/// <summary>A call whose model uses tools while its connection is cut again and again, at random moments and in random ways; on a clock of its own.</summary>
internal sealed class ToolCutCall : IDisposable
{
    public const int Cuts = 3;

    private const int LengthMs = 20_000;
    private const int SettlingMs = 10_000;
    private const int EndLimitMs = 30_000;

    private static readonly string[] Models =
        ["gemini-3.8-live", "gemini-3.1-flash-live-preview", "gemini-3.8-live-extended-thinking", "gemini-2.5-flash-native-audio-preview-09-2025"];

    private static readonly (string Name, ToolPolicy Policy)[] Kinds =
    [
        ("look", new ToolPolicy { Idempotent = true }),
        ("book", new ToolPolicy()),
        ("hurry", new ToolPolicy { Behavior = ToolBehavior.NonBlocking, Scheduling = ToolScheduling.Interrupt }),
        ("search", new ToolPolicy { Behavior = ToolBehavior.NonBlocking }),
        ("note", new ToolPolicy { Behavior = ToolBehavior.NonBlocking, Scheduling = ToolScheduling.Silent }),
    ];

    private readonly Random _random;
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<(int AtMs, Action Do)> _plan = [];
    private readonly CallSession _session;
    private Task? _ending;
    private int _endedAtMs;
    private int _nextNumber = 1_000;

    public ToolCutCall(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
        Model = Models[_random.Next(Models.Length)];
        Server = SimulatedLive.Create(new SimulatedLiveOptions { RecordedAudioLimit = TimeSpan.Zero, ResponseDelay = TimeSpan.FromMilliseconds(_random.Next(3) * 250) }, Clock);
        var live = new LiveOptions { ApiKey = "test", Model = Model, Endpoint = $"{Server.Endpoint.Scheme}://{Server.Endpoint.Authority}" };
        var factory = new LiveClientFactory(Options.Create(live), new MemoryConnector(Server), Clock, NullLogger<LiveClient>.Instance);
        var options = VirtualCall.NewOptions();
        var services = new CallServices(
            options, factory, new AnnouncementLibrary(options, Path.Combine(Repository.Root, "config")), [],
            new VoiceAgentMetrics(_provider.GetRequiredService<IMeterFactory>(), factory), Clock, NullLogger<CallSession>.Instance)
        {
            RentTools = _ => new ToolSet(Kinds.Select(kind => ToolMethods.From(RunAsync, kind.Name, "", kind.Policy with { Timeout = TimeSpan.FromMinutes(1) }))),
            Tools = new ToolServices(Ledger, new Redaction(new RedactionOptions()), new ToolGates(), Clock, NullLogger<CallTools>.Instance),
        };
        _session = new CallSession(Line.Call, new SelectedAgent("reception", new AgentProfile()), services);
        Line.Call.Listener = _session;
        Plan();
    }

    public int Seed { get; }

    public string Model { get; }

    public ManualTimeProvider Clock { get; } = new();

    public VirtualLine Line { get; } = new() { KeepsHeard = false };

    public SimulatedLive Server { get; }

    public BookLedger Ledger { get; } = new();

    public CallRecord Record => _session.Record;

    /// <summary>Times that each wish of the model was carried out, by its number.</summary>
    public ConcurrentDictionary<int, int> Effects { get; } = [];

    /// <summary>Connections that were really cut.</summary>
    public int CutsDone { get; private set; }

    public bool IsDone { get; private set; }

    public int NowMs => (int)Clock.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>What the model knows of a result by: the number that it asked for.</summary>
    public static string ResultOf(int number) => string.Create(CultureInfo.InvariantCulture, $"R-{number}");

    public void Start() => _session.Completion = Task.Run(_session.RunAsync);

    public void Advance()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(VirtualLine.FrameMs));
        while (_ending is null && _plan.Count > 0 && _plan[0].AtMs <= NowMs)
        {
            var act = _plan[0].Do;
            _plan.RemoveAt(0);
            act();
        }
    }

    public void Tick()
    {
        Line.Tick();
        if (Line.End is null)
            return;
        if (_ending is null)
            (_ending, _endedAtMs) = (EndAsync(), NowMs);
        IsDone = (_ending.IsCompleted && NowMs > _endedAtMs + 3_000) || NowMs > _endedAtMs + EndLimitMs;
    }

    public void Dispose()
    {
        _provider.Dispose();
        _ = Server.DisposeAsync().AsTask();
    }

    private async Task<string> RunAsync(int n, int takesMs, CancellationToken cancellation)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(takesMs), Clock, cancellation);
        Effects.AddOrUpdate(n, 1, (_, count) => count + 1);
        return ResultOf(n);
    }

    private void Plan()
    {
        var cuts = Enumerable.Range(0, Cuts).Select(_ => _random.Next(3_000, LengthMs)).ToList();
        foreach (var at in cuts)
        {
            // Most cuts fall near a tool's call, wherever in its course.
            Add(Math.Max(2_500, at - _random.Next(1_500)), CallTools);
            Add(at, Cut);
        }
        for (var i = 0; i < 3; i++)
            Add(_random.Next(2_500, LengthMs), CallTools);
        for (var at = 2_500; at < LengthMs + SettlingMs; at += _random.Next(3_000, 6_000))
            Add(at, () => Line.Say(800));
        Add(LengthMs + SettlingMs - 1_500, () => Line.Say(800));
        Add(LengthMs + SettlingMs + 3_000, Line.HangUp);
        _plan.Sort((a, b) => a.AtMs.CompareTo(b.AtMs));
    }

    private void Add(int atMs, Action act) => _plan.Add((atMs, act));

    private void CallTools()
    {
        var calls = new (string, string)[_random.Next(1, 3)];
        foreach (ref var call in calls.AsSpan())
            call = (Kinds[_random.Next(Kinds.Length)].Name, $$"""{"n":{{_nextNumber++}},"takesMs":{{_random.Next(4) * _random.Next(800)}}}""");
        if (OpenSession() is { } session)
            _ = session.CallToolsAsync(calls);
    }

    private void Cut()
    {
        if (OpenSession() is not { } session)
            return;
        CutsDone++;
        Server.Faults.RefuseHandles = _random.Next(3) == 0;
        if (_random.Next(3) == 0)
        {
            Server.Faults.RefuseWithStatus = 503;
            var until = NowMs + _random.Next(1_500);
            _plan.Insert(_plan.FindLastIndex(step => step.AtMs <= until) + 1, (until, () => Server.Faults.RefuseWithStatus = null));
        }
        _ = _random.Next(4) switch
        {
            0 => session.AbortAsync(),
            1 => session.CloseAsync(1011, "Internal error encountered."),
            2 => session.FreezeAsync(),
            _ => session.GoAwayAsync(TimeSpan.FromSeconds(1)),
        };
    }

    private SimulatedSession? OpenSession() =>
        Server.Sessions is [.., { Closed.IsCompleted: false } session] && session.Events.Any(happened => happened.Kind == SessionEventKind.SetupCompleted) ? session : null;

    private async Task EndAsync()
    {
        await _session.Completion!;
        await _session.DisposeAsync();
    }
}
