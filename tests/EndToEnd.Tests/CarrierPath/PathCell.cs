namespace EndToEnd.Tests.CarrierPath;

/// <summary>One cell of the table: what a peer does through the proxy, or why it cannot.</summary>
/// <param name="What">The row.</param>
/// <param name="Peer">The column.</param>
/// <param name="Run">Makes the call and judges it; null where the peer cannot.</param>
/// <param name="Text">What the cell says: what was seen, or the reason.</param>
internal sealed record PathCell(string What, string Peer, Func<Task>? Run, string Text)
{
    /// <summary>Why it failed; null when it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Runs it; what goes wrong is kept.</summary>
    public async Task JudgeAsync()
    {
        try
        {
            await (Run?.Invoke() ?? Task.CompletedTask);
        }
        // Whatever it is: the other cells go on, and the test fails with all that failed.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Failure = $"{Peer}, {What}: {e.GetType().Name} {e.Message}";
        }
    }
}
