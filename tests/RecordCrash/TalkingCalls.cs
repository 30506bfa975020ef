using System.Globalization;
using VoiceAgent.Calls;
using VoiceAgent.Recordings;
using VoiceAgent.Records;

namespace RecordCrash;

/// <summary>One call after the other, each of some turns that come word by word; whatever is said is written to the world before the writer is told.</summary>
/// <param name="recorder">Has their sound; null where it is not kept.</param>
internal sealed class TalkingCalls(RecordWriter writer, Recorder? recorder, World world, string name, Random random)
{
    private int _calls;

    public async Task RunAsync()
    {
        while (true)
            await TalkAsync(random.Next(3, 30));
    }

    public async Task TalkAsync(int turns)
    {
        var id = $"{name}-{_calls++}";
        var record = new CallRecord
        {
            CallId = id, SipCallId = id, From = "sip:x@example.com", DialledNumber = "1", Agent = "crash", StartedAt = DateTimeOffset.UtcNow, AnsweredAfterMs = 1,
        };
        world.Add($"answered {id}");
        writer.OnStarted(record);
        using var silence = new CancellationTokenSource();
        var sound = recorder is null ? null : new NumberedSound(id, world);
        var recording = sound is null ? null : recorder!.Start(RecordCursor.KeyOf(record), sound.Tap);
        Tell(record, recording, "recording begins");
        var speaking = sound?.SpeakAsync(silence.Token) ?? Task.CompletedTask;
        for (var turn = 0; turn < turns; turn++)
        {
            await SpeakAsync(record, turn);
            world.Add(string.Create(CultureInfo.InvariantCulture, $"turn {id} {turn}"));
            record.Add(new TranscriptTurn(AgeMs(record), "caller", $"word {turn}", Interrupted: false));
            Tell(record, TimelineKind.Caller, $"word {turn}");
            record.CallerLine.Set([], record.Transcript.Count);
        }
        await silence.CancelAsync();
        await speaking;
        recording?.End();
        Tell(record, recording, "recorded");
        world.Add($"ended {id}");
        (record.EndReason, record.DurationMs) = (EndReason.CallerHungUp, AgeMs(record));
        writer.OnEnded(record);
    }

    private static double AgeMs(CallRecord record) => (DateTimeOffset.UtcNow - record.StartedAt).TotalMilliseconds;

    private void Tell(CallRecord record, CallRecording? recording, string text)
    {
        if (recording is null)
            return;
        record.Recording = recording.Entry(0);
        Tell(record, TimelineKind.Line, text);
    }

    private void Tell(CallRecord record, TimelineKind kind, string text)
    {
        var entry = new TimelineEntry(AgeMs(record), kind, text);
        record.Add(entry);
        writer.OnTimeline(record, entry);
    }

    private async Task SpeakAsync(CallRecord record, int turn)
    {
        var said = record.Transcript.Sum(past => past.Text.Length);
        foreach (var fragment in (string[])["wo", "rd ", $"{turn}"])
        {
            await Task.Delay(random.Next(10, turn % 2 == 0 ? 500 : 60));   // some take longer than may be lost
            said += fragment.Length;
            world.Add(string.Create(CultureInfo.InvariantCulture, $"said {record.CallId} {said}"));
            record.CallerLine.Append(fragment, record.Transcript.Count);
            writer.OnWords(record);
        }
    }
}
