using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>Says in plain words why a call ended, and what to look at where that was no one's wish.</summary>
internal static class EndWords
{
    /// <summary>What stands behind the name of an operator who hung up.</summary>
    public const string AtConsole = " at the console: hang up";

    /// <summary>One sentence, or two with a hint.</summary>
    public static string Of(CallRecord record) => record.EndReason switch
    {
        null => "The call still runs.",
        EndReason.CallerHungUp when record.AnsweredAfterMs is null => "The caller hung up before the call was answered.",
        EndReason.CallerHungUp => record.Direction == CallDirection.Outbound ? "Whom we called hung up." : "The caller hung up.",
        EndReason.Cancelled => "The caller gave up before the call was answered.",
        EndReason.AgentHungUp when record.Silences.Any(step => step.Action == SilenceAction.Apologise) => "We hung up after the apology.",
        EndReason.AgentHungUp when record.Timeline.LastOrDefault(entry => entry.Text.EndsWith(AtConsole, StringComparison.Ordinal)) is { } act => $"{act.Text[..^AtConsole.Length]} hung up at the console.",
        EndReason.AgentHungUp => "The agent ended the call.",
        EndReason.Transferred => "The caller was handed to somebody else, and our part was over.",
        EndReason.Busy => "Whom we called was busy.",
        EndReason.NoAnswer => "Whom we called did not answer in time, or is not there.",
        EndReason.Declined => $"Our call was refused{Status(record)}.",
        EndReason.NotReachable => "No server took our call: look at the trunk's state (/status) and at the number.",
        EndReason.GivenUp => "Our call was given up before it was answered.",
        EndReason.Unavailable => "The call was refused: the service was full, was stopping, or could not take it.",
        EndReason.NoAgent => "The call was refused: no agent answers that number. 'voiceagent route' shows why.",
        EndReason.NoCommonCodec => "The call was refused: its side and ours have no codec in common. Look at Telephony:Codecs and at what the trunk offers.",
        EndReason.LiveSetupFailed => $"There was no Live session to be had, so that nobody could answer.{Live(record)} 'voiceagent check' shows what the service says.",
        EndReason.LiveLost => $"The Live session was lost and could not be had back.{Live(record)}",
        EndReason.ModelSilent => "The model gave no answer for so long that the caller heard the apology and the call was given up.",
        EndReason.RingingNotConfirmed => "The caller's side asked for our ringing to be confirmed (PRACK) and never confirmed it: its signalling does not reach us.",
        EndReason.NotAcknowledged => "The caller's side never acknowledged our answer (no ACK within 32 s): what we send, or what it sends, is lost. Look at Telephony:PublicAddress and at firewalls.",
        EndReason.TransportFailed when record.Trunk == TalkCalls.Trunk => "The console's page was gone without a word, took no sound, or sent what it may not.",
        EndReason.TransportFailed => "Signalling towards the caller failed: their address or connection was gone.",
        EndReason.SessionLost => "The caller's side did not know the call any more, or nobody refreshed it in time: it may have restarted, or lost the call without telling us.",
        EndReason.CallerSilent => "No audio came from the caller for too long: their line is dead, or a firewall or NAT keeps RTP from us.",
        EndReason.MediaFailed => "The call's audio could not be kept up.",
        EndReason.DurationLimit => "The longest allowed duration was reached (Calls:MaxDuration).",
        EndReason.ServiceStopping => "The service was stopped, and its grace period (Calls:DrainGrace) was over.",
        EndReason.ServiceKilled => "The service was killed, or its machine went down, while the call ran. What is known ends up to half a second before that.",
        _ => "A fault of the service ended the call; its log has the exception.",
    };

    private static string Status(CallRecord record) => record.RefusalStatus is { } status ? $" with SIP status {status}" : "";

    private static string Live(CallRecord record) =>
        record.Timeline.LastOrDefault(entry => entry.Kind == TimelineKind.Live && entry.Text.StartsWith("session failed", StringComparison.Ordinal)) is { } failed
            ? $" It said: {failed.Text["session failed: ".Length..]}." : "";
}
