using System.Diagnostics.Metrics;
using System.Globalization;
using GeminiLive;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Simulation.Live;
using Support;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Observability;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>A random call on a clock of its own: moved frame by frame by <see cref="ChaosRun"/>, together with others.</summary>
internal sealed class ChaosCall : ICallObserver, IDisposable
{
    public const string Greeting = "(The caller is on the line. Greet them.)";

    // A server answers a close within 2 s on its own clock.
    private const int ServersEndMs = 3_000;
    private const int EndLimitMs = 30_000;

    private readonly CallSession _session;
    private readonly ChaosServices _services;
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Dictionary<string, int> _answerMs = new(StringComparer.Ordinal);
    private readonly List<(int AtMs, Task Command)> _commands = [];
    private int _nextStep;
    private int _nextTool;
    private Task? _ending;
    private int? _endedAtMs;
    private bool _isTold;

    public ChaosCall(int seed)
    {
        Seed = seed;
        Schedule = new ChaosSchedule(seed);
        Servers = [.. Enumerable.Range(0, Schedule.Setting.Second is null ? 1 : 2).Select(_ => NewServer())];
        Connector = new ChaosConnector(Servers);
        Tools = new ChaosTools(() => NowMs);
        var factory = new LiveClientFactory(Options.Create(Schedule.Setting.Options()), Connector, Clock, new ErrorLog<LiveClient>(Errors));
        var options = VirtualCall.NewOptions();
        _services = new ChaosServices(
            new CallServices(
                options, factory, new AnnouncementLibrary(options, Path.Combine(Repository.Root, "config")), [this],
                new VoiceAgentMetrics(_provider.GetRequiredService<IMeterFactory>(), factory), Clock, new ErrorLog<CallSession>(Errors)),
            Tools);
        _session = new CallSession(Line.Call, new SelectedAgent("reception", new AgentProfile { Greeting = Schedule.Setting.HasGreeting ? Greeting : "" }), _services);
        Line.Call.Listener = _session;
        Silence = new ChaosSilence(this);
    }

    public int Seed { get; }

    public ChaosSchedule Schedule { get; }

    public ManualTimeProvider Clock { get; } = new();

    public VirtualLine Line { get; } = new() { KeepsHeard = false };

    public IReadOnlyList<SimulatedLive> Servers { get; }

    public ChaosConnector Connector { get; }

    public ChaosTools Tools { get; }

    public ChaosSilence Silence { get; }

    public CallRecord Record => _session.Record;

    public CallBridge Bridge => _services.Bridge!;

    /// <summary>Errors that were logged.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Times that the record was told as complete.</summary>
    public int RecordsTold { get; private set; }

    /// <summary>Commands to the servers that were never done.</summary>
    public IEnumerable<string> StuckCommands => _commands.Where(command => !command.Command.IsCompletedSuccessfully).Select(command => $"command of {command.AtMs} ms: {command.Command.Status} {command.Command.Exception?.InnerException?.Message}");

    /// <summary>All connections of the call, in order.</summary>
    public IReadOnlyList<SimulatedSession> Sessions =>
        [.. Servers.SelectMany(server => server.Sessions).OrderBy(session => session.Events[0].Timestamp)];

    /// <summary>True when the call has ended and everything of it was given back, or should have been.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Time since the call began, in ms.</summary>
    public int NowMs => (int)Clock.GetElapsedTime(0).TotalMilliseconds;

    public void Start() => _session.Completion = Task.Run(_session.RunAsync);

