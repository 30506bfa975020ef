using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Tools.Catalog;
using Tools.Invocation;

namespace Tools.Tests.Invocation;

/// <summary>The laws of <see cref="RandomCallTests"/> where threads truly run at the same time.</summary>
public sealed class ThreadsAtOnceTests : IToolCallsListener
{
    private const int Callers = 4;
    private const int CallsEach = 400;

    private readonly ConcurrentQueue<string> _answered = new();
    private readonly ConcurrentDictionary<string, int> _ended = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _effects = new(StringComparer.Ordinal);

    [Fact]
    public async Task Calls_and_withdrawals_from_many_threads_are_each_settled_once()
    {
        var ledger = new MemoryLedger();
        var services = new ToolServices(ledger, new Redaction(new RedactionOptions()), new ToolGates(), TimeProvider.System, NullLogger<CallTools>.Instance);
        var tools = new ToolSet([.. new[] { false, true }.Select(mayBlock => ToolStage.Make(mayBlock ? "foreign" : "own", (Func<int, CancellationToken, Task<int>>)ActAsync, new ToolPolicy { MaxConcurrency = 10_000 }) with { MayBlock = mayBlock })]);
        var calls = new CallTools(tools, new ToolContext { CallId = "c", Agent = "a" }, services, this);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => Call(calls, caller))));
        await calls.DisposeAsync();

        Assert.Equal(_answered.Count, _answered.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Callers * CallsEach, _ended.Count);
        var answered = _answered.ToHashSet(StringComparer.Ordinal);
        Assert.All(_ended, end => Assert.InRange(end.Value, 1, answered.Contains(end.Key) ? 2 : 1));   // twice where a withdrawal crossed the answer
        Assert.Equal(ledger.Intents.Count, ledger.Conclusions.Select(conclusion => conclusion.Key).Distinct(StringComparer.Ordinal).Count());
        Assert.InRange(_effects.Count, Callers * CallsEach / 3, Callers * CallsEach);
        Assert.True(SpinWait.SpinUntil(() => tools.Tools.All(tool => services.Gates.Running(tool) == 0), TimeSpan.FromSeconds(20)));

        async Task<int> ActAsync(int n, CancellationToken token)
        {
            Assert.True(_effects.TryAdd($"{n}", true));
            if (n % 3 == 0)
                await Task.Yield();
            if (n % 5 == 0)
                await Task.Delay(1, token);
            return n;
        }
    }

    private static void Call(CallTools calls, int caller)
    {
        var random = new Random(caller);
        for (var i = 0; i < CallsEach; i++)
        {
            var n = caller * CallsEach + i;
            calls.Begin([new($"{n}", n % 2 == 0 ? "own" : "foreign", $$"""{"n":{{n}}}""")]);
            if (random.Next(3) == 0)
                calls.Cancel([$"{n - random.Next(3)}"], "no need");
            while (calls.Running.Count > CallTools.MaxCalls / 4)
                Thread.Yield();
        }
    }

    void IToolCallsListener.OnAnswers(IReadOnlyList<ToolAnswer> answers)
    {
        foreach (var answer in answers)
            _answered.Enqueue(answer.Request.Id);
    }

    void IToolCallsListener.OnInvocation(ToolInvocation invocation)
    {
        if (invocation.DurationMs is not null)
            _ended.AddOrUpdate(invocation.RequestId, 1, (_, count) => count + 1);
    }
}
