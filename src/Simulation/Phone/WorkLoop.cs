using System.Threading.Channels;

namespace Simulation.Phone;

/// <summary>Runs posted work one item after the other: the owner of a caller's signalling state.</summary>
internal sealed class WorkLoop : IAsyncDisposable
{
    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>(new() { SingleReader = true });
    private readonly Action<Exception> _failed;
    private readonly Task _loop;

    /// <param name="failed">Takes what an item threw; the loop goes on.</param>
    public WorkLoop(Action<Exception> failed)
    {
        _failed = failed;
        _loop = RunAsync();
    }

    /// <summary>Queues work; dropped once the loop is disposed.</summary>
    public void Post(Action work) => _work.Writer.TryWrite(work);

    /// <summary>Queues work that produces a value later.</summary>
    public Task<T> Ask<T>(Action<TaskCompletionSource<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => work(done));
        return done.Task;
    }

    /// <summary>Runs what was posted before and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        await foreach (var work in _work.Reader.ReadAllAsync())
        {
            try
            {
                work();
            }
#pragma warning disable CA1031 // the loop's one catch-all: a bug ends this call only
            catch (Exception e)
#pragma warning restore CA1031
            {
                _failed(e);
            }
        }
    }
}
