using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Tools;
using Tools.Catalog;
using Tools.Invocation;

namespace ToolCrash;

/// <summary>A phone call whose model calls one tool after the other: some twice, some withdrawn while they run.</summary>
internal sealed class BusyCall : IToolCallsListener, IAsyncDisposable
{
    private readonly World _world;
    private readonly Random _random;
    private readonly string _name;
    private readonly CallTools _tools;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    public BusyCall(World world, ToolServices services, string name, Random random)
    {
        (_world, _name, _random) = (world, name, random);
        var act = AIFunctionFactory.Create(ActAsync, new AIFunctionFactoryOptions { Name = "act" });
        var tool = new Tool(act, new ToolPolicy { MaxConcurrency = 1000 }) { Compensate = UndoAsync };
        _tools = new CallTools(new ToolSet([tool]), new ToolContext { CallId = name, Agent = "crash" }, services, this);
    }

    public async Task RunAsync()
    {
        for (var wish = 0; ; wish++)
            await WishAsync($"{_name}-{wish}");
    }

    public ValueTask DisposeAsync() => _tools.DisposeAsync();

    public void OnAnswers(IReadOnlyList<ToolAnswer> answers)
    {
        foreach (var answer in answers)
        {
            _world.Add($"answer {answer.InvocationKey} {answer.Outcome}");
            Done(answer.Request.Id);
        }
    }

    public void OnInvocation(ToolInvocation invocation)
    {
        if (invocation.Outcome is ToolOutcome.Cancelled or ToolOutcome.Compensated or ToolOutcome.CancelledButDone)
            Done(invocation.RequestId);
    }

    private void Done(string request)
    {
        if (_waiting.TryRemove(request, out var waiting))
            waiting.TrySetResult();
    }

    private async Task WishAsync(string wish)
    {
        string[] ids = _random.Next(4) == 0 ? [$"{wish}a", $"{wish}b"] : [$"{wish}a"];
        var ended = Task.WhenAll(ids.Select(id => _waiting.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task).ToList());
        foreach (var id in ids)
            _tools.Begin([new ToolRequest(id, "act", JsonSerializer.Serialize(new { wish }))]);
        if (_random.Next(8) == 0)
        {
            await Task.Delay(_random.Next(20));
            _tools.Cancel(ids, "the model has changed its mind");
        }
        await Task.WhenAny(ended, Task.Delay(500));   // a call that is withdrawn early has no other sign of its end
    }

    private async Task<string> ActAsync(string wish, AIFunctionArguments arguments)
    {
        var key = ToolContext.Of(arguments)!.IdempotencyKey;
        await Task.Delay(Random.Shared.Next(10));
        _world.Add($"effect {key} {wish}");
        await Task.Delay(Random.Shared.Next(10));
        return "done";
    }

    private ValueTask<string> UndoAsync(ToolContext context, JsonElement arguments, JsonElement? result, CancellationToken cancellation)
    {
        _world.Add($"undo {context.IdempotencyKey}");
        return ValueTask.FromResult("undone");
    }
}
