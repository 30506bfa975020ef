using System.Globalization;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace RecordCrash;

/// <summary>One call after the other, each of some turns; every turn is written to the world before the writer is told.</summary>
internal sealed class TalkingCalls(RecordWriter writer, World world, string name, Random random)
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
        for (var turn = 0; turn < turns; turn++)
        {
            await Task.Delay(random.Next(20, 150));
            world.Add(string.Create(CultureInfo.InvariantCulture, $"turn {id} {turn}"));
            var atMs = (DateTimeOffset.UtcNow - record.StartedAt).TotalMilliseconds;
            record.Add(new TranscriptTurn(atMs, "caller", $"word {turn}", Interrupted: false));
            var entry = new TimelineEntry(atMs, TimelineKind.Caller, $"word {turn}");
            record.Add(entry);
            writer.OnTimeline(record, entry);
        }
        world.Add($"ended {id}");
        (record.EndReason, record.DurationMs) = (EndReason.CallerHungUp, (DateTimeOffset.UtcNow - record.StartedAt).TotalMilliseconds);
        writer.OnEnded(record);
    }
}
