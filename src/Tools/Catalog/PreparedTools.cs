namespace Tools.Catalog;

/// <summary>A changed configuration of the tools that has been tried out: it is taken into use for new calls, or let go.</summary>
/// <remarks>From <see cref="ToolCatalog.PrepareAsync"/>; the tools do not change otherwise until it is disposed.</remarks>
public sealed class PreparedTools : IAsyncDisposable
{
    private readonly Action _take;
    private readonly Func<bool, ValueTask> _end;
    private bool _isTaken;
    private bool _isOver;

    internal PreparedTools(IReadOnlyList<string> faults, bool mayPass, Action take, Func<bool, ValueTask> end) => (Faults, MayPass, _take, _end) = (faults, mayPass, take, end);

    /// <summary>What is wrong, a sentence each; empty when it can be taken into use.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Whether all that is wrong may pass by itself: sources that worked do not answer.</summary>
    public bool MayPass { get; }

    /// <summary>Takes it into use for new calls; returns at once. Any thread.</summary>
    /// <exception cref="InvalidOperationException">There are faults.</exception>
    public void Take()
    {
        if (Faults.Count > 0)
            throw new InvalidOperationException("Tools with faults cannot be taken into use.");
        _isTaken = true;
        _take();
    }

    /// <summary>Lets it go if it was not taken.</summary>
    public ValueTask DisposeAsync()
    {
        if (_isOver)
            return ValueTask.CompletedTask;
        _isOver = true;
        return _end(_isTaken);
    }
}
