namespace Simulation.Live;

/// <summary>Tells the client where it may resume: a fresh handle with the state it leads to, or the news that there is none now.</summary>
/// <remarks>Owned by the session's loop.</remarks>
internal sealed class ResumptionUpdates(SessionState session, LiveSocket socket, SessionRecord record, SessionContext context)
{
    /// <summary>Sends an update, if the client asked for any.</summary>
    /// <param name="messageIndex">The client's message that was consumed last; sent in transparent mode.</param>
    public async ValueTask SendAsync(int messageIndex)
    {
        if (!session.Setup!.WantsHandles)
            return;
        var handle = session.Speaker.IsGenerating || session.Tools.HasOpen ? null : context.Conversations.IssueHandle(session.Conversation!, Snapshot());
        if (handle is not null)
            record.Add(SessionEventKind.HandleIssued, handle);
        await socket.SendAsync(ServerMessages.ResumptionUpdate, (handle, session.Setup.IsTransparent ? messageIndex : (int?)null));
    }

    private ConversationState Snapshot()
    {
        var conversation = session.Conversation!;
        return new ConversationState(conversation.HasBegun, conversation.NextAnswer, conversation.Context.For(session.Setup!), session.Tools.Closed);
    }
}
