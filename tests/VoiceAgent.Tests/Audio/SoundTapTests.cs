using Support;
using Telephony.Audio;
using VoiceAgent.Audio;

namespace VoiceAgent.Tests.Audio;

/// <summary>Whoever listens to a call hears both sides at the same place, whatever the network, the phones' clocks and hold do; nobody waits for them.</summary>
public sealed class SoundTapTests
{
    private const int Rate = SoundTap.RateHz;
    private const int FrameMs = 20;
    private const int Frame = Rate * FrameMs / 1_000;
    private const short Click = 20_000;

    private readonly ManualTimeProvider _clock = new();
    private readonly SoundTap _tap;
    private readonly IPcmSink _sink;
    private readonly IPcmSource _source;
    private readonly Agent _agent = new();
    private readonly short[] _heard = new short[Frame];
    private readonly short[] _sent = new short[PlayoutBuffer.RateHz * FrameMs / 1_000];
    private readonly short[] _stereo = new short[2 * Rate];
    private long _said;   // samples of the caller so far, by the phone's own clock

    public SoundTapTests()
    {
        _clock.Advance(TimeSpan.FromSeconds(5));
        _tap = new SoundTap(_clock);
        _sink = _tap.Heard(new Caller());
        _source = _tap.Sent(_agent);
    }

