using System.IO.Pipelines;

namespace Simulation.Live.Connections;

/// <summary>Runs what a connection in memory wakes on the synchronization context of whoever connected.</summary>
internal sealed class ContextScheduler(SynchronizationContext context) : PipeScheduler
{
    public override void Schedule(Action<object?> action, object? state) => context.Post(_ => WithoutContext(() => action(state)), state: null);

    /// <summary>Does something with no context set: else the WebSocket's own continuations would flee to the thread pool.</summary>
    public static void WithoutContext(Action action)
    {
        var current = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(current);
        }
    }
}
