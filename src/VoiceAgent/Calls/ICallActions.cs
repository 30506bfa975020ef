namespace VoiceAgent.Calls;

/// <summary>What the call-state table may ask and do; implemented by <see cref="CallSession"/>, and by a recorder in tests.</summary>
/// <remarks>Called on the call's loop; actions start work whose end is another trigger.</remarks>
internal interface ICallActions
{
    /// <summary>We call somebody, rather than somebody us.</summary>
    bool IsOutbound { get; }

    /// <summary>The Live session is up at this moment.</summary>
    bool LiveIsUp { get; }

    /// <summary>The Live connection is lost and being resumed.</summary>
    bool LiveIsResuming { get; }

    /// <summary>Configured to answer and apologise rather than refuse when there is no Live session.</summary>
    bool ApologisesOnSetupFailure { get; }

    /// <summary>The agent speaks first and has not begun to yet.</summary>
    bool GreetingIsDue { get; }

    /// <summary>The caller has us on hold.</summary>
    bool IsHeld { get; }

    /// <summary>Agent audio waits to be played.</summary>
    bool AgentHasAudio { get; }

    /// <summary>Configured to hand the caller to somebody else after the apology rather than hang up.</summary>
    bool TransfersAtTheEnd { get; }

    /// <summary>The transfer was the agent's wish: if it fails the caller goes on talking to it.</summary>
    bool ReturnsToAgent { get; }

    /// <summary>Whoever the agent wants to hand the caller to is to be asked first.</summary>
    bool AsksFirst { get; }

    /// <summary>Lets the caller hear ringing.</summary>
    void Ring();

    /// <summary>Starts the Live session.</summary>
    void ConnectLive();

    /// <summary>Sends 200 with our answer; joins the audio of a call that we make, which flows once it is answered.</summary>
    void Answer();

    /// <summary>Asks the model to speak first.</summary>
    void Greet();

    /// <summary>Closes the Live session and plays the recorded apology in place of the agent.</summary>
    void Apologise();

    /// <summary>Asks the caller's device to call the number that the agent chose, or the configured one.</summary>
    void Transfer();

    /// <summary>The caller stays with us: what they heard during the transfer ends.</summary>
    void EndTransfer();

    /// <summary>Calls the person to whom the agent wants to hand the caller, who waits meanwhile.</summary>
    void AskPerson();

    /// <summary>The wait is over: a person who has not taken the caller is let go.</summary>
    void EndWaiting();

    /// <summary>Lets caller and person hear each other, and ends the Live session.</summary>
    void Join();

    /// <summary>Hangs up on the person.</summary>
    void Part();

    /// <summary>Refuses the call, or hangs up once it is answered.</summary>
    void EndCall();

    /// <summary>Closes the Live session and completes the record.</summary>
    void Complete();
}
