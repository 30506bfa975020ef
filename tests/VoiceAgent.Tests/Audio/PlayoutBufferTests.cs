using Support;
using VoiceAgent.Audio;

namespace VoiceAgent.Tests.Audio;

public sealed class PlayoutBufferTests
{
    private const int Rate = PlayoutBuffer.RateHz;
    private const int FrameSamples = 480;
    private const int Turn = 7;

    private readonly PlayoutBuffer _buffer = new(TimeSpan.FromSeconds(120));
    private readonly List<PlayedTurn> _turns = [];

    public PlayoutBufferTests() => _buffer.TurnPlayed = _turns.Add;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_goes_in_comes_out_however_it_was_split(int seed)
    {
        var random = new Random(seed);
        var speech = Noise(random, Rate * 5);
        for (var position = 0; position < speech.Length;)
        {
            var count = Math.Min(random.Next(1, 20_000), speech.Length - position);
            _buffer.Write(speech.AsSpan(position, count), Rate, Turn);
            position += count;
        }
        Assert.Equal(speech, Play(5 * 50));
        Assert.Equal(0, _buffer.QueuedSamples);
    }

    [Fact]
    public void Minute_given_at_once_is_played_to_its_last_sample()
    {
        var speech = Noise(new Random(1), Rate * 60);
        _buffer.Write(speech, Rate, Turn);
        _buffer.CompleteTurn();
        Assert.Equal(speech, Play(60 * 50));
        Play(1);
        Assert.Equal([new PlayedTurn(Turn, speech.Length, speech.Length, WasCut: false)], _turns);
        Assert.Equal(0, _buffer.DroppedSamples);
    }

