namespace Tools.Invocation;

/// <summary>The token by which a running tool is told to stop.</summary>
/// <remarks>One for one run; disposed when the tool has ended. What a tool hangs on its token is its own code too: neither the run nor whoever withdrew the call waits for it.</remarks>
internal sealed class ToolToken(Tool tool, ToolServices services) : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    /// <summary>What the tool gets.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Tells the tool.</summary>
    /// <returns>Completes when the tool's callbacks have returned.</returns>
    public async Task CancelAsync()
    {
        if (tool.MayBlock)
        {
            await services.Gates.Threads.RunApartAsync(Cancel);
            return;
        }
        await Task.Yield();
        Cancel();
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (AggregateException e)
        {
            services.Logger.StrayException(new LoggedFault(e, services.Redaction));
        }
    }
}
