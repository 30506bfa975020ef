using VoiceAgent.Calls;

namespace VoiceAgent.PhoneTools;

/// <summary>One wish of the agent while it is being carried out.</summary>
/// <remarks>Owned by the call's loop.</remarks>
/// <param name="request">The wish.</param>
internal abstract class PhoneAct(PhoneRequest request)
{
    // A function that the model waits for leaves its turn open; its audio comes far ahead of what is heard, so that a short silence is the end.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan PauseInOpenTurn = TimeSpan.FromSeconds(0.6);

    /// <summary>The wish.</summary>
    public PhoneRequest Request => request;

    /// <summary>Nothing is left to do.</summary>
    public bool IsDone { get; protected set; }

    /// <summary>The caller waits on purpose, or nobody shall speak: silence is no fault.</summary>
    public virtual bool IsSilenceWanted => true;

    /// <summary>Goes on as far as is possible now; after every signal and a few times a second.</summary>
    /// <param name="isWithAgent">Whether caller and agent can hear each other.</param>
    public abstract void Look(bool isWithAgent);

    /// <summary>Takes what a signal tells, before the state table acts on it.</summary>
    public virtual void Note(CallSignal signal)
    {
    }

    /// <summary>The model has taken its wish back; what is done already stays.</summary>
    public virtual void Cancel() => IsDone = true;

    /// <summary>Ends with these words.</summary>
    protected void Conclude(Tools.ToolResult result)
    {
        IsDone = true;
        Request.Conclude(result);
    }

    /// <summary>Whether what the agent was saying has been heard, and the line is free for something else.</summary>
    protected static bool AreHeard(AgentWords words) => !words.Look() && words.Quiet >= (words.MayGoOn ? PauseInOpenTurn : Pause);
}
