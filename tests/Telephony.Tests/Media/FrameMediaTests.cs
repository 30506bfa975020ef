using Support;
using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;

namespace Telephony.Tests.Media;

/// <summary>The audio of a call without RTP, tick by tick: whole both ways, silence where nothing comes, bounds for who is too fast or too slow.</summary>
public sealed class FrameMediaTests
{
    private const long FrameNs = 20_000_000;
    private const int FrameSamples = FrameMedia.CallerRateHz / 50;
    private const int AgentSamples = FrameMedia.AgentRateHz / 50;

    private readonly Ends _ends = new();
    private readonly Told _told = new();
    private readonly FrameMedia _media;
    private int _fellBehind;
    private long _nowNs;

    public FrameMediaTests()
    {
        _media = new FrameMedia("call", _told, new RtpOptions()) { FellBehind = () => _fellBehind++ };
        _media.Connect(new FrameEnds(_ends, _ends));
        _media.Start(0, FrameNs);
    }

    [Fact]
    public void What_the_caller_says_is_moved_on_whole_and_their_silence_is_filled()
    {
        for (var frame = 0; frame < 50; frame++)
        {
            Assert.True(_media.TryHear(Ramp(frame * FrameSamples, FrameSamples)));
            Tick();
        }
        Assert.Equal(Ramp(0, 50 * FrameSamples), _ends.Heard);
        Assert.Equal(1, _told.FirstPackets);

        for (var frame = 0; frame < 50; frame++)
            Tick();
        var silence = _ends.Heard.Skip(50 * FrameSamples).ToList();
        Assert.InRange(silence.Count, 900 * 16, 1_000 * 16);
        Assert.All(silence, sample => Assert.Equal(0, sample));
        Assert.Equal(50, _media.Counters.PacketsReceived);
        Assert.InRange(_media.Counters.SilenceUs, 900_000, 1_000_000);
    }

    [Fact]
    public void What_the_caller_says_before_the_answer_is_taken_and_nobody_hears_it()
    {
        var media = new FrameMedia("call", _told, new RtpOptions());
        for (var frame = 0; frame < 500; frame++)
            Assert.True(media.TryHear(Ramp(1, FrameSamples)));
        media.Connect(new FrameEnds(_ends, _ends));
        media.Start(0, FrameNs);
        Assert.True(media.TryHear(Ramp(7, FrameSamples)));
        media.Tick(FrameNs);
        Assert.Equal(Ramp(7, FrameSamples), _ends.Heard);
    }

    [Fact]
    public void What_a_network_kept_back_is_made_up_for_and_none_of_it_is_lost()
    {
        for (var frame = 0; frame < 40; frame++)
            Tick();
        Assert.True(_media.TryHear(Ramp(1, 40 * FrameSamples)));
        for (var frame = 0; frame < 14; frame++)
            Tick();
        Assert.Equal(Ramp(1, 40 * FrameSamples), _ends.Heard.Where(sample => sample != 0));
    }

    [Fact]
    public void Who_speaks_faster_than_time_goes_by_finds_no_room()
    {
        var taken = 0;
        for (var frame = 0; frame < 500; frame++)
        {
            for (var again = 0; again < 5; again++)
                taken += _media.TryHear(new short[FrameSamples]) ? 1 : 0;
            Tick();
        }
        Assert.InRange(taken, 500, 500 + 101);   // a second ahead of time, and a second that waits
        Assert.InRange(_ends.Heard.Count / FrameSamples, 500, 551);
    }

    [Fact]
    public void What_the_agent_says_is_fetched_sample_for_sample_and_what_is_cut_is_not()
    {
        var frame = new short[AgentSamples];
        Assert.False(_media.TryFetch(frame));
        _ends.Says = 10;
        for (var i = 0; i < 12; i++)
            Tick();
        for (var i = 0; i < 4; i++)
        {
            Assert.True(_media.TryFetch(frame));
            Assert.Equal(Ramp(i * AgentSamples, AgentSamples), frame);
        }
        _media.Cut();
        Assert.False(_media.TryTakeCut());   // until the frame in which the sound fades
        _ends.Says = 1;
        Tick();
        Assert.True(_media.TryTakeCut());
        Assert.False(_media.TryTakeCut());
        Assert.False(_media.TryFetch(frame));
        _ends.Says = 1;
        Tick();
        Assert.True(_media.TryFetch(frame));
        Assert.Equal(Ramp(11 * AgentSamples, AgentSamples), frame);
        Assert.Equal(0, _fellBehind);
    }

    [Fact]
    public void Who_fetches_nothing_falls_behind_once_and_a_silent_caller_is_noticed()
    {
        _ends.Says = 200;
        for (var i = 0; i < 75; i++)
            Tick();
        Assert.Equal(0, _fellBehind);
        for (var i = 0; i < 100; i++)
            Tick();
        Assert.Equal(1, _fellBehind);
        for (var i = 0; i < 30 * 50; i++)
            Tick();
        Assert.Equal(1, _told.Timeouts);
    }

    [Fact]
    public void Ends_of_another_rate_are_served_in_time()
    {
        var joined = new Ends { SampleRateHz = 16_000, Says = 50 };
        _media.Connect(new FrameEnds(joined, joined));
        var frame = new short[AgentSamples];
        for (var i = 0; i < 50; i++)
        {
            Tick();
            Assert.True(_media.TryFetch(frame));
        }
        Assert.False(_media.TryFetch(frame));
    }

    [Fact]
    public void A_machine_that_was_stopped_makes_up_for_nothing()
    {
        Tick();
        _nowNs += 10_000_000_000;
        Tick();
        Assert.Equal(_nowNs + FrameNs, _media.DueNs);
    }

    [Fact]
    public void A_tick_allocates_nothing()
    {
        _ends.Says = int.MaxValue;
        _ends.Keeps = false;
        var (said, frame) = (new short[FrameSamples], new short[AgentSamples]);
        Assert.Equal(0, Allocations.Of(() =>
        {
            _media.TryHear(said);
            Tick();
            _media.TryFetch(frame);
        }));
    }

    private static short[] Ramp(int from, int count) => [.. Enumerable.Range(from, count).Select(i => (short)(i % 30_000))];

    private void Tick() => _media.Tick(_nowNs += FrameNs);

    /// <summary>The host's ends: keeps what it hears, and says a ramp.</summary>
    private sealed class Ends : IPcmSink, IPcmSource
    {
        private int _said;

        public int Says { get; set; }

        public bool Keeps { get; set; } = true;

        public List<short> Heard { get; } = [];

        public int SampleRateHz { get; init; }

        int IPcmSink.SampleRateHz => SampleRateHz > 0 ? SampleRateHz : 16_000;

        int IPcmSource.SampleRateHz => SampleRateHz > 0 ? SampleRateHz : 24_000;

        public void Write(ReadOnlySpan<short> pcm)
        {
            if (Keeps)
                Heard.AddRange(pcm);
        }

        public int Read(Span<short> frame)
        {
            frame.Clear();
            if (Says == 0)
                return 0;
            Says--;
            for (var i = 0; i < frame.Length; i++)
                frame[i] = (short)(_said++ % 30_000);
            return frame.Length;
        }
    }

    private sealed class Told : IMediaListener
    {
        public int FirstPackets { get; private set; }

        public int Timeouts { get; private set; }

        public void OnFirstPacket() => FirstPackets++;

        public void OnDigit(char digit, int durationMs)
        {
        }

        public void OnDigitsSent(string sent, string unsent)
        {
        }

        public void OnTimeout() => Timeouts++;

        public void OnFailed(Exception fault) => throw fault;
    }
}
