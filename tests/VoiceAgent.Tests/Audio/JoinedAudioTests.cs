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
        Assert.Equal(0, _joined.Read(_frame));   // dry
        Say(3);
        Assert.Equal(0, _joined.Read(_frame));
        Say(1);
        Assert.Equal(Frame, _joined.Read(_frame));
    }

    [Fact]
    public void What_piles_up_is_skipped()
    {
        Say(20);
        _joined.Read(_frame);
        Assert.Equal(17 * Frame, _joined.Skipped);
        Assert.Equal((short)(17 * Frame + 1), _frame[0]);
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
