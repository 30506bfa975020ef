using GeminiLive;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Simulation.Live;
using Support;
using Telephony.Calls;
using Tools;
using Tools.Catalog;
using Tools.Invocation;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Observability;
using VoiceAgent.Observability.Tracing;
using VoiceAgent.PhoneTools;
using VoiceAgent.Recordings;
using VoiceAgent.Tests.ToolCalls;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>A whole call on virtual time: a caller, the service's call session with its Live client, and a simulated Live server in memory.</summary>
/// <remarks>The clock moves in frames of 20 ms; after each all that could happen has happened, so the same script gives the same call.</remarks>
internal sealed class VirtualCall : IAsyncDisposable
{
    private readonly Quiescence _quiescence = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly CallSession _session;

    /// <summary>Name of the trunk whose callers wait on hold by SIP.</summary>
    public const string TrunkThatHolds = "pbx";

    public VirtualCall(
        SimulatedLiveOptions? live = null, CallOptions? options = null, AgentProfile? agent = null, LiveOptions? liveOptions = null, CallIdentity? caller = null,
        Func<TimeProvider, Recorder>? recorder = null, params IReadOnlyList<Tool> tools)
    {
        Line = new VirtualLine(caller) { AnswersAtOnce = true };
        Live = SimulatedLive.Create(live ?? new SimulatedLiveOptions { AutoAnswer = false }, Clock);
        liveOptions ??= new LiveOptions();
        (liveOptions.ApiKey, liveOptions.Endpoint) = ("test", $"{Live.Endpoint.Scheme}://{Live.Endpoint.Authority}");
        var factory = new LiveClientFactory(Options.Create(liveOptions), new MemoryConnector(Live), Clock, NullLogger<LiveClient>.Instance);
        options ??= NewOptions();
        Tracing = new CallTracing(Options.Create(new TelemetryOptions()), Clock);
        var services = new VoiceAgent.Calls.CallServices(
            options, factory, new AnnouncementLibrary(options, Path.Combine(Repository.Root, "config")), [Tracing],
            new VoiceAgentMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), factory), Clock, NullLogger<CallSession>.Instance)
        {
            Tracing = Tracing,
            Recorder = recorder?.Invoke(Clock),
            SecondLegs = new SecondLegs(Dial, Table),
            HoldsBySip = trunk => trunk == TrunkThatHolds,
            RentTools = _ => new ToolSet(tools, () => ToolSetsReturned++),
            Tools = new ToolServices(Ledger, new Redaction(new RedactionOptions()), new ToolGates(), Clock, NullLogger<CallTools>.Instance),
        };
        _session = new CallSession(Line.Call, new SelectedAgent("reception", agent ?? new AgentProfile { Greeting = "" }), services);
        Line.Call.Listener = _session;
    }

    public ManualTimeProvider Clock { get; } = new();

    /// <summary>Makes the call's trace, where a test listens to it.</summary>
    public CallTracing Tracing { get; }

    public BookLedger Ledger { get; } = new();

    /// <summary>Times that the call has given its tools back.</summary>
    public int ToolSetsReturned { get; private set; }

    public VirtualLine Line { get; }

    /// <summary>Those whom the call has called itself, one after the other.</summary>
    public List<VirtualLine> Persons { get; } = [];

    /// <summary>What was asked for when they were called.</summary>
    public List<DialRequest> Dialled { get; } = [];

    /// <summary>Why nobody can be called.</summary>
    public DialRefusal DialRefusal { get; set; }

    /// <summary>The places of the calls that this one makes.</summary>
    public CallTable Table { get; } = new(maxCalls: 1);

    public SimulatedLive Live { get; }

    /// <summary>The Live connection made last.</summary>
    public SimulatedSession Session => Live.Sessions[^1];

    public CallRecord Record => _session.Record;

    public CallState State => _session.State;

    public ICallControl Control => _session.Control;

    /// <summary>Time since the call began, in ms.</summary>
    public int NowMs => (int)Clock.GetElapsedTime(0).TotalMilliseconds;

    public static CallOptions NewOptions(LastStep lastStep = LastStep.HangUp, string transferTarget = "") => new()
    {
        Apology = { ["en"] = "prompts/apology.en.wav" },
        Prompts = { ["en"] = ["prompts/moment.en.wav", "prompts/moment2.en.wav"] },
        LastStep = lastStep,
        TransferTarget = transferTarget,
    };

    /// <summary>Rings, is answered, and lets a second pass, so that a first timestamp is not zero.</summary>
    public void Start()
    {
        Begin();
        RunUntil(() => Line.IsAnswered, limitMs: 1_000);
        Run(1_000);
    }

    /// <summary>The call comes in; whether it is answered remains to be seen.</summary>
    public void Begin() => _session.Completion = Task.Run(_session.RunAsync);

    /// <summary>The service stops, and its grace period is over.</summary>
    public void Stop() => _session.Stop();

    public void Run(int ms)
    {
        for (var at = 0; at < ms; at += VirtualLine.FrameMs)
            Step();
    }

    public void RunUntil(Func<bool> isSo, int limitMs)
    {
        for (var at = 0; !isSo(); at += VirtualLine.FrameMs)
        {
            if (at >= limitMs)
                throw new TimeoutException($"Not within {limitMs} ms of virtual time.\n{Story}");
            Step();
        }
    }

    /// <summary>The caller says something, and has finished when this returns.</summary>
    public void CallerSays(int ms)
    {
        Line.Say(ms);
        Run(ms);
    }

    /// <summary>The caller begins to say something, and so much of it passes.</summary>
    public void CallerSays(short[] pcm, int ms)
    {
        Line.Say(pcm);
        Run(ms);
    }

    /// <summary>Runs a command of the simulated server.</summary>
    public void Do(Task command)
    {
        _quiescence.Wait();
        command.Wait(TimeSpan.FromSeconds(10));
        _quiescence.Wait();
    }

    /// <summary>Longest stretch without anything to be heard, in ms, between two points of the call's audio.</summary>
    public int LongestSilenceMs(int fromFrame, int? toFrame = null)
    {
        int longest = 0, silence = 0;
        foreach (var audible in Line.Audible.Take(toFrame ?? int.MaxValue).Skip(fromFrame))
        {
            silence = audible ? 0 : silence + VirtualLine.FrameMs;
            longest = Math.Max(longest, silence);
        }
        return longest;
    }

    /// <summary>The call's timeline as text, for a test that fails.</summary>
    public string Story => string.Join('\n', Record.Timeline.Select(entry => $"{entry.AtMs,9:F0} {entry.Kind} {entry.Text}"));

    public async ValueTask DisposeAsync()
    {
        Line.HangUp();
        var end = EndAsync();
        for (var at = 0; !end.IsCompleted && at < 60_000; at += VirtualLine.FrameMs)
            Step();   // a close that is not answered is given up on this clock
        await end.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private Task<DialRefusal> Dial(DialRequest request)
    {
        Dialled.Add(request);
        if (DialRefusal != DialRefusal.None)
            return Task.FromResult(DialRefusal);
        var person = new VirtualLine(VirtualLine.Person);
        if (request.OnCreated(person.Call) is not { } listener)
            return Task.FromResult(DialRefusal.Unavailable);
        person.Call.Listener = listener;
        Persons.Add(person);
        return Task.FromResult(DialRefusal.None);
    }

    private async Task EndAsync()
    {
        if (_session.Completion is { } completion)
            await completion;
        await _session.DisposeAsync();
        await Live.DisposeAsync();
        await _services.DisposeAsync();
    }

    private void Step()
    {
        _quiescence.Wait();
        Clock.Advance(TimeSpan.FromMilliseconds(VirtualLine.FrameMs));
        _quiescence.Wait();
        Line.Tick();
        foreach (var person in Persons)
            person.Tick();
        _quiescence.Wait();
    }
}
