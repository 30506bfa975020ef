namespace GeminiLive.Tests;

public sealed class LiveEventStreamTests
{
    [Fact]
    public async Task Events_come_in_order_and_the_stream_ends_with_the_session()
    {
        var stream = new LiveEventStream();
        stream.OnEvent(new InputTranscript("Hi"));
        stream.OnAudio([1, 2], 24_000, turn: 1);
        stream.OnEvent(new LiveFailed(new LiveFailure(LiveFailureKind.Refused, 1007, "no")));
        stream.OnEvent(new InputTranscript("late"));

        var events = await Read(stream);
        Assert.Equal(new InputTranscript("Hi"), events[0]);
        Assert.True(events[1] is ModelAudio { SampleRateHz: 24_000, Turn: 1, Pcm: [1, 2] });
        Assert.IsType<LiveFailed>(events[2]);
        Assert.Equal(3, events.Count);
    }

    [Fact]
    public async Task Audio_that_waits_when_the_caller_cuts_in_is_passed_over()
    {
        var stream = new LiveEventStream();
        stream.OnAudio([1], 24_000, turn: 1);
        stream.OnEvent(new OutputTranscript("old", 1));
        stream.OnInterrupted();
        stream.OnAudio([2], 24_000, turn: 2);
        stream.Complete();

        var events = await Read(stream);
        Assert.Equal([typeof(OutputTranscript), typeof(Interrupted), typeof(ModelAudio)], events.Select(e => e.GetType()));
        Assert.Equal(2, ((ModelAudio)events[2]).Pcm[0]);
    }

    [Fact]
    public async Task Stream_that_nobody_reads_drops_audio_first_and_then_ends()
    {
        var stream = new LiveEventStream(capacity: 10);
        for (var i = 0; i < 100; i++)
            stream.OnAudio([1], 24_000, turn: 1);
        Assert.Equal(90, stream.DroppedAudio);
        for (var i = 0; i < 100; i++)
            stream.OnEvent(new WaitingForInput());

        Assert.Equal(20, (await Read(stream)).Count);
    }

    private static async Task<List<LiveEvent>> Read(LiveEventStream stream)
    {
        var events = new List<LiveEvent>();
        await foreach (var liveEvent in stream)
            events.Add(liveEvent);
        return events;
    }
}
