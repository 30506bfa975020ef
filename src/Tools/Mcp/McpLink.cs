using System.Diagnostics.CodeAnalysis;

namespace Tools.Mcp;

/// <summary>Keeps a session with a server: what breaks is opened again, with growing pauses.</summary>
/// <remarks>Its loop owns the session; any thread asks for the current one.</remarks>
/// <param name="source">Name of the source, for the log.</param>
/// <param name="open">Opens a session.</param>
/// <param name="opened">Called with each new session.</param>
/// <param name="words">What went wrong, fit for a log.</param>
/// <param name="time">Clock for the pauses.</param>
/// <param name="logger">Hears of what breaks.</param>
internal sealed class McpLink(
    string source, Func<CancellationToken, Task<McpConnection>> open, Action<McpConnection> opened, Func<Exception, string> words, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // A server that ends sooner counts as one that failed to start: it is not started again and again at once.
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource<McpConnection> _session = NewSession();
    private Task? _loop;
    private volatile bool _isClosed;

    /// <summary>The current session, as soon as there is one; a failed attempt ends the wait of those who want to know at once.</summary>
    /// <param name="isPatient">Whether to wait for further attempts.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ToolSourceException">The attempt failed.</exception>
    public async Task<McpConnection> SessionAsync(bool isPatient, CancellationToken cancellation)
    {
        while (true)
        {
            TaskCompletionSource<McpConnection> session;
            lock (_lock)
            {
                _loop ??= RunAsync();
                session = _session;
            }
            try
            {
                return await session.Task.WaitAsync(cancellation);
            }
            catch (ToolSourceException) when (isPatient && !_isClosed)
            {
                cancellation.ThrowIfCancellationRequested();   // the next attempt has a wait of its own
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task loop;
        lock (_lock)
            loop = _loop ??= RunAsync();   // one that never ran ends at once, and says so to whoever asks
        await loop;
        _stop.Dispose();
    }

    private static TaskCompletionSource<McpConnection> NewSession() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [SuppressMessage("Design", "CA1031", Justification = "The loop's catch-all: whatever a foreign server makes the library throw, it is tried again.")]
    private async Task RunAsync()
    {
        await Task.Yield();   // the first attempt is not the asker's
        for (var failures = 0; !_stop.IsCancellationRequested;)
        {
            var startedAt = time.GetTimestamp();
            string problem;
            try
            {
                problem = await ServeAsync();
                failures = time.GetElapsedTime(startedAt) > Stable ? 0 : failures + 1;
            }
            catch (Exception failure)
            {
                if (_stop.IsCancellationRequested)
                    break;
                problem = words(failure);
                failures++;
            }
            await PauseAsync(problem, failures);
        }
        _isClosed = true;
        End(new ToolSourceException("The source is closed."));
    }

    private async Task<string> ServeAsync()
    {
        await using var connection = await open(_stop.Token);
        opened(connection);
        _session.TrySetResult(connection);
        var problem = await connection.Lost.WaitAsync(_stop.Token);
        lock (_lock)
            _session = NewSession();   // before the old one is closed: its calls end, new ones wait for the next
        return problem;
    }

    private async Task PauseAsync(string problem, int failures)
    {
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(failures, 20)));
        pause *= 0.5 + Random.Shared.NextDouble() / 2;   // full servers are not met by all their clients at once
        logger.ConnectionLost(source, problem, pause.TotalSeconds);
        End(new ToolSourceException(problem));
        try
        {
            await Task.Delay(pause, time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Closed meanwhile.
        }
    }

    // Those who wait learn that this attempt failed; the next one is a new wait.
    private void End(ToolSourceException problem)
    {
        TaskCompletionSource<McpConnection> ended;
        lock (_lock)
        {
            ended = _session;
            _session = NewSession();
            if (_isClosed)
                Fail(_session, problem);
        }
        Fail(ended, problem);
    }

    private static void Fail(TaskCompletionSource<McpConnection> session, ToolSourceException problem)
    {
        session.TrySetException(problem);
        _ = session.Task.Exception;   // nobody may be waiting
    }
}
