namespace VoiceAgent.Calls;

/// <summary>Milestones of a call in the log.</summary>
internal static partial class CallLog
{
    [LoggerMessage(4001, LogLevel.Information, "Call {CallId} from {From} to {DialledNumber}: agent {Agent} by {By} (Call-ID {SipCallId})")]
    public static partial void CallOffered(this ILogger logger, string callId, string from, string dialledNumber, string agent, string by, string sipCallId);

    [LoggerMessage(4009, LogLevel.Information, "Call {CallId} to {Target}: agent {Agent} calls by {Trunk} (Call-ID {SipCallId})")]
    public static partial void CallDialled(this ILogger logger, string callId, string target, string agent, string trunk, string sipCallId);

    [LoggerMessage(4002, LogLevel.Information, "Call {CallId} ended: {Reason} after {DurationS:F1} s, {Interruptions} interruptions")]
    public static partial void CallEnded(this ILogger logger, string callId, EndReason? reason, double durationS, int interruptions);

    [LoggerMessage(4003, LogLevel.Warning, "Call {CallId} to '{DialledNumber}' refused with {StatusCode} by {By}: no agent answers; 'voiceagent route' shows why")]
    public static partial void NoAgent(this ILogger logger, string callId, string dialledNumber, int statusCode, string by);

    [LoggerMessage(4004, LogLevel.Error, "Call {CallId} failed")]
    public static partial void CallFailed(this ILogger logger, string callId, Exception exception);

    [LoggerMessage(4005, LogLevel.Error, "Call {CallId} is ended: its loop does not keep up")]
    public static partial void SignalsOverflowed(this ILogger logger, string callId);

    [LoggerMessage(4006, LogLevel.Error, "Call {CallId}: {Trigger} has no answer in state {State}")]
    public static partial void TriggerUnhandled(this ILogger logger, string callId, CallTrigger trigger, CallState state);

    [LoggerMessage(4007, LogLevel.Warning, "Call {CallId}: its record could not be written to {Folder}: {Problem}")]
    public static partial void RecordNotWritten(this ILogger logger, string callId, string folder, string problem);

    [LoggerMessage(4008, LogLevel.Debug, "Call {CallId}: {Action} after {SilenceS:F1} s without the agent ({Cause})")]
    public static partial void SilenceStepTaken(this ILogger logger, string callId, SilenceAction action, SilenceCause cause, double silenceS);

    [LoggerMessage(4013, LogLevel.Information, "Call {CallId}: {User} talks to agent {Agent} from the console")]
    public static partial void Talks(this ILogger logger, string callId, string user, string agent);

    [LoggerMessage(4012, LogLevel.Error, "The call to {Target} could not be made")]
    public static partial void ConsultFailed(this ILogger logger, string target, Exception fault);
}
