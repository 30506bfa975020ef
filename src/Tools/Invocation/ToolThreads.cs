namespace Tools.Invocation;

/// <summary>Threads for foreign code that may block: it starts here and goes on here after each await, so that the service's thread pool never waits for it.</summary>
/// <remarks>Any thread. Threads are made on demand, at most so many and those that are lent, and end when idle. Code that leaves by <c>Task.Run</c> or <c>ConfigureAwait(false)</c> cannot be held.</remarks>
internal sealed class ToolThreads(int maxThreads, ILogger logger, Redaction redaction) : TaskScheduler
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    // A monitor: its waiting threads wake one at a time and give up after a while.
    private readonly object _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();
    private int _threads;
    private int _idleThreads;
    private int _lent;

    /// <summary>Threads that exist.</summary>
    public int Count { get { lock (_gate) return _threads; } }

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => maxThreads;

    /// <summary>Runs work here; when all threads are taken it begins when one comes free.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Runs short work on a thread that is made for it, so that it begins even when all others are stuck.</summary>
    public Task RunApartAsync(Action work)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Start("tool cancellation", () =>
        {
            Guard(static state => ((Action)state!)(), work);
            end.SetResult();
        });
        return end.Task;
    }

    /// <summary>Allows a thread more, for one that may never come back. As many as tools may have runs (<see cref="ToolGates"/>).</summary>
    public void Lend()
    {
        lock (_gate)
        {
            _lent++;
            StartIfNeeded();
        }
    }

    /// <summary>It has come back; a thread too many ends when it is idle.</summary>
    public void TakeBack()
    {
        lock (_gate)
            _lent--;
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => Enqueue(state => TryExecuteTask((Task)state!), task);

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && SynchronizationContext.Current is Context context && context.Owner == this && TryExecuteTask(task);

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => [];

    // Not bounded here: every running tool has a slot (ToolGates), and few continuations at a time.
    private void Enqueue(SendOrPostCallback callback, object? state)
    {
        lock (_gate)
        {
            _work.Enqueue((callback, state));
            if (_idleThreads >= _work.Count)
                Monitor.Pulse(_gate);
            else
                StartIfNeeded();
        }
    }

    private void StartIfNeeded()
    {
        if (_work.Count <= _idleThreads || _threads >= maxThreads + _lent)
            return;
        _threads++;
        Start("tool", Work);
    }

    private void Work()
    {
        SynchronizationContext.SetSynchronizationContext(new Context(this));
        while (TryTake(out var callback, out var state))
            Guard(callback, state);
    }

    private bool TryTake(out SendOrPostCallback callback, out object? state)
    {
        lock (_gate)
        {
            _idleThreads++;
            while (_work.Count == 0 && Monitor.Wait(_gate, IdleTime))
            {
                // Woken for work that another thread may have taken.
            }
            _idleThreads--;
            var isFound = _work.TryDequeue(out var work);
            (callback, state) = work;
            _threads -= isFound ? 0 : 1;
            return isFound;
        }
    }

    // What foreign code throws where nobody awaits it (async void, a callback of a token) would end the process.
    private void Guard(SendOrPostCallback callback, object? state)
    {
        try
        {
            callback(state);
        }
#pragma warning disable CA1031 // the loop's one catch-all
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.StrayException(new LoggedFault(e, redaction));
        }
    }

    private static void Start(string name, ThreadStart work) => new Thread(work) { IsBackground = true, Name = name }.UnsafeStart();

    private sealed class Context(ToolThreads owner) : SynchronizationContext
    {
        public ToolThreads Owner => owner;

        public override void Post(SendOrPostCallback d, object? state) => owner.Enqueue(d, state);

        public override void Send(SendOrPostCallback d, object? state) => d(state);

        public override SynchronizationContext CreateCopy() => this;
    }
}
