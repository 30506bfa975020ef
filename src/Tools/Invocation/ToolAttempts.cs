using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json;
using Polly;
using Polly.Retry;

namespace Tools.Invocation;

/// <summary>Calls a tool's function, again where that is allowed and may help, and makes a value of whatever comes of it.</summary>
/// <remarks>One for one run. Never throws.</remarks>
internal sealed class ToolAttempts(Tool tool, JsonElement arguments, ToolContext context, ToolServices services)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(2);

    private const int NotBegun = 0;
    private const int Begun = 1;
    private const int Forbidden = 2;

    private AttemptEnd _last = new(AttemptKind.NothingDone);
    private int _state;

    /// <summary>Attempts that were begun.</summary>
    public int Count { get; private set; }

    /// <summary>When the first one began; null before.</summary>
    public long? StartedAt { get; private set; }

    /// <summary>Runs the tool until it has a result, or no further attempt is allowed.</summary>
    public async Task<AttemptEnd> RunAsync(CancellationToken cancellation)
    {
        // Whoever watches the time must not be the one who is held up.
        await Task.Yield();
        if (tool.Policy.Retries == 0 || tool.Function is IPolicyFunction { RetriesItself: true })
            return await OnceAsync(cancellation);
        try
        {
            return await Pipeline().ExecuteAsync(async token => _last = await OnceAsync(token), cancellation);
        }
        catch (OperationCanceledException)
        {
            return _last;   // cancelled between two attempts
        }
    }

    /// <summary>Makes sure that the tool is not called any more if it was not called yet.</summary>
    /// <returns>True when it never was and never will be.</returns>
    public bool TryForbid() => Interlocked.CompareExchange(ref _state, Forbidden, NotBegun) != Begun;

    private async ValueTask<AttemptEnd> OnceAsync(CancellationToken cancellation)
    {
        try
        {
            return tool.MayBlock
                ? await services.Gates.Threads.RunAsync(() => InvokeAsync(cancellation))
                : await InvokeAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new(AttemptKind.Unclear);
        }
#pragma warning disable CA1031 // whatever foreign code throws ends this run only
        catch (Exception e)
#pragma warning restore CA1031
        {
            services.Logger.AttemptFailed(new LoggedFault(e, services.Redaction), context.CallId, tool.Name, Count);
            // No exception proves that nothing was done: what threw may have been the tool's second step. A tool that knows returns ToolResult.Failed.
            return new(AttemptKind.Unclear, MayRetry: MayPass(e)) { Note = e.GetType().Name };
        }
    }

    // The result is written here too: its getters and sequences are the tool's own code.
    private async Task<AttemptEnd> InvokeAsync(CancellationToken cancellation)
    {
        if (Interlocked.CompareExchange(ref _state, Begun, NotBegun) == Forbidden || cancellation.IsCancellationRequested)
            return _last;
        Count++;
        StartedAt ??= services.Time.GetTimestamp();
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var argument in arguments.EnumerateObject())
            values[argument.Name] = argument.Value;
        return await AttemptEnd.ReadAsync(tool, await tool.Function.InvokeAsync(context.With(values), cancellation), cancellation);
    }

    private ResiliencePipeline<AttemptEnd> Pipeline() => new ResiliencePipelineBuilder<AttemptEnd> { TimeProvider = services.Time }
        .AddRetry(new RetryStrategyOptions<AttemptEnd>
        {
            MaxRetryAttempts = tool.Policy.Retries,
            Delay = RetryDelay,
            MaxDelay = MaxRetryDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = failure => ValueTask.FromResult(failure.Outcome.Result is { MayRetry: true } end && (tool.Policy.Idempotent || end.Kind == AttemptKind.NothingDone)),
        })
        .Build();

    private static bool MayPass(Exception exception) => exception switch
    {
        DbException database => database.IsTransient,
        HttpRequestException or SocketException or IOException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };
}
