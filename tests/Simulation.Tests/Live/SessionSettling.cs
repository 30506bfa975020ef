using Simulation.Live;

namespace Simulation.Tests.Live;

/// <summary>Lets a test that moves the clock wait for the session's loop first.</summary>
internal static class SessionSettling
{
    /// <summary>Done when the loop has dealt with everything that was in its mailbox, timers set.</summary>
    public static Task SettleAsync(this SimulatedSession session) => session.RunAsync(() => ValueTask.CompletedTask);
}