    private double NowMs => _clock.GetElapsedTime(0).TotalMilliseconds - 5_000;

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(-500)]
    public void Both_sides_stay_together_by_clocks_that_differ_more_than_any(int ppm)
    {
        using var reader = _tap.Open();
        var (worst, callers, agents) = (0.0, 0, 0);
        var position = 0L;
        for (var second = 0; second < 200; second++)
        {
            for (var frame = 0; frame < 50; frame++)
            {
                SendFrame(click: frame == 25);
                for (var ms = 0; ms < FrameMs; ms += 4)
                {
                    _clock.Advance(TimeSpan.FromMilliseconds(4));
                    CallerUntilNow(ppm, second + 0.51);
                }
            }
            var count = reader.Read(_stereo);
            for (var i = 0; i < count; i++, position++)
            {
                var offsetMs = position * 1_000.0 / Rate % 1_000 - 500;
                if (_stereo[2 * i] > Click / 2)
                    (worst, callers) = (Math.Max(worst, Math.Abs(offsetMs - 10)), callers + 1);
                if (_stereo[2 * i + 1] > Click / 3)
                    (worst, agents) = (Math.Max(worst, Math.Abs(offsetMs)), agents + 1);
            }
        }
        Assert.Equal(0, reader.Lost);
        Assert.InRange(callers, 198, 450);   // a correction may make two of one
        Assert.InRange(agents, 198, 450);
        Assert.InRange(worst, 0, 20);
    }

    [Fact]
    public void What_is_not_sent_and_what_never_came_is_silence_and_shifts_nothing()
    {
        using var reader = _tap.Open();
        List<short> heard = [];
        Run(1_000, talks: true);
        heard.AddRange(ReadAll(reader));
        for (var second = 0; second < 7; second++)
        {
            Run(1_000, sends: false);
            heard.AddRange(ReadAll(reader));
        }
        Run(1_000, talks: true);
        Run(1_000);
        short[] all = [.. heard, .. ReadAll(reader)];
        Assert.All([0, 1], side =>
        {
            Assert.True(IsLoud(all, side, 100, 950));
            Assert.False(IsLoud(all, side, 1_060, 7_940));
            Assert.True(IsLoud(all, side, 8_060, 8_940));
            Assert.False(IsLoud(all, side, 9_060, 9_300));
        });
    }

    [Fact]
    public void Packets_that_come_in_bursts_stand_where_they_were_said()
    {
        using var reader = _tap.Open();
        Run(1_000);
        var pending = new List<short[]>();
        for (var frame = 0; frame < 100; frame++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(FrameMs));
            _source.Read(_sent);
            pending.Add(Tone.Sine(Rate, 400, Frame, frame is >= 20 and < 30 ? Click : 0));
            if (frame % 10 != 9)
                continue;
            pending.ForEach(packet => _sink.Write(packet));   // ten at once
            pending.Clear();
        }
        Run(1_000);
        var all = ReadAll(reader);
        var loud = Enumerable.Range(0, all.Length / 2).Where(i => Math.Abs((int)all[2 * i]) > Click / 2).ToList();
        Assert.InRange(loud[^1] - loud[0], 200 * Rate / 1_000 - 40, 200 * Rate / 1_000 + 40);
    }

    [Fact]
    public void A_slow_reader_loses_the_oldest_and_is_told_while_another_loses_nothing()
    {
        using var slow = _tap.Open();
        using var quick = _tap.Open();
        var read = 0;
        for (var second = 0; second < 10; second++)
        {
            Run(1_000, talks: second == 9);
            read += ReadAll(quick).Length / 2;
        }
        var late = ReadAll(slow);
        Assert.Equal(0, quick.Lost);
        Assert.Equal(quick.Position, read);
        Assert.Equal(quick.Position, slow.Position);
        Assert.Equal(slow.Lost + late.Length / 2, slow.Position);
        Assert.InRange(late.Length / 2, 3 * Rate, SoundLane.Capacity);
        Assert.True(IsLoud(late, 0, 1_000 * (late.Length / 2 - Rate / 2) / Rate, 1_000 * (late.Length / 2) / Rate - 20));
    }

    [Fact]
    public void Who_skips_hears_what_is_said_there_and_is_told_how_much_was_lost()
    {
        using var reader = _tap.Open();
        Run(2_000, talks: true);
        Run(500);
        reader.SkipTo(2 * Rate);
        reader.SkipTo(Rate);   // never back
        Assert.Equal((2 * Rate, 2 * Rate), (reader.Position, reader.Lost));
        var rest = ReadAll(reader);
        Assert.InRange(rest.Length / 2, 480 * Rate / 1_000, 510 * Rate / 1_000);
        Assert.False(IsLoud(rest, 0, 20, 460));
    }

    [Fact]
    public void Readers_come_and_go_and_hear_what_is_said_while_they_are_there()
    {
        Run(1_000, talks: true);
        var first = _tap.Open();
        Run(2_000);
        Assert.False(IsLoud(ReadAll(first), 0, 0, 1_000));
        first.Dispose();
        first.Dispose();
        Run(1_000, talks: true);
        using var second = _tap.Open();
        Run(1_000);
        using var third = _tap.Open();
        Run(1_000, talks: true);
        Assert.False(IsLoud(ReadAll(second), 0, 0, 1_000));
        Assert.True(IsLoud(ReadAll(third), 0, 100, 300));
    }

    [Fact]
    public void The_first_frames_stand_at_their_place_wherever_in_a_frame_somebody_begins_to_listen()
    {
        Run(1_000);
        _source.Read(_sent);
        _clock.Advance(TimeSpan.FromMilliseconds(15));
        using var reader = _tap.Open();
        _clock.Advance(TimeSpan.FromMilliseconds(5));
        _sink.Write(Tone.Sine(Rate, 400, Frame, Click));   // of which 5 ms were said since
        Run(1_000, talks: true);
        var all = ReadAll(reader);
        var silent = Enumerable.Range(0, all.Length / 2).First(i => Math.Abs((int)all[2 * i + 1]) > Click / 3);
        Assert.InRange(silent, 5 * Rate / 1_000, 10 * Rate / 1_000);   // a filter's delay behind its time
        Assert.True(IsLoud(all, 0, 0, 900));
        Assert.InRange(all.Length / 2, 980 * Rate / 1_000, 1_010 * Rate / 1_000);
    }

    [Fact]
    public void At_the_end_nothing_is_held_back()
    {
        using var reader = _tap.Open();
        Run(1_000, talks: true);
        _clock.Advance(TimeSpan.FromSeconds(60));
        var count = reader.Read(new short[4 * Rate], toTheEnd: true);
        Assert.InRange(count, Rate - Frame, Rate + Frame);
        Assert.Equal(0, reader.Read(_stereo, toTheEnd: true));
    }

    [Fact]
    public void Being_listened_to_allocates_nothing()
    {
        using var reader = _tap.Open();
        Round();
        Assert.Equal(0, Enumerable.Range(0, Allocations.Rounds).Min(_ => Round()));

        long Round()
        {
            long bytes = 0;
            for (var i = 0; i < 200; i++)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(i == 100 ? 5_000 : FrameMs));
                var before = GC.GetAllocatedBytesForCurrentThread();
                _sink.Write(_heard);
                _source.Read(_sent);
                reader.Read(_stereo);
                bytes += GC.GetAllocatedBytesForCurrentThread() - before;
            }
            return bytes;
        }
    }

    [Fact]
    public async Task A_reader_on_another_thread_never_gets_a_sample_of_another_time()
    {
        using var reader = _tap.Open();
        using var over = new CancellationTokenSource();
        using var began = new SemaphoreSlim(0);
        var read = 0L;
        var reading = Task.Run(() =>
        {
            var stereo = new short[1_000];
            var wrong = 0;
            began.Release();
            while (!over.IsCancellationRequested)
            {
                var count = reader.Read(stereo);
                var first = reader.Position - count;
                Interlocked.Add(ref read, count);
                for (var i = 0; i < count; i++)
                    wrong += stereo[2 * i] == (short)((first + i) & 0x7FFF) ? 0 : 1;
            }
            return wrong;
        });
        Assert.True(await began.WaitAsync(TimeSpan.FromSeconds(30)));
        var patience = System.Diagnostics.Stopwatch.StartNew();
        for (var at = 0L; at < 5_000L * Frame || (Interlocked.Read(ref read) < 100 * Frame && patience.Elapsed < TimeSpan.FromSeconds(30)); at += Frame)
        {
            for (var i = 0; i < Frame; i++)
                _heard[i] = (short)((at + i) & 0x7FFF);
            _clock.Advance(TimeSpan.FromMilliseconds(FrameMs));
            _sink.Write(_heard);
            _source.Read(_sent);
        }
        await over.CancelAsync();
        Assert.Equal(0, await reading);
        Assert.InRange(read, 100 * Frame, long.MaxValue);
    }

    private void Run(int ms, bool sends = true, bool talks = false)
    {
        _agent.Amplitude = talks ? Click : 0;
        for (var at = 0; at < ms; at += FrameMs)
        {
            if (sends)
                _source.Read(_sent);
            _clock.Advance(TimeSpan.FromMilliseconds(FrameMs));
            if (sends)
                _sink.Write(Tone.Sine(Rate, 400, Frame, talks ? Click : 0));
        }
    }

    private void SendFrame(bool click)
    {
        _agent.Clicks = click;
        _source.Read(_sent);
    }

    private void CallerUntilNow(int ppm, double clickAtSeconds)
    {
        // What a phone calls 20 ms is a little more or less.
        for (; _said + Frame <= NowMs * Rate / 1_000 * (1 + ppm / 1e6); _said += Frame)
        {
            _heard.AsSpan().Clear();
            var at = (long)(clickAtSeconds * Rate * (1 + ppm / 1e6)) - _said;
            if (at is >= 0 and < Frame)
                _heard[at] = Click;
            _sink.Write(_heard);
        }
    }

    private short[] ReadAll(SoundReader reader)
    {
        var all = new List<short>();
        while (reader.Read(_stereo) is > 0 and var count)
            all.AddRange(_stereo.AsSpan(0, 2 * count));
        return [.. all];
    }

    private static bool IsLoud(short[] stereo, int side, int fromMs, int toMs) =>
        Enumerable.Range(fromMs * Rate / 1_000, (toMs - fromMs) * Rate / 1_000).Count(i => Math.Abs((int)stereo[2 * i + side]) > Click / 10) > (toMs - fromMs) * Rate / 4_000;

    private sealed class Caller : IPcmSink
    {
        public int SampleRateHz => Rate;

        public void Write(ReadOnlySpan<short> pcm)
        {
        }
    }

    private sealed class Agent : IPcmSource
    {
        public int SampleRateHz => PlayoutBuffer.RateHz;

        public int Amplitude { get; set; }

        public bool Clicks { get; set; }

        public int Read(Span<short> frame)
        {
            for (var i = 0; i < frame.Length; i++)
                frame[i] = (short)(Amplitude * Math.Sin(i * 0.1));
            if (Clicks)
                frame[..3].Fill(Click);
            return frame.Length;
        }
    }
}
