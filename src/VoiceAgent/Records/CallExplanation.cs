using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.Recordings;
using static VoiceAgent.Records.PlainWords;

namespace VoiceAgent.Records;

/// <summary>Says in plain words what happened in a call: who called, how it ended, who waited for what, and how good line and answers were.</summary>
internal static class CallExplanation
{
    // Who is gone by then says nothing about the line or the model.
    private const double SoonMs = 2_000;

    /// <summary>A sentence or two each, in the order in which an operator asks.</summary>
    public static IReadOnlyList<string> Of(CallRecord record) =>
    [
        Begin(record), EndWords.Of(record), .. Audio(record), .. SilenceWords.Of(record), .. Answers(record), .. Connection(record), .. ToolWork(record), .. Persons(record), .. Line(record), .. Sound(record), .. Cost(record),
    ];

    private static string Begin(CallRecord record)
    {
        var trunk = record.Trunk is { } name ? $" by trunk {name}" : "";
        var who = record.Direction == CallDirection.Outbound
            ? $"agent {record.Agent} called {record.DialledNumber}{trunk}"
            : $"{(record.CallerIsWithheld ? "somebody who withheld their number" : record.CallerNumber ?? record.User ?? "somebody unknown")} called {record.DialledNumber}{trunk} and got agent {record.Agent}";
        var answered = record.AnsweredAfterMs is { } ms
            ? $"It was answered after {Time(ms)}{(record.AnsweredBy is { } by ? $" by {(by == AnsweredBy.Voicemail ? "a machine" : by == AnsweredBy.Person ? "a person" : "nobody knows whom")}" : "")}"
            : $"It was {(record.HasRung ? "rung and " : "")}not answered";
        var length = record.EndReason is null ? "" : $" and over after {Time(record.DurationMs)}";
        return Text($"On {record.StartedAt.UtcDateTime:yyyy-MM-dd} at {record.StartedAt.UtcDateTime:HH:mm:ss} UTC {who}. {answered}{length}.");
    }

    private static IEnumerable<string> Sound(CallRecord record)
    {
        if (record is { EndReason: not null, Recording: { } recording })
            yield return Text($"Its sound was recorded, from {Time(recording.BeganAtMs)} after the begin on{Paused(recording)}{Lost(recording)}.");
    }

    private static string Paused(RecordingEntry recording) => recording.Pauses.Count switch { 0 => "", 1 => ", with one pause", var count => $", with {count} pauses" };

    private static string Lost(RecordingEntry recording) => recording.LostSeconds > 0 ? Text($"; {recording.LostSeconds:F1} s of it were lost, because the disk did not take them or the machine was too busy") : "";

    /// <summary>One side was not heard at all.</summary>
    private static IEnumerable<string> Audio(CallRecord record)
    {
        if (record.AnsweredAfterMs is null || record.EndReason is null or EndReason.ServiceKilled || record.Media is not { } media)
            yield break;
        if (media.PacketsReceived == 0 && record.DurationMs - record.AnsweredAfterMs < SoonMs)
            yield return "No audio came from the caller, who was there for a moment only.";
        else if (media.PacketsReceived == 0)
            yield return "No audio at all came from the caller: a firewall or NAT keeps RTP from us, or our address in the answer (Telephony:PublicAddress) is wrong.";
        else if (record.Transcript.All(turn => turn.Speaker != "caller"))
            yield return "The model understood nothing of the caller: they were silent, or too soft, or transcripts are switched off.";
        if (record.AgentAudioPlayedMs <= 0)
            yield return $"The agent was never heard: {WhyNeverHeard(record)}.";
    }

    private static string WhyNeverHeard(CallRecord record) =>
        record.Transcript.Any(turn => turn.AudioReceivedMs > 0) ? "what the model said was cut before it was played"
        : record.EndReason is EndReason.LiveLost or EndReason.LiveSetupFailed ? "the session with the model was lost before it spoke"
        : record.DurationMs - record.AnsweredAfterMs < SoonMs ? "the call was over before it spoke"
        : "the model gave no audio";

