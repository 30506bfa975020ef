using System.Diagnostics;

namespace VoiceAgent.Calls;

/// <summary>Starts the loops of calls, keeps their tasks, and gives each call's place back when it has ended.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class CallRunner(CallTable table, CallServices services)
{
    /// <summary>Runs a call that has been admitted.</summary>
    /// <param name="session">The call.</param>
    /// <param name="onEnded">Given its complete record; null for nobody.</param>
    public void Run(CallSession session, Action<CallRecord>? onEnded = null)
    {
        Note(session);
        session.Completion = Task.Run(() => RunAsync(session, onEnded));
    }

    /// <summary>Runs a call whose caller waits for the answer: on this thread as far as the connecting of its Live session, since on a full core the pool's turn comes late.</summary>
    /// <param name="session">The call, which has its listener by now.</param>
    public void RunAtOnce(CallSession session)
    {
        Note(session);
        session.Completion = RunAsync(session, onEnded: null);
    }

    private void Note(CallSession session)
    {
        table.Add(session);
        services.Metrics.CallStarted();
    }

    private async Task RunAsync(CallSession session, Action<CallRecord>? onEnded)
    {
        Activity.Current = null;   // the call is no part of the request that has asked for it
        try
        {
            await using (session)
                await session.RunAsync();
            onEnded?.Invoke(session.Record);
        }
        finally
        {
            table.Remove(session.CallId);
        }
    }
}
