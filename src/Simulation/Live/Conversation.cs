namespace Simulation.Live;

/// <summary>What the service remembers of a talk across its connections: context, where the default answers are, who is connected.</summary>
/// <remarks>Owned by the session that is connected; handed on, under the store's lock, by <see cref="ConversationStore"/>.</remarks>
internal sealed class Conversation(string model)
{
    /// <summary>Model that leads it; a resumption may change everything else.</summary>
    public string Model { get; } = model;

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

    /// <summary>Tokens of context, billed anew with each turn.</summary>
    public double ContextTokens { get; set; }
}

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
    private readonly Dictionary<string, Conversation> _handles = new(StringComparer.Ordinal);
    private int _issued;

    /// <summary>Most connections that one conversation had at once, a refused second one included.</summary>
    public int MaxOpenPerConversation { get; private set; } = 1;

    public string IssueHandle(Conversation conversation)
    {
        lock (_gate)
        {
            var handle = $"sim-{Guid.NewGuid():N}-{++_issued}";
            _handles.Add(handle, conversation);
            _inOrder.Enqueue(handle);
            if (_inOrder.Count > MaxHandles)
                _handles.Remove(_inOrder.Dequeue());
            return handle;
        }
    }

    public ResumeResult Resume(string handle, string model, out Conversation? conversation)
    {
        lock (_gate)
        {
            if (!_handles.TryGetValue(handle, out conversation))
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
