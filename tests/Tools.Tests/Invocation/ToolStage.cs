using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Support;
using Tools.Catalog;
using Tools.Invocation;

namespace Tools.Tests.Invocation;

/// <summary>One phone call's tools on a clock and a thread that stand still until told; hears what they say.</summary>
internal sealed class ToolStage : IToolCallsListener, ILogger<CallTools>, IDisposable
{
    private readonly PumpedContext _context = new();
    private readonly Lock _gate = new();
    private readonly List<ToolAnswer[]> _answers = [];
    private readonly List<ToolInvocation> _records = [];
    private readonly List<string> _log = [];

    public ToolStage(params Tool[] tools)
        : this(new ToolGates(), tools)
    {
    }

    public ToolStage(ToolGates gates, params Tool[] tools)
    {
        Services = new(Ledger, new Redaction(new RedactionOptions()), gates, Clock, this);
        Tools = new CallTools(new ToolSet(tools), new ToolContext { CallId = "c1", Agent = "reception", CallerNumber = "+4930123" }, Services, this);
    }

    public ManualTimeProvider Clock { get; } = new();

    public MemoryLedger Ledger { get; } = new();

    public ToolServices Services { get; }

    public CallTools Tools { get; }

    /// <summary>Answers, batch by batch, as <c>id: {...}</c>; news end in <c>...</c>.</summary>
    public IReadOnlyList<string> Answers { get { lock (_gate) return [.. _answers.Select(batch => string.Join(" + ", batch.Select(Text)))]; } }

    public IReadOnlyList<ToolAnswer> AllAnswers { get { lock (_gate) return [.. _answers.SelectMany(batch => batch)]; } }

    public IReadOnlyList<ToolInvocation> Records { get { lock (_gate) return [.. _records]; } }

    public IReadOnlyList<string> Log { get { lock (_gate) return [.. _log]; } }

    /// <summary>The last record of a request.</summary>
    public ToolInvocation Record(string id) => Records.Last(record => record.RequestId == id);

    public static Tool Make(string name, Delegate method, ToolPolicy? policy = null) =>
        new(AIFunctionFactory.Create(method, new AIFunctionFactoryOptions { Name = name, MarshalResult = (value, _, _) => ValueTask.FromResult(value) }), policy ?? new ToolPolicy { Idempotent = true });

    /// <summary>Waits for a token; unlike <see cref="Task.Delay(int, CancellationToken)"/> it ends on the thread that cancels.</summary>
    public static async Task UntilCancelled(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        using var registration = token.Register(() => cancelled.TrySetCanceled(token));
        await cancelled.Task;
    }

    public void Begin(params (string Id, string Name, string Arguments)[] calls)
    {
        Tools.Begin([.. calls.Select(call => new ToolRequest(call.Id, call.Name, call.Arguments))]);
        Pump();
    }

    public void Begin(string id, string name, string arguments = "{}") => Begin((id, name, arguments));

    public void Cancel(params string[] ids)
    {
        Tools.Cancel(ids, "the model withdrew it");
        Pump();
    }

    public void Pump() => _context.RunUntilIdle();

    public void Advance(double seconds, double step = 0.05) => _context.Advance(Clock, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(step));

    /// <summary>Lets real threads work until something has happened.</summary>
    public void PumpUntil(Func<bool> hasHappened)
    {
        var deadline = Environment.TickCount64 + 20_000;
        while (!hasHappened())
        {
            Assert.True(Environment.TickCount64 < deadline, "It did not happen.");
            Thread.Sleep(1);
            Pump();
        }
    }

    /// <summary>Moves the clock until something has happened; for work that waits on the thread pool between two steps of the clock, such as Polly's.</summary>
    public void AdvanceUntil(Func<bool> hasHappened) => PumpUntil(() =>
    {
        Advance(0.05);
        return hasHappened();
    });

    /// <summary>Ends the call and lets everything end that can.</summary>
    public void Close(double seconds = 60)
    {
        var end = Tools.DisposeAsync().AsTask();
        Pump();
        for (var i = 0; i < seconds * 4 && !end.IsCompleted; i++)
            Advance(0.25, 0.25);
        Assert.True(end.IsCompletedSuccessfully);
    }

    void IToolCallsListener.OnAnswers(IReadOnlyList<ToolAnswer> answers)
    {
        lock (_gate)
            _answers.Add([.. answers]);
    }

    void IToolCallsListener.OnInvocation(ToolInvocation invocation)
    {
        lock (_gate)
            _records.Add(invocation);
    }

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
            _log.Add($"{formatter(state, exception)} {exception}");
    }

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    public void Dispose() => _context.Dispose();

    private static string Text(ToolAnswer answer) => $"{answer.Request.Id}: {answer.Response.GetRawText()}{(answer.WillContinue ? "..." : "")}";
}
