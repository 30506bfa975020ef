using Support;
using VoiceAgent.Audio;

namespace VoiceAgent.Tests.Audio;

/// <summary>The audio between two joined calls: whole, in order, and never far behind.</summary>
public sealed class JoinedAudioTests
{
    private const int Frame = 320;

    private readonly JoinedAudio _joined = new();
    private readonly short[] _frame = new short[Frame];
    private short _next = 1;

    [Fact]
    public void Audio_comes_out_as_it_went_in_40_ms_later()
    {
        Say(2);
        Assert.Equal(0, _joined.Read(_frame));
        Say(1);
        Assert.Equal(Frame, _joined.Read(_frame));
        Assert.Equal(Enumerable.Range(1, Frame).Select(i => (short)i), _frame);
        for (var i = 1; i < 100; i++)
        {
            Say(1);
            Assert.Equal(Frame, _joined.Read(_frame));
            Assert.Equal((short)(i * Frame + 1), _frame[0]);
        }
    }

    [Fact]
    public void After_a_gap_the_delay_is_longer()
    {
        Say(3);
        Read(3);
        _joined.Read(_frame);   // dry
        Say(3);
        _joined.Read(_frame);
        Assert.NotEqual((short)(3 * Frame + 1), _frame[0]);
        Say(1);
        _joined.Read(_frame);
        Assert.Equal((short)(4 * Frame), _frame[^1]);
    }

    [Fact]
    public void What_piles_up_is_skipped()
    {
        Say(20);
        _joined.Read(_frame);
        Assert.Equal(17 * Frame, _joined.Skipped);
        Assert.InRange(_frame[0], 1, 30);   // the frame leads over
        Assert.Equal((short)(18 * Frame), _frame[^1]);
    }

    [Fact]
    public void What_is_missing_is_concealed_for_a_while()
    {
        _joined.Write(Tone.Sine(JoinedAudio.RateHz, 200, 3 * Frame, 8_000));
        Read(3);
        Read(2);
        Assert.NotEqual(0, _frame.Max());
        for (var i = 0; i < 4; i++)
            _joined.Read(_frame);
        Assert.Equal(0, _joined.Read(_frame));
        Assert.All(_frame, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Frames_of_any_packet_time_and_chunks_of_any_length_go_through()
    {
        _joined.Write(new short[40_000]);   // more than is kept
        var longFrame = new short[960];
        Assert.Equal(longFrame.Length, _joined.Read(longFrame));
        _joined.Write([]);
        Assert.Equal(160, _joined.Read(new short[160]));
    }

    [Fact]
    public void Nothing_is_allocated_while_it_runs()
    {
        Say(3);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _joined.Write(_frame);
            _joined.Read(_frame);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private void Say(int frames)
    {
        var said = new short[frames * Frame];
        foreach (ref var sample in said.AsSpan())
            sample = _next++;
        _joined.Write(said);
    }

    private void Read(int frames)
    {
        for (var i = 0; i < frames; i++)
            Assert.Equal(Frame, _joined.Read(_frame));
    }
}