    private static IEnumerable<string> Answers(CallRecord record)
    {
        if (record.Responses.Count > 0)
        {
            var sorted = record.Responses.Select(response => response.LatencyMs).Order().ToList();
            var slowest = record.Responses.MaxBy(response => response.LatencyMs)!;
            yield return $"The agent answered the caller {Times(sorted.Count)}, after {Time(sorted[sorted.Count / 2])} as a rule (median), at worst after {Time(slowest.LatencyMs)} at {At(slowest.AtMs)}.";
        }
        if (record.Interruptions > 0)
            yield return $"The caller cut the agent short {Times(record.Interruptions)}.";
    }

    private static IEnumerable<string> Connection(CallRecord record) => record.Reconnects.Select(reconnect =>
    {
        var what = reconnect.IsPlanned ? "changed over to a new one" : $"was lost ({reconnect.Cause})";
        var back = reconnect.GapMs is { } gap ? $"and back after {Time(gap)}{(reconnect.IsFresh == true ? ", where the service had to be told the conversation anew" : "")}" : "and not had back";
        return $"At {At(reconnect.AtMs)} the Live connection {what} {back}.";
    });

    private static IEnumerable<string> ToolWork(CallRecord record) => record.Tools.Select(tool =>
    {
        var took = tool.DurationMs is { } ms ? $" after {Time(ms)}" : "";
        var note = tool.Note.Length > 0 ? $" ({tool.Note})" : "";
        var told = tool.Outcome == ToolOutcome.Running ? "" : tool.Delivered == ToolCalls.ToolDelivery.Never ? "; the model was never told" : tool.HeardByCaller == false ? "; the caller heard nothing of it" : "";
        return $"At {At(tool.AtMs)} the model called the tool {tool.Tool}: {tool.Outcome}{took}{note}{told}.";
    });

    private static IEnumerable<string> Persons(CallRecord record) => record.Consultations.Select(person =>
        $"At {At(person.AtMs)} {person.Name} was asked to take the caller: {person.End}{(person.JoinedMs is { } ms ? $" for {Time(ms)}" : "")}{(person.Detail.Length > 0 ? $" ({person.Detail})" : "")}.");

    private static IEnumerable<string> Line(CallRecord record)
    {
        if (record.Media is not { PacketsReceived: > 0 } media)
            yield break;
        var trip = media.RoundTripMs is { } ms ? Text($", round trip {ms:0} ms") : "";
        yield return Text($"The caller's audio ({media.Codec}): {media.PacketsLost} of {media.PacketsReceived + media.PacketsLost} packets lost ({media.LossPercent:0.0} %), jitter {media.JitterMs:0.0} ms{trip}: {Verdict(media.Mos)}.");
        if (media.RemoteMos is not null)
            yield return Text($"By the caller's reports {media.RemotePacketsLost} of our {media.PacketsSent} packets were lost, jitter {media.RemoteJitterMs ?? 0:0.0} ms: {Verdict(media.RemoteMos)}.");
    }

    // Steps of ITU-T G.107 annex B for what users say of a line.
    private static string Verdict(double? mos) => mos switch
    {
        null => "no judgement",
        >= 4.03 => Text($"a good line (MOS {mos:0.0})"),
        >= 3.6 => Text($"a fair line (MOS {mos:0.0})"),
        >= 3.1 => Text($"a poor line (MOS {mos:0.0}): many callers would complain"),
        _ => Text($"a bad line (MOS {mos:0.0}): words are lost"),
    };

    private static IEnumerable<string> Cost(CallRecord record)
    {
        if (record.Usage is { TotalTokens: > 0 } usage)
            yield return Text($"{record.Model} used {usage.TotalTokens} tokens{(usage.CostUsd is { } cost ? Text($", about {cost:0.0000} USD") : "")}.");
    }
}
