using Support;

namespace GeminiLive.Tests;

/// <summary>Manual activity detection: chunks in, what is sent of them out.</summary>
public sealed class LiveActivityTests
{
    private const int Loud = 5_000;

    private readonly LiveActivity _activity = new(isManual: true, chunkSamples: 320, onsetMs: 200, hangoverMs: 700);
    private readonly List<string> _sent = [];
    private int _position;

    [Fact]
    public void Turn_is_sent_between_its_marks_with_half_a_second_from_before_it()
    {
        Hear(3_000, 0);
        Assert.Empty(_sent);
        Hear(1_000, Loud);
        Hear(2_000, 0);

        Assert.Equal("start", _sent[0]);
        Assert.Equal("2500", _sent[1]);
        // 1,000 ms of speech with 500 ms before it, and quiet up to the end of the hangover.
        Assert.Equal([.. Enumerable.Range(125, 109).Select(chunk => $"{chunk * 20}"), "end"], _sent[1..]);
    }

    [Fact]
    public void Turn_that_follows_closely_is_sent_from_where_the_last_one_ended()
    {
        Hear(1_000, Loud);
        Hear(700, 0);
        Hear(1_000, Loud);
        Hear(1_000, 0);
        Assert.Equal(2, _sent.Count(what => what == "start"));
        var second = _sent.LastIndexOf("start");
        Assert.Equal(1_700, int.Parse(_sent[second + 1]));
    }

    [Fact]
    public void Turn_can_be_held_by_hand()
    {
        Assert.True(_activity.Hold(isOpen: true));
        Hear(2_000, 0);
        Assert.Equal(["start", "0", "20"], _sent[..3]);
        _activity.Hold(isOpen: false);
        Hear(1_000, 0);
        Assert.Equal("end", _sent[^1]);
        Assert.Equal(1 + 100 + 1, _sent.Count);
    }

    [Fact]
    public void New_connection_hears_of_a_turn_that_is_under_way()
    {
        Hear(1_000, Loud);
        _activity.Reset();
        _sent.Clear();
        Hear(100, Loud);
        Assert.Equal(["start", "1000", "1020", "1040", "1060", "1080"], _sent);
    }

    [Fact]
    public void Who_hears_better_than_by_level_is_believed()
    {
        var loud = Enumerable.Repeat((short)Loud, 320).ToArray();
        for (var i = 0; i < 50; i++)
            Assert.Equal(ActivityStep.Withhold, _activity.Hear(loud, isSpeech: false));
        var steps = Enumerable.Range(0, 60).Select(i => _activity.Hear(new short[320], isSpeech: i < 20)).ToList();
        Assert.Equal((9, 54), (steps.IndexOf(ActivityStep.Start), steps.IndexOf(ActivityStep.End)));
    }

    [Fact]
    public void Automatic_detection_cannot_be_held()
    {
        Assert.False(new LiveActivity(isManual: false, 320).Hold(isOpen: true));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var chunk = new short[320];
        var copy = new short[320];
        Assert.Equal(0, Allocations.OfRound(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                chunk.AsSpan().Fill((short)(i % 100 < 50 ? Loud : 0));
                if (_activity.Hear(chunk) == ActivityStep.Start)
                {
                    while (_activity.TryReadPreRoll(copy))
                    {
                    }
                }
            }
        }));
    }

    /// <summary>Hears chunks whose last sample tells their place; notes what is sent, chunks by their place in ms.</summary>
    private void Hear(int ms, short level)
    {
        var chunk = new short[320];
        for (var end = _position + ms; _position < end; _position += 20)
        {
            chunk.AsSpan().Fill(level);
            chunk[0] = (short)(_position / 20);
            var step = _activity.Hear(chunk);
            if (step == ActivityStep.Send)
                _sent.Add($"{_position}");
            else if (step == ActivityStep.End)
                _sent.Add("end");
            if (step != ActivityStep.Start)
                continue;
            _sent.Add("start");
            while (_activity.TryReadPreRoll(chunk))
                _sent.Add($"{chunk[0] * 20}");
        }
    }
}
