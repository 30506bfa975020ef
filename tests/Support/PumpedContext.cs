namespace Support;

/// <summary>A single-threaded synchronization context that a test runs by hand: when nothing is left in it, nothing more happens until the clock moves.</summary>
/// <remarks>The current context of the thread that made it, until it is disposed there.</remarks>
public sealed class PumpedContext : SynchronizationContext, IDisposable
{
    private static readonly TimeSpan DefaultStep = TimeSpan.FromMilliseconds(10);

    private readonly SynchronizationContext? _before = Current;
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();

    /// <summary>Takes the thread over.</summary>
    public PumpedContext() => SetSynchronizationContext(this);

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_work)
            _work.Enqueue((d, state));
    }

    /// <summary>Starts work and runs everything that follows from it.</summary>
    /// <returns>Its result.</returns>
    /// <exception cref="InvalidOperationException">It waits for something else than this context.</exception>
    public T Run<T>(Func<Task<T>> start)
    {
        var task = start();
        RunUntilIdle();
        return task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("Nothing is left to run, and the work is not done.");
    }

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Func<Task> start) => Run(async () =>
    {
        await start();
        return true;
    });

    /// <summary>Runs until nothing is left.</summary>
    public void RunUntilIdle()
    {
        while (true)
        {
            (SendOrPostCallback Callback, object? State) work;
            lock (_work)
            {
                if (!_work.TryDequeue(out work))
                    return;
            }
            work.Callback(work.State);
        }
    }

    /// <summary>Moves a clock in small steps, running all that each brings.</summary>
    public void Advance(ManualTimeProvider clock, TimeSpan by, TimeSpan? step = null)
    {
        var end = clock.GetTimestamp() + by.Ticks;
        while (clock.GetTimestamp() < end)
        {
            var left = TimeSpan.FromTicks(end - clock.GetTimestamp());
            clock.Advance(left < (step ?? DefaultStep) ? left : step ?? DefaultStep);
            RunUntilIdle();
        }
    }

    public void Dispose() => SetSynchronizationContext(_before);
}
