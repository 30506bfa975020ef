using System.Collections.Concurrent;
using Tools;
using Tools.Plugins;

namespace VoiceAgent.Tests.ToolCalls;

/// <summary>A tool whose end the test decides: it runs until it is told its result, or is cancelled.</summary>
internal sealed class StagedTool
{
    private readonly ConcurrentQueue<TaskCompletionSource<object?>> _runs = [];
    private readonly TimeProvider? _time;
    private int _started;
    private int _cancelled;

    /// <param name="name">Name for the model.</param>
    /// <param name="policy">Its rules.</param>
    /// <param name="takes">How long it takes by <paramref name="time"/>; null runs until <see cref="Complete"/>.</param>
    /// <param name="time">The clock.</param>
    public StagedTool(string name, ToolPolicy policy, TimeSpan? takes = null, TimeProvider? time = null)
    {
        _time = time;
        Takes = takes;
        Tool = ToolMethods.From(RunAsync, name, $"Does {name}.", policy with { Timeout = TimeSpan.FromMinutes(5) });
    }

    public Tool Tool { get; }

    public TimeSpan? Takes { get; set; }

    /// <summary>What runs that take their time return.</summary>
    public object? Result { get; set; } = "done";

    public int Started => Volatile.Read(ref _started);

    public int Cancelled => Volatile.Read(ref _cancelled);

    /// <summary>News of the run that began last.</summary>
    public IProgress<object>? Progress { get; private set; }

    /// <summary>Ends the oldest run.</summary>
    public void Complete(object? result)
    {
        Assert.True(_runs.TryDequeue(out var run), "nothing runs");
        run.SetResult(result);
    }

    private async Task<object?> RunAsync(IProgress<object> progress, CancellationToken cancellation, int n = 0)
    {
        Interlocked.Increment(ref _started);
        Progress = progress;
        try
        {
            if (Takes is { } takes)
            {
                await Task.Delay(takes, _time ?? TimeProvider.System, cancellation);
                return Result;
            }
            var run = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _runs.Enqueue(run);
            return await run.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }
    }
}
