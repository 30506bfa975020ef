namespace Simulation.Live.Scripts;

/// <summary>A script at work on one session: runs its steps in order, on a task of its own, from the setup on.</summary>
/// <remarks>Acts through the session's mailbox only. Whoever made it disposes it when the session is over.</remarks>
internal sealed class ScriptRun : IAsyncDisposable
{
    private readonly LiveScript? _script;
    private readonly SessionContext _context;
    private readonly CancellationTokenSource _ending = new();
    private readonly Dictionary<RepeatStep, int> _repeats = new(ReferenceEqualityComparer.Instance);
    private Task _running = Task.CompletedTask;
    private int _next;
    private int _seen;

    /// <summary>Puts the script, if there is one, in charge of the session.</summary>
    public ScriptRun(LiveScript? script, SimulatedSession session, SessionContext context)
    {
        _script = script;
        _context = context;
        Session = session;
        if (script is not null)
            session.State.HoldsSetup = OnSetup;
    }

    public SimulatedSession Session { get; }

    /// <summary>Cancelled when the session is over.</summary>
    public CancellationToken Ending => _ending.Token;

    public Task DelayAsync(TimeSpan time) => Task.Delay(time, _context.TimeProvider, Ending);

    /// <summary>Goes back to the step's start, unless it has been there often enough.</summary>
    /// <exception cref="OperationCanceledException">The session is over: no step would wait any more, and the loop would spin.</exception>
    public void Repeat(RepeatStep step)
    {
        Ending.ThrowIfCancellationRequested();
        var done = _repeats.GetValueOrDefault(step);
        _repeats[step] = done + 1;
        if (step.Times is null || done < step.Times)
            _next = step.From;
    }

    /// <summary>Waits for an event after the one the last wait took; false when it does not come.</summary>
    public async Task<bool> WaitAsync(WaitStep step)
    {
        var index = await Session.Record.WaitAsync(_seen, happened => happened.Kind == step.Kind && step.Matches(happened), step.Timeout, _context.TimeProvider, Ending);
        if (index >= 0)
        {
            _seen = index + 1;
            return true;
        }
        Session.Record.Add(SessionEventKind.ScriptFailed, $"waited in vain for {step.What}: {step.Timeout.TotalSeconds:0.###} s");
        SimulationLog.ScriptWaitedInVain(_context.Logger, Session.Number, step.Verb, step.What);
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        // Not CancelAsync: it would leave the context in which the session runs.
        _ending.Cancel();
        await _running;
        _ending.Dispose();
    }

    // On the session's loop: the first step's command waits in the mailbox until the setup is dealt with.
    private bool OnSetup()
    {
        var script = _script!.For(Session.Number - 1, Session.State.Conversation!.Resumptions);
        Session.State.AutoAnswer.IsEnabled = false;
        Session.State.HasScriptedTranscripts = script.HasTranscripts;
        _running = RunAsync(script);
        return script.HoldsSetup;
    }

    private async Task RunAsync(SessionScript script)
    {
        try
        {
            while (_next < script.Steps.Count)
            {
                var step = script.Steps[_next];
                Session.Record.Add(SessionEventKind.ScriptStep, $"steps[{_next++}] ({step.Verb})");
                if (!await step.RunAsync(this))
                    return;
            }
            Session.Record.Add(SessionEventKind.ScriptFinished);
            await Session.RunAsync(() =>
            {
                Session.State.AutoAnswer.IsEnabled = script.AnswersAfterwards;
                return ValueTask.CompletedTask;
            });
        }
        catch (OperationCanceledException)
        {
            // The session ended before the script did.
        }
        catch (InvalidOperationException exception)
        {
            Session.Record.Add(SessionEventKind.ScriptFailed, exception.Message);
        }
    }
}
