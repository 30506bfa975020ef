using Simulation.Live;
using VoiceAgent.Calls;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>What holds of every call, whatever happened in it.</summary>
internal static class ChaosLaws
{
    private const int LongestSilenceMs = 3_000;

    // A turn's last frame may be padded.
    private const int FrameMs = VirtualLine.FrameMs;

    private static readonly EndReason[] Survived = [EndReason.CallerHungUp];
    private static readonly EndReason[] GivenUp = [EndReason.CallerHungUp, EndReason.LiveLost, EndReason.ModelSilent, EndReason.LiveSetupFailed];

    /// <summary>Every law that a finished call has broken.</summary>
    public static IEnumerable<string> Broken(ChaosCall call) =>
        [.. Ends(call), .. Connections(call), .. Words(call), .. Greetings(call), .. ChaosToolLaw.Broken(call)];

    private static IEnumerable<string> Ends(ChaosCall call)
    {
        var record = call.Record;
        if (call.LeftOver is null)
            yield return "the call never came to its end";
        else if (call.LeftOver.Length > 0)
            yield return $"left over: {call.LeftOver}";
        if (call.RecordsTold != 1)
            yield return $"{call.RecordsTold} records";
        var wasAnswered = record.AnsweredAfterMs is not null;
        var reasons = call.Schedule.MayEndEarly || !wasAnswered ? GivenUp : Survived;
        if (record.EndReason is not { } reason || !reasons.Contains(reason))
            yield return $"ended early: {record.EndReason}";
        foreach (var error in call.Errors.Where(error => !(reasons.Contains(EndReason.LiveLost) && error.Contains("lost for good", StringComparison.Ordinal))))
            yield return $"logged: {error}";
        foreach (var stuck in call.StuckCommands)
            yield return stuck;
        if (call.Silence.Longest.Ms > LongestSilenceMs)
            yield return $"{call.Silence.Longest.Ms} ms of silence until {call.Silence.Longest.AtMs} ms";
    }

    private static IEnumerable<string> Connections(ChaosCall call)
    {
        if (call.Connector.MostOpen > 1)
            yield return $"{call.Connector.MostOpen} sessions at once";
        foreach (var session in call.Sessions)
        {
            // A setup may be refused; that is a fault of the schedule.
            var isSetUp = false;
            foreach (var happened in session.Events)
            {
                isSetUp |= happened.Kind == SessionEventKind.SetupReceived;
                if (happened.Kind == SessionEventKind.Refused && (isSetUp || happened.Text.StartsWith("1007 Invalid", StringComparison.Ordinal)))
                    yield return $"connection {session.Number}: the client was refused: {happened.Text}";
            }
        }
    }

    private static IEnumerable<string> Words(ChaosCall call)
    {
        foreach (var turn in call.Record.Transcript.Where(turn => turn.AudioPlayedMs > turn.AudioReceivedMs + FrameMs))
            yield return $"more heard than received: {turn}";
        var events = call.Sessions.SelectMany(session => session.Events).ToList();
        var utterances = events.Count(e => e.Kind == SessionEventKind.SpeechEnded);
        var lines = call.Record.Transcript.Count(turn => turn.Speaker == "caller");
        if (lines > utterances)
            yield return $"{lines} lines of the caller, who has spoken {utterances} times";
        // A mark that the schedule threw in ends a turn in the middle of its generation, and stale audio may be all that comes of one.
        var generations = events.Count(e => e.Kind is SessionEventKind.GenerationStarted or SessionEventKind.RawSent)
            + call.Sessions.Sum(session => session.SentChunks.Count(chunk => chunk.Stale));
        var spoken = call.Record.Transcript.Count(turn => turn.Speaker == "agent" && turn.AudioReceivedMs > 0);
        if (spoken > generations)
            yield return $"{spoken} spoken turns in the record, {generations} generations at the servers";
    }

    private static IEnumerable<string> Greetings(ChaosCall call)
    {
        foreach (var session in call.Sessions)
        {
            var asked = session.Messages.Count(message => message.Json.Contains("Greet them.", StringComparison.Ordinal));
            var isLate = call.Clock.GetElapsedTime(0, session.Messages[0].Timestamp).TotalMilliseconds > call.FirstWordsAtMs;
            if (asked > 1 || (asked > 0 && isLate))
                yield return $"connection {session.Number}: greeted again";
        }
    }
}
