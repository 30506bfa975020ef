using System.Collections.Concurrent;

namespace Storage;

/// <summary>The thread on which a SQLite file is written: begun with the first transaction, as making one for each costs more than a small transaction does.</summary>
/// <remarks>Any thread may ask; a background thread, which ends when this is disposed and what was asked for is done.</remarks>
internal sealed class WritingThread : IDisposable
{
    private readonly BlockingCollection<Task> _asked = [];
    private int _hasBegun;

    /// <summary>Does something there; what it awaits and is not there at once goes on elsewhere.</summary>
    /// <exception cref="ObjectDisposedException">This is disposed.</exception>
    public Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        if (Interlocked.Exchange(ref _hasBegun, 1) == 0)
            new Thread(Work) { Name = "database", IsBackground = true }.Start();
        var task = new Task<Task<T>>(work, TaskCreationOptions.DenyChildAttach);
        try
        {
            _asked.Add(task);
        }
        catch (InvalidOperationException disposed)
        {
            throw new ObjectDisposedException("The database is closed.", disposed);
        }
        return task.Unwrap();
    }

    /// <inheritdoc/>
    public void Dispose() => _asked.CompleteAdding();   // nothing in it is the system's

    private void Work()
    {
        foreach (var task in _asked.GetConsumingEnumerable())
            task.RunSynchronously(TaskScheduler.Default);
    }
}
