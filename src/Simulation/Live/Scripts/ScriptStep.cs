namespace Simulation.Live.Scripts;

/// <summary>One step of a script: it acts on the session of a <see cref="ScriptRun"/>.</summary>
internal abstract record ScriptStep
{
    /// <summary>The step's verb, as the script writes it.</summary>
    public string Verb { get; set; } = "";

    /// <summary>Whether time passes in it, so that a loop over it does not spin.</summary>
    public virtual bool Waits => false;

    /// <summary>Does it; false ends the script.</summary>
    public abstract Task<bool> RunAsync(ScriptRun run);
}

/// <summary>Waits for an event that no earlier wait has taken.</summary>
internal sealed record WaitStep(SessionEventKind Kind, Predicate<SessionEvent> Matches, string What, TimeSpan Timeout) : ScriptStep
{
    public override bool Waits => true;

    public override Task<bool> RunAsync(ScriptRun run) => run.WaitAsync(this);
}

/// <summary>Lets time pass, with or without holding back what is being said.</summary>
internal sealed record PauseStep(TimeSpan Time, bool Stalls) : ScriptStep
{
    public override bool Waits => true;

    public override async Task<bool> RunAsync(ScriptRun run)
    {
        if (Stalls)
            await run.Session.StallAsync(Time);
        await run.DelayAsync(Time);
        return true;
    }
}

/// <summary>Calls functions, in one message.</summary>
internal sealed record CallToolsStep(IReadOnlyList<FunctionCall> Calls) : ScriptStep
{
    public override async Task<bool> RunAsync(ScriptRun run)
    {
        await run.Session.CallToolsAsync(Calls);
        return true;
    }
}

/// <summary>Does something to the session that is over at once: cancel, interrupt, go away, garbage.</summary>
internal sealed record ActStep(Func<SimulatedSession, Task> Act) : ScriptStep
{
    public override async Task<bool> RunAsync(ScriptRun run)
    {
        await Act(run.Session);
        return true;
    }
}

/// <summary>Sends the caller's words.</summary>
internal sealed record TranscriptStep(string Text) : ScriptStep
{
    public override async Task<bool> RunAsync(ScriptRun run)
    {
        await run.Session.SendTranscriptAsync(Text);
        return true;
    }
}

/// <summary>Answers the setup with <c>setupComplete</c>.</summary>
internal sealed record AcceptSetupStep : ScriptStep
{
    public override Task<bool> RunAsync(ScriptRun run) => run.Session.RunAsync(run.Session.State.CompleteSetupAsync);
}

/// <summary>Leaves the setup without an answer for good.</summary>
internal sealed record IgnoreSetupStep : ScriptStep
{
    public override Task<bool> RunAsync(ScriptRun run) => Task.FromResult(false);
}

/// <summary>Closes the connection.</summary>
internal sealed record CloseStep(int Code, string Reason, bool IsSetupRefusal) : ScriptStep
{
    public override async Task<bool> RunAsync(ScriptRun run)
    {
        await run.Session.CloseAsync(Code, Reason);
        return false;
    }
}

/// <summary>Resets the connection.</summary>
internal sealed record AbortStep : ScriptStep
{
    public override async Task<bool> RunAsync(ScriptRun run)
    {
        await run.Session.AbortAsync();
        return false;
    }
}

/// <summary>Goes back to an earlier step, a number of times or for ever.</summary>
internal sealed record RepeatStep(int From, int? Times) : ScriptStep
{
    public override Task<bool> RunAsync(ScriptRun run)
    {
        run.Repeat(this);
        return Task.FromResult(true);
    }
}
