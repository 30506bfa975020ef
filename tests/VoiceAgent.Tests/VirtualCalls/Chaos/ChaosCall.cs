using System.Diagnostics.Metrics;
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
    private readonly LiveClientFactory _factory;
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<(int AtMs, Task Command)> _commands = [];
    private int _nextStep;
    private Task? _ending;
    private int? _endedAtMs;
    private bool _isTold;

    public ChaosCall(int seed)
    {
        Seed = seed;
        Schedule = new ChaosSchedule(seed);
        Servers = [.. Enumerable.Range(0, Schedule.Setting.Second is null ? 1 : 2).Select(_ => SimulatedLive.Create(Schedule.Setting.ServerOptions(), Clock))];
        Connector = new ChaosConnector(Servers);
        Tools = new ChaosTools(() => NowMs);
        Silence = new ChaosSilence(this);
        _factory = new LiveClientFactory(Options.Create(Schedule.Setting.Options()), Connector, Clock, new ErrorLog<LiveClient>(Errors), spread: new Random(seed));
        var options = VirtualCall.NewOptions();
        _services = new ChaosServices(
            new CallServices(
                options, _factory, new AnnouncementLibrary(options, Path.Combine(Repository.Root, "config")), [this],
                new VoiceAgentMetrics(_provider.GetRequiredService<IMeterFactory>(), _factory), Clock, new ErrorLog<CallSession>(Errors)),
            Note);
        _session = new CallSession(Line.Call, new SelectedAgent("reception", new AgentProfile { Greeting = Schedule.Setting.HasGreeting ? Greeting : "" }), _services);
        Line.Call.Listener = _session;
    }

    public int Seed { get; }

    public ChaosSchedule Schedule { get; }

    public ManualTimeProvider Clock { get; } = new();

    public VirtualLine Line { get; } = new() { KeepsHeard = false };

    public IReadOnlyList<SimulatedLive> Servers { get; }

    public ChaosConnector Connector { get; }

    public ChaosTools Tools { get; }

    public ChaosSilence Silence { get; }

    /// <summary>When the agent's first words came, in ms; null before.</summary>
    public int? FirstWordsAtMs { get; private set; }

    public CallRecord Record => _session.Record;

    public CallBridge Bridge => _services.Bridge!;

    /// <summary>Errors that were logged.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Times that the record was told as complete.</summary>
    public int RecordsTold { get; private set; }

    /// <summary>Commands to the servers that were never done.</summary>
    public IEnumerable<string> StuckCommands => _commands.Where(command => !command.Command.IsCompletedSuccessfully).Select(command => $"command of {command.AtMs} ms: {command.Command.Status} {command.Command.Exception?.InnerException?.Message}");

    /// <summary>The connections that were made use of, in the order of their setups.</summary>
    public IReadOnlyList<SimulatedSession> Sessions =>
        [.. Servers.SelectMany(server => server.Sessions).Where(session => SetUpAt(session) is not null).OrderBy(SetUpAt)];

    /// <summary>True when the call has ended and everything of it was given back, or should have been.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Time since the call began, in ms.</summary>
    public int NowMs => (int)Clock.GetElapsedTime(0).TotalMilliseconds;

    public void Start()
    {
        _factory.KeepWarm();
        _session.Completion = Task.Run(_session.RunAsync);
    }

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
        Tools.Answer(Bridge.Live);
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

    /// <summary>The model calls functions.</summary>
    public void CallTools(int count, bool isLookup, int answerMs) =>
        OnSession(session => session.CallToolsAsync(Tools.Draft(count, isLookup ? ChaosTools.Blocking : ChaosTools.NonBlocking, answerMs)));

    /// <summary>Does something to the connection at hand, if there is one that has been set up.</summary>
    public void OnSession(Func<SimulatedSession, Task> act)
    {
        if (Sessions is [.., { Closed.IsCompleted: false } session] && session.Events.Any(happened => happened.Kind == SessionEventKind.SetupCompleted))
            Do(() => act(session));
    }

    /// <summary>Starts a command of a server.</summary>
    public void Do(Func<Task> act) => _commands.Add((NowMs, act()));

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

    // On the session's receive loop.
    private void Note(CallSignal signal)
    {
        if (signal.Detail is OutputTranscript)
            FirstWordsAtMs ??= NowMs;
        if (signal.Detail is LiveEvent liveEvent)
            Tools.Note(liveEvent);
        Silence.Note(signal);
    }

    private static long? SetUpAt(SimulatedSession session)
    {
        var setUp = session.Events.FirstOrDefault(happened => happened.Kind is SessionEventKind.SetupReceived or SessionEventKind.Refused);
        return setUp.Kind == default ? null : setUp.Timestamp;
    }

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
        await _factory.StopKeepingWarmAsync();
    }
}
