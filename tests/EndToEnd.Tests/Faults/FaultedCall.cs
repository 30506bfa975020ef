using Simulation.Live;
using Simulation.Phone;
using Simulation.Prompts;
using Telephony.Audio;

namespace EndToEnd.Tests.Faults;

/// <summary>One call of the matrix: knows its own Live sessions by the agent's instruction, answers in the model's place, and meets one fault after the other.</summary>
internal sealed class FaultedCall : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly WavFile Question = Wav("caller-question");
    private static readonly WavFile ShortQuestion = Wav("caller-order");

    private readonly AgentUnderTest _agent;
    private readonly string _marker;
    private readonly CancellationTokenSource _over = new();
    private readonly Dictionary<int, int> _answered = [];
    private readonly List<SimulatedSession> _sessions = [];
    private readonly Task _model;
    private int _seen;
    private volatile bool _isModelMute;

    private FaultedCall(AgentUnderTest agent, SimulatedCaller caller, int number)
    {
        (_agent, Caller, Number, _marker) = (agent, caller, CallerNumber(number), Marker(number));
        _model = Task.Run(PlayTheModelAsync);
    }

    public SimulatedCaller Caller { get; }

    /// <summary>Who calls.</summary>
    public string Number { get; }

    /// <summary>Every connection this call has made so far.</summary>
    public IReadOnlyList<SimulatedSession> Sessions
    {
        get
        {
            lock (_sessions)
                return _sessions.ToArray();
        }
    }

    /// <summary>What the agent is told, so that a session tells whose it is.</summary>
    public static string Marker(int number) => $"Call number {number:00}.";

    public static async Task<FaultedCall> DialAsync(AgentUnderTest agent, int number) => new(
        agent, await SimulatedCaller.DialAsync(new CallerOptions { TargetUri = $"sip:70{number:00}@{agent.Udp}", CallerNumber = CallerNumber(number) }), number);

    private static string CallerNumber(int number) => $"caller{number:00}";

    /// <summary>Brings the call to a point of its conversation.</summary>
    /// <returns>The session that shall be lost there.</returns>
    public async Task<SimulatedSession> ReachAsync(FaultPoint point)
    {
        var session = Sessions[^1];
        switch (point)
        {
            case FaultPoint.CallerSpeaking:
                var before = session.Events.Count;
                Caller.Say(Question);   // long enough to be cut in its middle
                await session.WaitForAsync(SessionEventKind.SpeechStarted, Soon, before);
                await Task.Delay(500);
                break;
            case FaultPoint.ModelSpeaking:
                await SpeakAsync(session);
                break;
            case FaultPoint.ToolPending:
                await session.CallToolAsync("lookup_order");
                break;
            case FaultPoint.ToolAnswered:
                _isModelMute = true;
                var from = session.Events.Count;
                await session.CallToolAsync("lookup_order");
                await session.WaitForAsync(SessionEventKind.ToolResponseReceived, Soon, from);
                break;
            case FaultPoint.DuringGoAway:
                await SpeakAsync(session);
                await session.GoAwayAsync(TimeSpan.FromSeconds(50), closes: false);
                break;
        }
        return session;
    }

    /// <summary>The caller asks something.</summary>
    public void Ask() => Caller.Say(ShortQuestion);

    /// <summary>The next connection of this call after a lost one.</summary>
    public Task<SimulatedSession> NextAsync(SimulatedSession lost) => FindAsync(session => session.Number > lost.Number, "connected again");

    /// <summary>The call's newest connection whose setup has been accepted, after a lost one.</summary>
    public Task<SimulatedSession> ReadyAsync(SimulatedSession lost) => FindAsync(
        session => session.Number > lost.Number && Has(session, SessionEventKind.SetupCompleted), "got its session back");

    /// <summary>The caller asks something, unless the question was under way already; the model's answer must come.</summary>
    public async Task ConverseAsync(SimulatedSession lost, bool asks)
    {
        _isModelMute = false;
        if (asks)
            Ask();
        await FindAsync(session => session.Number > lost.Number && Has(session, SessionEventKind.TurnCompleted), "heard an answer");
        await Caller.WaitUntilSaidAsync(Soon);
        await WhenQuietAsync();
    }

    /// <summary>Neither side is speaking any more, and nothing is about to be answered.</summary>
    public async Task WhenQuietAsync()
    {
        do
        {
            await FindAsync(session => session == Sessions[^1] && IsQuiet(session), "became quiet");
            await Task.Delay(700);
            await Caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(300), Soon);
        }
        while (!IsQuiet(Sessions[^1]));
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _model.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Caller.DisposeAsync();
        _over.Dispose();
    }

    /// <summary>Waits for one of this call's sessions.</summary>
    public async Task<SimulatedSession> FindAsync(Func<SimulatedSession, bool> matches, string what)
    {
        using var limit = new CancellationTokenSource(Soon);
        while (true)
        {
            if (Sessions.FirstOrDefault(matches) is { } found)
                return found;
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"{_marker} never {what}; {Caller.End?.ToString() ?? "the call is up"}; last session: {Describe()}");
            await Task.Delay(Poll);
        }
    }

    private static WavFile Wav(string prompt) => new(PromptLibrary.SampleRateHz, 1, PromptLibrary.Get(prompt).Pcm.ToArray());

    private static int Count(SimulatedSession session, SessionEventKind kind) => session.Events.Count(happened => happened.Kind == kind);

    private static bool Has(SimulatedSession session, SessionEventKind kind) => Count(session, kind) > 0;

    private static bool IsQuiet(SimulatedSession session) =>
        Count(session, SessionEventKind.GenerationStarted) <= Count(session, SessionEventKind.TurnCompleted)
        && Count(session, SessionEventKind.SpeechStarted) <= Count(session, SessionEventKind.SpeechEnded);

    private static async Task SpeakAsync(SimulatedSession session)
    {
        var from = session.Events.Count;
        await session.SayAsync("answer-hours");
        await session.WaitForAsync(SessionEventKind.GenerationStarted, Soon, from);
    }

    private string Describe() => Sessions.Count == 0 ? "none" : $"{Sessions[^1].Number}: {string.Join(", ", Sessions[^1].Events.Select(happened => happened.Kind))}";

    private async Task PlayTheModelAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            Collect();
            foreach (var session in Sessions)
                await AnswerAsync(session);
            await Task.Delay(Poll, _over.Token);
        }
    }

    private void Collect()
    {
        var all = _agent.Live.Sessions;
        for (; _seen < all.Count; _seen++)
        {
            var session = all[_seen];
            if (session.Messages.Count == 0 && !session.Closed.IsCompleted)
                return;   // whose it is, its setup will tell
            if (session.Messages.Count == 0 || !session.Messages[0].Json.Contains(_marker, StringComparison.Ordinal))
                continue;
            lock (_sessions)
                _sessions.Add(session);
        }
    }

    private async Task AnswerAsync(SimulatedSession session)
    {
        if (session.Closed.IsCompleted)
            return;   // for good: what it still heard is nobody's to answer
        var events = session.Events;
        var next = _answered.GetValueOrDefault(session.Number);
        _answered[session.Number] = events.Count;
        if (_isModelMute)
            return;
        foreach (var happened in events.Skip(next))
        {
            var prompt = happened.Kind switch
            {
                SessionEventKind.TextReceived => happened.Text.Contains("Greet them", StringComparison.Ordinal) ? "greeting" : "how-can-i-help",
                SessionEventKind.SpeechEnded or SessionEventKind.ToolResponseReceived => "how-can-i-help",
                _ => null,
            };
            if (prompt is not null && !session.Closed.IsCompleted)
                await session.SayAsync(prompt);
        }
    }
}