    [Fact]
    public void Minute_that_comes_within_a_second_takes_3_MB_and_is_flushed_within_a_frame()
    {
        // Goal B19.
        var speech = Noise(new Random(1), Rate * 60);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var start in Enumerable.Range(0, 60 * 25))
            _buffer.Write(speech.AsSpan(start * Rate / 25, Rate / 25), Rate, Turn);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3_000_000);
        Assert.Equal((60 * Rate, 0), (_buffer.QueuedSamples, _buffer.DroppedSamples));

        Assert.Equal(speech[..(Rate / 2)], Play(25));
        _buffer.Flush();
        Assert.All(Play(2)[PlayoutFade.OutSamples..], sample => Assert.Equal(0, sample));
        Assert.Equal(0, _buffer.QueuedSamples);
    }

    [Fact]
    public void Beyond_the_limit_the_newest_audio_is_dropped_and_counted()
    {
        var buffer = new PlayoutBuffer(TimeSpan.FromSeconds(1));
        var speech = Noise(new Random(1), Rate * 2);
        buffer.Write(speech.AsSpan(0, 20_000), Rate, Turn);
        buffer.Write(speech.AsSpan(20_000), Rate, Turn);

        Assert.Equal(Rate, buffer.DroppedSamples);
        Assert.Equal(speech[..Rate], Play(50, buffer));
        buffer.Write(speech.AsSpan(0, Rate), Rate, Turn);
        Assert.Equal(Rate, buffer.DroppedSamples);
    }

    [Fact]
    public void Flush_is_silence_within_one_frame_and_the_heard_part_is_known_to_the_sample()
    {
        _buffer.Write(Tone.Sine(Rate, 440, Rate * 10), Rate, Turn);
        Play(100);
        _buffer.Flush();
        var cut = Play(1);
        var after = Play(10);

        Assert.All(cut[240..], sample => Assert.Equal(0, sample));
        Assert.All(after, sample => Assert.Equal(0, sample));
        Assert.Equal([new PlayedTurn(Turn, Rate * 10, 100 * FrameSamples + 240, WasCut: true)], _turns);
        Assert.Equal(TimeSpan.FromSeconds(2.010), _buffer.Heard);
        Assert.Equal(0, _buffer.QueuedSamples);
    }

    [Fact]
    public void Turn_that_is_still_playing_counts_as_heard_so_far()
    {
        _buffer.Write(Noise(new Random(1), Rate), Rate, Turn);
        Play(10);
        Assert.Empty(_turns);
        Assert.Equal(TimeSpan.FromMilliseconds(200), _buffer.Heard);
        Play(100);
        Assert.Equal(TimeSpan.FromSeconds(1), _buffer.Heard);
    }

    [Fact]
    public void Turn_that_waited_behind_the_cut_one_counts_as_unheard()
    {
        _buffer.Write(Noise(new Random(1), Rate), Rate, Turn);
        _buffer.CompleteTurn();
        _buffer.Write(Noise(new Random(2), Rate), Rate, Turn + 1);
        Play(10);
        _buffer.Flush();
        Play(1);

        Assert.Equal([new PlayedTurn(Turn, Rate, 10 * FrameSamples + 240, WasCut: true), new PlayedTurn(Turn + 1, Rate, 0, WasCut: true)], _turns);
    }

    [Fact]
    public void Audio_of_another_turn_ends_the_one_before_it()
    {
        _buffer.Write(Noise(new Random(1), Rate), Rate, Turn);
        _buffer.Write(Noise(new Random(2), 2 * Rate), Rate, 0);
        _buffer.CompleteTurn();
        Play(151);

        Assert.Equal([new PlayedTurn(Turn, Rate, Rate, WasCut: false), new PlayedTurn(0, 2 * Rate, 2 * Rate, WasCut: false)], _turns);
    }

    [Fact]
    public void Turn_that_nobody_has_heard_begin_is_flushed_without_a_sound()
    {
        _buffer.Write(Tone.Sine(Rate, 440, Rate), Rate, Turn);
        _buffer.Flush();

        Assert.All(Play(5), sample => Assert.Equal(0, sample));
        Assert.Equal([new PlayedTurn(Turn, Rate, 0, WasCut: true)], _turns);
    }

    [Fact]
    public void Next_turn_follows_the_cut_in_the_same_frame()
    {
        var next = Noise(new Random(3), Rate);
        _buffer.Write(Tone.Sine(Rate, 440, Rate), Rate, Turn);
        Play(3);
        _buffer.Flush();
        _buffer.Write(next, Rate, Turn);
        var frame = Play(2);

        Assert.Equal(next[..(2 * FrameSamples - 240)], frame[240..]);
    }

    [Fact]
    public void Completion_of_a_turn_without_audio_leaves_nothing_to_wait_for()
    {
        Assert.False(_buffer.CompleteTurn());
        _buffer.Write(new short[10], Rate, Turn);
        Assert.True(_buffer.CompleteTurn());
        Assert.False(_buffer.CompleteTurn());
        Play(1);
        Assert.Single(_turns);
    }

    [Fact]
    public void Completion_that_comes_after_the_last_sample_was_played_is_reported_with_the_next_frame()
    {
        _buffer.Write(new short[FrameSamples], Rate, Turn);
        Play(3);
        Assert.Empty(_turns);
        _buffer.CompleteTurn();
        Play(1);
        Assert.Equal([new PlayedTurn(Turn, FrameSamples, FrameSamples, WasCut: false)], _turns);
    }

    [Fact]
    public void Cuts_and_underruns_anywhere_make_no_click()
    {
        var random = new Random(7);
        const double Amplitude = 10_000;
        // The steepest step that the tone itself makes, and as much again for the bend of a mirrored end.
        var steepest = 1.3 * Amplitude * 2 * Math.PI * 440 / Rate;
        var tone = Tone.Sine(Rate, 440, 6_000, Amplitude);
        for (var i = 0; i < 10_000; i++)
        {
            var buffer = new PlayoutBuffer(TimeSpan.FromSeconds(60));
            var first = random.Next(1, 3_000);
            buffer.Write(tone.AsSpan(0, first), Rate, Turn);
            var heard = Play(random.Next(1, 6), buffer).ToList();
            var isCut = random.Next(2) == 0;
            if (isCut)
                buffer.Flush();
            heard.AddRange(Play(random.Next(1, 4), buffer));
            buffer.Write(tone.AsSpan(isCut ? random.Next(first) : first, 2_000), Rate, Turn);
            heard.AddRange(Play(8, buffer));

            for (var k = 1; k < heard.Count; k++)
            {
                if (Math.Abs(heard[k] - heard[k - 1]) > steepest && !StartsTurn(heard, k))
                    Assert.Fail($"case {i}, sample {k}: {heard[k - 1]} to {heard[k]}");
            }
        }

        // A turn's own first sample is the model's, not ours: here the second tone may begin anywhere in its period.
        static bool StartsTurn(List<short> heard, int k) => heard[k - 1] == 0 && heard.Take(k).Any(sample => sample != 0);
    }

    [Fact]
    public void Audio_that_returns_in_mid_turn_is_faded_in()
    {
        var tone = Tone.Sine(Rate, 440, Rate);
        _buffer.Write(tone.AsSpan(0, 700), Rate, Turn);
        Play(4);
        _buffer.Write(tone.AsSpan(710), Rate, Turn);
        var resumed = Play(1);

        Assert.InRange(Math.Abs((int)resumed[0]), 0, 50);
        Assert.Equal(tone[(710 + PlayoutFade.InSamples)..(710 + 480)], resumed[PlayoutFade.InSamples..]);
    }

    [Fact]
    public void Idle_reader_is_woken_once_per_start()
    {
        var wakes = 0;
        _buffer.BecameReady = () => wakes++;
        Play(2);
        _buffer.Write(new short[2_000], Rate, Turn);
        _buffer.Write(new short[2_000], Rate, Turn);
        Assert.Equal(1, wakes);
        Play(20);
        _buffer.Write(new short[2_000], Rate, Turn);
        Assert.Equal(2, wakes);
    }

    [Fact]
    public void Frame_says_how_much_of_it_is_audio()
    {
        Assert.Equal(0, _buffer.Read(new short[FrameSamples]));
        _buffer.Write(new short[500], Rate, Turn);
        Assert.Equal(FrameSamples, _buffer.Read(new short[FrameSamples]));
        Assert.Equal(20 + 240, _buffer.Read(new short[FrameSamples]));
        Assert.Equal(0, _buffer.Read(new short[FrameSamples]));
    }

    [Theory]
    [InlineData(8_000)]
    [InlineData(16_000)]
    [InlineData(48_000)]
    public void Other_sample_rates_are_brought_to_24_kHz(int rateHz)
    {
        var tone = Tone.Sine(rateHz, 1_000, rateHz);
        for (var i = 0; i < tone.Length; i += 777)
            _buffer.Write(tone.AsSpan(i, Math.Min(777, tone.Length - i)), rateHz, Turn);

        var heard = Play(50);
        Assert.InRange(Tone.Amplitude(heard.AsSpan(Rate / 4, Rate / 2), Rate, 1_000), 9_800, 10_200);
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing_once_warm()
    {
        var frame = new short[FrameSamples];
        var chunk = new short[960];
        _buffer.TurnPlayed = static _ => { };
        Pass(500);
        Assert.Equal(0, Allocations.OfRound(() => Pass(10_000)));

        void Pass(int frames)
        {
            for (var i = 0; i < frames; i++)
            {
                if (i % 2 == 0)
                    _buffer.Write(chunk, Rate, Turn);
                if (i % 50 == 0)
                    _buffer.CompleteTurn();
                if (i % 175 == 0)
                    _buffer.Flush();
                _buffer.Read(frame);
            }
        }
    }

    [Fact]
    public async Task Writer_and_reader_on_two_threads_lose_nothing()
    {
        const int Samples = Rate * 100;
        var writing = Task.Run(() =>
        {
            var random = new Random(5);
            for (var position = 0; position < Samples;)
            {
                var chunk = new short[Math.Min(random.Next(1, 5_000), Samples - position)];
                for (var i = 0; i < chunk.Length; i++)
                    chunk[i] = (short)((position + i) % 30_000 + 1);
                _buffer.Write(chunk, Rate, Turn);
                position += chunk.Length;
            }
        });
        var frame = new short[FrameSamples];
        var next = 0;
        while (next < Samples)
        {
            if (_buffer.QueuedSamples < FrameSamples)
                continue;
            _buffer.Read(frame);
            foreach (var sample in frame)
                Assert.Equal((short)(next++ % 30_000 + 1), sample);
        }
        await writing;
    }

    private short[] Play(int frames, PlayoutBuffer? buffer = null)
    {
        var heard = new short[frames * FrameSamples];
        for (var i = 0; i < frames; i++)
            (buffer ?? _buffer).Read(heard.AsSpan(i * FrameSamples, FrameSamples));
        return heard;
    }

    private static short[] Noise(Random random, int samples)
    {
        var pcm = new short[samples];
        foreach (ref var sample in pcm.AsSpan())
            sample = (short)random.Next(-9_000, 9_000);
        return pcm;
    }
}
