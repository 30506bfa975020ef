namespace Simulation.Live;

/// <summary>How long a conversation may go on: its idle time, and without compression its age and the size of its context.</summary>
/// <remarks>Owned by the session's loop.</remarks>
internal sealed class SessionLimits(SessionState session, ClientInput input, SessionContext context)
{
    /// <summary>The next moment at which a limit is reached; null before the session is open.</summary>
    public long? NextDueAt => session.IsOpen ? Math.Min(IdleAt, AgeAt) : null;

    private long IdleAt => context.After(context.Options.IdleLimit, input.LastAudioAt);

    private long AgeAt => session.Setup!.TriggerTokens is null && context.Options.UncompressedLifetime is { } lifetime
        ? context.After(lifetime, session.Conversation!.BeganAt)
        : long.MaxValue;

    /// <summary>The close for a limit that is reached; null while there is none.</summary>
    public CloseReason? Reached()
    {
        if (!session.IsOpen)
            return null;
        if (session.Setup!.TriggerTokens is null && session.Conversation!.Context.Total >= context.Options.ContextTokens)
            return context.Options.ContextFullCode == CloseReason.InvalidArgument.Code ? CloseReason.InvalidArgument : new CloseReason(context.Options.ContextFullCode, "");
        return NextDueAt <= context.Now ? CloseReason.Aborted : null;
    }
}
