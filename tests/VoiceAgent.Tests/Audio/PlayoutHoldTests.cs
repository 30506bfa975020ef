using AudioMeasures;
using Support;
using Support.Audio;
using VoiceAgent.Audio;

namespace VoiceAgent.Tests.Audio;

/// <summary>Goal B20: model audio in bursts is played after 60 ms at most, and no later than that runs dry once the playout has seen two gaps.</summary>
public sealed class PlayoutHoldTests
{
    private const int SamplesPerMs = PlayoutBuffer.RateHz / 1_000;
    private const int FrameMs = 20;
    private const int GapMs = 150;
    private const int Look = 240 * SamplesPerMs;

    private readonly PlayoutBuffer _buffer = new(TimeSpan.FromMinutes(2));
    private readonly List<(int Ms, int Filled)> _reads = [];
    private readonly List<(int Ms, long Late)> _gaps = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Bursts_as_long_as_their_gaps_run_dry_at_the_first_two_at_most_however_unpunctual_they_are(int seed)
    {
        var random = new Random(seed);
        Play(60_000, ms => ms % GapMs == 0 ? ms + random.Next(0, 31) : null, _ => GapMs);
        AssertRidden();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Bursts_as_long_as_their_gaps_have_no_hole_after_the_second_and_what_is_drawn_out_does_not_click(int seed)
    {
        var voice = SyntheticVoice.Create(PlayoutBuffer.RateHz, 30 * PlayoutBuffer.RateHz, seed);
        var (random, frame, heard, drawnOut) = (new Random(seed), new short[FrameMs * SamplesPerMs], new List<short>(), new List<(int At, int Said)>());
        var (bursts, dueMs) = (0, 0);
        long atSecond = 0;
        for (var ms = 0; ms < 20_000; ms += FrameMs)
        {
            for (; dueMs <= ms; dueMs = ++bursts * GapMs + random.Next(0, 31))
            {
                atSecond = bursts == 3 ? _buffer.LateAudio : atSecond;
                _buffer.Write(voice.AsSpan(bursts * GapMs * SamplesPerMs, GapMs * SamplesPerMs), PlayoutBuffer.RateHz, turn: 1);
            }
            var (before, said) = (_buffer.DrawnOutSamples, (int)_buffer.HeardTo);
            _buffer.Read(frame);
            if (_buffer.DrawnOutSamples != before)
                drawnOut.Add((heard.Count, said));
            heard.AddRange(frame);
        }
        Assert.Equal(atSecond, _buffer.LateAudio);
        foreach (var (at, said) in drawnOut.Where(place => place.Said > Look))
        {
            var clean = voice.AsSpan(said - Look, 2 * Look);
            Assert.True(ClickIndex.Db(clean, heard.GetRange(at - Look, 2 * Look).ToArray(), PlayoutBuffer.RateHz, Look + frame.Length / 2) <= 0.1, $"at {at}");
        }
    }

    [Fact]
    public void Steady_audio_with_a_gap_every_second_runs_dry_once()
    {
        // 40 ms every 40 ms; in each second what is made within 150 ms comes at their end, all at once.
        Play(60_000, ms => ms % 40 != 0 ? null : ms % 1_000 is >= 400 and < 400 + GapMs ? ms / 1_000 * 1_000 + 400 + GapMs : ms, _ => 40);
        AssertRidden();
    }

    [Fact]
    public void Gaps_in_every_turn_are_heard_in_the_first_two_alone()
    {
        for (var turn = 1; turn <= 20; turn++)
        {
            var startMs = turn * 5_000;
            // 40 ms at once, then a gap, then the rest as fast as it is spoken.
            Write(startMs, 40, turn);
            Read(startMs, startMs + GapMs);
            Write(startMs, GapMs, turn);
            for (var ms = GapMs; ms < 2_000; ms += 40)
            {
                Write(startMs, 40, turn);
                Read(startMs + ms, startMs + ms + 40);
            }
            _buffer.CompleteTurn();
            Read(startMs + 2_000, startMs + 5_000);
        }
        Assert.InRange(_buffer.LateAudio, 1, 2);
    }

    [Fact]
    public void Model_that_is_faster_than_the_caller_listens_is_never_kept_waiting()
    {
        for (var turn = 1; turn <= 10; turn++)
        {
            _buffer.Write(new short[200 * SamplesPerMs], PlayoutBuffer.RateHz, turn);
            Assert.Equal(FrameMs * SamplesPerMs, _buffer.Read(new short[FrameMs * SamplesPerMs]));
            _buffer.CompleteTurn();
            Read(0, 400);
        }
        Assert.Equal(0, _buffer.LateAudio);
    }

    [Fact]
    public void Pause_for_a_tool_in_mid_turn_is_no_lateness()
    {
        Write(0, 400, turn: 1);
        Read(0, 3_000);
        Write(3_000, 400, turn: 1);
        Assert.Equal(FrameMs * SamplesPerMs, _buffer.Read(new short[FrameMs * SamplesPerMs]));
        Assert.Equal(0, _buffer.LateAudio);
    }

    [Fact]
    public void Delay_that_is_no_longer_needed_goes_again()
    {
        Write(0, 40, turn: 1);
        Read(0, 200);
        Write(200, 400, turn: 1);
        Read(200, 1_000);
        _buffer.CompleteTurn();
        Read(1_000, 1_100);
        Assert.Equal(1, _buffer.LateAudio);

        var waits = new List<int>();
        for (var turn = 2; turn < 8; turn++)
        {
            Write(0, 200, turn);
            var waited = 0;
            while (_buffer.Read(new short[FrameMs * SamplesPerMs]) == 0)
                waited += FrameMs;
            waits.Add(waited);
            Write(0, 2_000, turn);
            _buffer.CompleteTurn();
            Read(0, 3_000);
        }
        Assert.Equal([60, 40, 20, 0, 0, 0], waits);
    }

    [Fact]
    public void End_of_a_turn_does_not_wait_for_more()
    {
        Write(0, 40, turn: 1);
        Read(0, 200);
        Write(200, 10, turn: 1);
        _buffer.CompleteTurn();
        Assert.NotEqual(0, _buffer.Read(new short[FrameMs * SamplesPerMs]));
    }

    [Fact]
    public void Cut_while_audio_waits_plays_none_of_it_and_keeps_nothing_back_later()
    {
        Write(0, 40, turn: 1);
        Read(0, 200);
        Write(200, 100, turn: 1);
        Assert.Equal(0, _buffer.Read(new short[FrameMs * SamplesPerMs]));
        _buffer.Flush();
        Assert.Equal(0, _buffer.Read(new short[FrameMs * SamplesPerMs]));
        Assert.Equal(40, _buffer.Heard.TotalMilliseconds, tolerance: 0.001);
        Write(0, 400, turn: 2);
        Assert.Equal(FrameMs * SamplesPerMs, _buffer.Read(new short[FrameMs * SamplesPerMs]));
    }

    /// <summary>Lets chunks arrive while the line reads a frame every 20 ms.</summary>
    /// <param name="lengthMs">How long to play.</param>
    /// <param name="arrival">For a multiple of 10 ms: when the chunk made then arrives, or null for no chunk.</param>
    /// <param name="chunkMs">How much audio the chunk is.</param>
    private void Play(int lengthMs, Func<int, int?> arrival, Func<int, int> chunkMs)
    {
        var chunks = Enumerable.Range(0, lengthMs / 10).Select(i => (Made: 10 * i, Arrives: arrival(10 * i))).Where(chunk => chunk.Arrives is not null)
            .OrderBy(chunk => chunk.Arrives).ThenBy(chunk => chunk.Made).ToList();
        var next = 0;
        for (var ms = 0; next < chunks.Count; ms += FrameMs)
        {
            for (; next < chunks.Count && chunks[next].Arrives <= ms; next++)
                Write(ms, chunkMs(chunks[next].Made), turn: 1);
            Read(ms, ms + FrameMs);
        }
    }

    private void AssertRidden()
    {
        var firstHeard = _reads.First(read => read.Filled > 0).Ms;
        var firstWritten = _gaps[0].Ms;
        Assert.InRange(firstHeard - firstWritten, 0, 60);
        Assert.InRange(_buffer.LateAudio, 0, 2);
        var lastLate = _gaps.First(gap => gap.Late == _buffer.LateAudio).Ms;
        Assert.InRange(lastLate, 0, 1_600);   // the second gap ends at 1,550 ms at the latest
        Assert.Equal(_buffer.WrittenSamples - _buffer.QueuedSamples, _buffer.HeardTo);
    }

    private void Write(int ms, int lengthMs, int turn)
    {
        _gaps.Add((ms, _buffer.LateAudio));
        _buffer.Write(Tone.Sine(PlayoutBuffer.RateHz, 300, lengthMs * SamplesPerMs), PlayoutBuffer.RateHz, turn);
    }

    private void Read(int fromMs, int toMs)
    {
        for (var ms = fromMs; ms < toMs; ms += FrameMs)
            _reads.Add((ms, _buffer.Read(new short[FrameMs * SamplesPerMs])));
    }
}
