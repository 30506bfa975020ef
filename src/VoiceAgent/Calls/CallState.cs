using System.Text.Json.Serialization;

namespace VoiceAgent.Calls;

/// <summary>Where a call stands. The picture is docs/state-machines/call.mmd, generated from <see cref="CallStates"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallState>))]
public enum CallState
{
    /// <summary>An INVITE has been admitted; nothing has been done yet.</summary>
    Offered,

    /// <summary>The caller hears ringing while the Live session is set up.</summary>
    Connecting,

    /// <summary>We call somebody: their telephone is looked for or rings, while the Live session is set up.</summary>
    Dialling,

    /// <summary>Whom we called has answered before the Live session was up, which is awaited.</summary>
    Joining,

    /// <summary>200 has been sent; the caller's ACK or first audio is awaited.</summary>
    Answering,

    /// <summary>Superstate: caller and agent are connected and the Live session is up.</summary>
    Conversing,

    /// <summary>The agent speaks, or is about to speak, its first turn.</summary>
    Greeting,

    /// <summary>The line is the caller's.</summary>
    Listening,

    /// <summary>The caller hears the agent.</summary>
    Speaking,

    /// <summary>The caller has put us on hold.</summary>
    OnHold,

    /// <summary>The Live connection was lost and is being resumed; the caller is still there.</summary>
    Resuming,

    /// <summary>The Live session is gone for good, or given up; the caller hears the recorded apology.</summary>
    Apologising,

    /// <summary>The caller's device was asked to call somebody else in our place.</summary>
    Transferring,

    /// <summary>The person whom the agent wants to hand the caller to is called, told what it is about, and asked; the caller waits.</summary>
    Consulting,

    /// <summary>Caller and person hear each other through us; the agent hears neither, and has the caller back when the person leaves.</summary>
    Joined,

    /// <summary>We hang up; the end of the SIP dialog is awaited.</summary>
    Ending,

    /// <summary>Nothing is left but the record.</summary>
    Ended,
}

/// <summary>What can happen to a call.</summary>
public enum CallTrigger
{
    /// <summary>The call has been admitted and an agent picked.</summary>
    Admitted,

    /// <summary>The Live service completed the setup.</summary>
    LiveReady,

    /// <summary>The Live session cannot be had, or cannot be had back.</summary>
    LiveFailed,

    /// <summary>The Live connection broke; a resume is under way.</summary>
    LiveLost,

    /// <summary>The Live session goes on, on a new connection.</summary>
    LiveResumed,

    /// <summary>The caller's ACK or first audio arrived, or whom we called has answered.</summary>
    CallerConnected,

    /// <summary>Agent audio is ready to be played.</summary>
    AgentSpeechStarted,

    /// <summary>The last sample of an agent turn has been played.</summary>
    AgentSpeechEnded,

    /// <summary>The model stopped itself because the caller speaks.</summary>
    BargeIn,

    /// <summary>The caller put us on hold.</summary>
    Held,

    /// <summary>The caller took us off hold.</summary>
    Unheld,

    /// <summary>The caller has waited in silence for too long, and nothing that was tried has helped.</summary>
    PatienceOver,

    /// <summary>The apology has been played to its end.</summary>
    ApologyEnded,

    /// <summary>The agent has ended the call, and its last words have been heard.</summary>
    AgentHangsUp,

    /// <summary>The agent hands the caller to somebody else, and what it said of it has been heard.</summary>
    AgentTransfers,

    /// <summary>The caller's device did not, or could not, call somebody else; or the person who was asked has not taken the caller.</summary>
    TransferFailed,

    /// <summary>The person who was asked takes the caller.</summary>
    PersonAccepts,

    /// <summary>The person who had taken the caller is gone.</summary>
    PersonLeft,

    /// <summary>The time for the apology, for a transfer, or for the whole call, is over.</summary>
    TimeIsUp,

    /// <summary>The service stops and its grace period is over.</summary>
    ServiceStopping,

    /// <summary>The SIP side is over: BYE, CANCEL, no ACK, or a lost transport.</summary>
    CallEnded,
}

/// <summary>Why a call ended: the closed list that records, logs and metrics use.</summary>
public enum EndReason
{
    /// <summary>The caller sent BYE.</summary>
    CallerHungUp,

    /// <summary>Whom we called is busy.</summary>
    Busy,

    /// <summary>Whom we called did not answer in time, or is not there.</summary>
    NoAnswer,

    /// <summary>Our call was refused.</summary>
    Declined,

    /// <summary>No server took our call.</summary>
    NotReachable,

    /// <summary>Our call was given up before it was answered.</summary>
    GivenUp,

    /// <summary>The caller gave up before the answer.</summary>
    Cancelled,

    /// <summary>The agent said goodbye and hung up, or we did after an apology or in the ordinary way.</summary>
    AgentHungUp,

    /// <summary>The caller was handed to somebody else.</summary>
    Transferred,

    /// <summary>Refused: the call limit is reached or the service is stopping.</summary>
    Unavailable,

    /// <summary>Refused: nobody answers the dialled number.</summary>
    NoAgent,

    /// <summary>Refused: no codec in common.</summary>
    NoCommonCodec,

    /// <summary>The Live session could not be set up.</summary>
    LiveSetupFailed,

    /// <summary>The Live session was lost and could not be had back.</summary>
    LiveLost,

    /// <summary>The model gave no answer for so long that the call was given up.</summary>
    ModelSilent,

    /// <summary>The caller never confirmed our ringing, as it had asked to (64*T1, RFC 3262 section 3).</summary>
    RingingNotConfirmed,

    /// <summary>The caller never acknowledged our answer (64*T1, RFC 3261 section 13.3.1.4).</summary>
    NotAcknowledged,

    /// <summary>Signalling towards the caller failed.</summary>
    TransportFailed,

    /// <summary>The caller's side did not know the call any more, nobody refreshed it in time (RFC 4028), or it refused to be taken back from hold.</summary>
    SessionLost,

    /// <summary>No audio came from the caller for too long.</summary>
    CallerSilent,

    /// <summary>The call's audio could not be kept up.</summary>
    MediaFailed,

    /// <summary>The longest allowed duration was reached.</summary>
    DurationLimit,

    /// <summary>The service stopped and the grace period was over.</summary>
    ServiceStopping,

    /// <summary>A bug on our side; the log has the exception.</summary>
    InternalError,

    /// <summary>The service was killed or lost its machine; the next start has closed the record.</summary>
    ServiceKilled,
}
