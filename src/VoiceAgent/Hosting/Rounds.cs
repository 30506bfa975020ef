namespace VoiceAgent.Hosting;

/// <summary>A loop that works, pauses and works again until it is stopped, and then once more: what every loop beside the calls is made of.</summary>
/// <remarks>Whoever runs it keeps the task, and catches what its work may throw.</remarks>
/// <param name="time">The service's clock.</param>
internal sealed class Rounds(TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Whether the round under way, or the next one, is the last.</summary>
    public bool IsStopping => _stopping.IsCancellationRequested;

    /// <summary>Ends with the round that begins after <see cref="StopAsync"/>.</summary>
    /// <param name="round">Works, and says how long the pause after it is.</param>
    public async Task RunAsync(Func<Task<TimeSpan>> round)
    {
        for (var isLast = false; !isLast;)
        {
            isLast = IsStopping;
            var pause = await round();
            if (!isLast)
                await Task.Delay(pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends the pause; the next round is the last. May be called again.</summary>
    public Task StopAsync() => _stopping.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