    /// <summary>Does what the schedule asks for, and moves the clock.</summary>
    public void Advance()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(VirtualLine.FrameMs));
        while (_ending is null && _nextStep < Schedule.Steps.Count && Schedule.Steps[_nextStep].AtMs <= NowMs)
            Schedule.Steps[_nextStep++].Do(this);
    }

    /// <summary>Moves the audio by one frame, and looks whether the call is over.</summary>
    public void Tick()
    {
        Line.Tick();
        Tools.Answer(Bridge.Live, call => _answerMs[call.Number]);
        Silence.Look();
        if (Line.End is not null)
            End();
    }

    /// <summary>The caller speaks.</summary>
    public void Speak(int ms)
    {
        if (!Line.IsHeld && Line.IsAnswered)
            Line.Say(ms);
    }

    /// <summary>The model calls functions, each with a number of its own.</summary>
    public void CallTools(int count, bool isLookup, int answerMs)
    {
        var calls = new (string, string)[count];
        foreach (ref var call in calls.AsSpan())
        {
            var number = (7_000_000 + _nextTool++).ToString(CultureInfo.InvariantCulture);
            _answerMs[number] = answerMs;
            call = (isLookup ? ChaosTools.Blocking : ChaosTools.NonBlocking, $$"""{"n":{{number}}}""");
        }
        OnSession(session => session.CallToolsAsync(calls));
    }

    /// <summary>Does something to the connection at hand, if there is one that has been set up.</summary>
    public void OnSession(Func<SimulatedSession, Task> act)
    {
        if (Sessions is [.., { Closed.IsCompleted: false } session] && session.Events.Any(e => e.Kind == SessionEventKind.SetupCompleted))
            Do(() => act(session));
    }

    /// <summary>Starts a command of a server.</summary>
    public void Do(Func<Task> act) => _commands.Add((NowMs, act()));

    /// <summary>The call in words: what was planned, what its record says, what its connections saw.</summary>
    public string Tell()
    {
        var lines = Record.Timeline.Select(entry => (entry.AtMs, Text: $"call {entry.Kind} {entry.Text}"))
            .Concat(Schedule.Steps.Select(step => ((double)step.AtMs, $"PLAN {step.Name}")))
            .Concat(Sessions.SelectMany((session, i) => session.Events.Select(e => (Clock.GetElapsedTime(0, e.Timestamp).TotalMilliseconds, $"   connection {i + 1} {e.Kind} {e.Text}"))))
            .Concat(Sessions.SelectMany((session, i) => session.Messages.Select(m => (Clock.GetElapsedTime(0, m.Timestamp).TotalMilliseconds, $"   connection {i + 1} <- {m.Json[..Math.Min(m.Json.Length, 200)]}"))))
            .OrderBy(line => line.Item1).Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Item1,9:F0} {line.Item2}"));
        return $"{Seed}: {Schedule.Setting}\n{string.Join('\n', lines)}";
    }

    /// <summary>Gives back what is left; a call that hangs, as a test sees it, is left as it is.</summary>
    public void Dispose()
    {
        _provider.Dispose();
        foreach (var server in Servers)
            Do(() => server.DisposeAsync().AsTask());
    }

    void ICallObserver.OnTimeline(CallRecord record, TimelineEntry entry)
    {
    }

    void ICallObserver.OnEnded(CallRecord record) => RecordsTold++;

    private SimulatedLive NewServer() => SimulatedLive.Create(
        new SimulatedLiveOptions
        {
            ResponseDelay = Schedule.Setting.ResponseDelay,
            BinaryFrames = Schedule.Setting.BinaryFrames,
            RecordedAudioLimit = TimeSpan.Zero,
        },
        Clock);

    private void End()
    {
        _ending ??= EndAsync();
        _endedAtMs ??= NowMs;
        if (_ending.IsCompleted && NowMs >= _endedAtMs + ServersEndMs && !_isTold)
        {
            _isTold = true;
            LeftOver = Left();
        }
        IsDone = _isTold || NowMs >= _endedAtMs + EndLimitMs;
    }

    /// <summary>What was left when the call was over; null when the call never came to its end.</summary>
    public string? LeftOver { get; private set; }

    private string Left()
    {
        var sockets = Connector.Sockets;
        var sessions = Servers.Sum(server => server.OpenSessions);
        var fault = _ending!.Exception?.ToString() ?? _session.Completion!.Exception?.ToString() ?? "";
        return sockets + sessions + Clock.ActiveTimers == 0 && fault.Length == 0 ? ""
            : $"{sockets} sockets, {sessions} sessions at the servers, {Clock.ActiveTimers} timers {fault}";
    }

    private async Task EndAsync()
    {
        await _session.Completion!;
        await _session.DisposeAsync();
    }
}
