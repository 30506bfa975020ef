namespace Simulation.Live;

/// <summary>What the service remembers of a talk across its connections: context, where the default answers are, who is connected.</summary>
/// <remarks>Owned by the session that is connected; handed on, under the store's lock, by <see cref="ConversationStore"/>.</remarks>
internal sealed class Conversation(string model, long beganAt)
{
    /// <summary>Model that leads it; a resumption may change everything else.</summary>
    public string Model { get; } = model;

    /// <summary>When it began, on the server's clock.</summary>
    public long BeganAt { get; } = beganAt;

    /// <summary>How many connections it has had before the present one.</summary>
    public int Resumptions { get; set; }

    /// <summary>Whether a connection holds it.</summary>
    public bool IsConnected { get; set; } = true;

    /// <summary>When its last connection ended.</summary>
    public long DisconnectedAt { get; set; }

    /// <summary>Whether anything was spoken or asked yet: only the first words are a greeting.</summary>
    public bool HasBegun { get; set; }

    /// <summary>Index of the next default answer.</summary>
    public int NextAnswer { get; set; }

    /// <summary>Its context, billed anew with each turn.</summary>
    public ContextMeter Context { get; set; } = new();

    /// <summary>Puts it back to where it was.</summary>
    public void Restore(ConversationState state, SessionSetup setup)
    {
        (HasBegun, NextAnswer) = (state.HasBegun, state.NextAnswer);
        Context = state.Context.For(setup);
    }
}

/// <summary>A conversation at the point of a handle: what came later is forgotten when it is resumed there.</summary>
/// <param name="HasBegun">Whether anything was said.</param>
/// <param name="NextAnswer">Index of the next default answer.</param>
/// <param name="Context">The context, nobody else's.</param>
/// <param name="ClosedCalls">Tool calls that were answered or cancelled; later ones were never made.</param>
internal sealed record ConversationState(bool HasBegun, int NextAnswer, ContextMeter Context, IReadOnlyCollection<string> ClosedCalls);

/// <summary>How an attempt to resume ended.</summary>
internal enum ResumeResult
{
    Resumed,
    UnknownHandle,
    StillConnected,
    OtherModel,
}

/// <summary>The last ten thousand handles the server has issued, and the conversation each stands for.</summary>
internal sealed class ConversationStore(TimeSpan handleValidity, TimeProvider timeProvider)
{
    private const int MaxHandles = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<string> _inOrder = new();
    private readonly Dictionary<string, (Conversation Conversation, ConversationState State)> _handles = new(StringComparer.Ordinal);
    private int _issued;

    /// <summary>Most connections that one conversation had at once, a refused second one included.</summary>
    public int MaxOpenPerConversation { get; private set; } = 1;

    public string IssueHandle(Conversation conversation, ConversationState state)
    {
        lock (_gate)
        {
            var handle = $"sim-{Guid.NewGuid():N}-{++_issued}";
            _handles.Add(handle, (conversation, state));
            _inOrder.Enqueue(handle);
            if (_inOrder.Count > MaxHandles)
                _handles.Remove(_inOrder.Dequeue());
            return handle;
        }
    }

    public ResumeResult Resume(string handle, string model, out Conversation? conversation, out ConversationState? state)
    {
        lock (_gate)
        {
            (conversation, state) = _handles.GetValueOrDefault(handle);
            if (conversation is null)
                return ResumeResult.UnknownHandle;
            if (conversation.IsConnected)
            {
                MaxOpenPerConversation = 2;
                return ResumeResult.StillConnected;
            }
            if (timeProvider.GetElapsedTime(conversation.DisconnectedAt) > handleValidity)
                return ResumeResult.UnknownHandle;
            if (conversation.Model != model)
                return ResumeResult.OtherModel;
            conversation.IsConnected = true;
            conversation.Resumptions++;
            return ResumeResult.Resumed;
        }
    }

    public void Disconnect(Conversation conversation)
    {
        lock (_gate)
        {
            conversation.IsConnected = false;
            conversation.DisconnectedAt = timeProvider.GetTimestamp();
        }
    }
}
