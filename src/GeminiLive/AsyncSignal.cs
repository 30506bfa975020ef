using System.Threading.Tasks.Sources;

namespace GeminiLive;

/// <summary>An auto-reset event for one waiting loop: any thread sets it, none of them blocks or allocates.</summary>
/// <remarks>Lets the media thread wake the Live send loop. Signals given while nobody waits are kept as one.</remarks>
internal sealed class AsyncSignal : IValueTaskSource
{
    private const int Unset = 0;
    private const int Set = 1;
    private const int Waiting = 2;

    // The continuation must not run on the media thread.
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Ends the running wait, or the next one.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _state, Set) == Waiting)
        {
            // The waiter takes Set back to Unset when it resumes.
            _source.SetResult(true);
        }
    }

    /// <summary>Completes with the next signal; one wait at a time.</summary>
    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Unset, Set) == Set)
            return ValueTask.CompletedTask;

        _source.Reset();
        return Interlocked.CompareExchange(ref _state, Waiting, Unset) == Unset
            ? new ValueTask(this, _source.Version)
            : Taken();
    }

    void IValueTaskSource.GetResult(short token)
    {
        _source.GetResult(token);
        Interlocked.CompareExchange(ref _state, Unset, Set);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private ValueTask Taken()
    {
        Interlocked.Exchange(ref _state, Unset);
        return ValueTask.CompletedTask;
    }
}
