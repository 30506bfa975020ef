using GeminiLive.Messages;
using Support;

namespace GeminiLive.Tests;

public sealed class UplinkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Chunks_hold_what_was_written_however_it_was_split(int seed)
    {
        var random = new Random(seed);
        var uplink = new Uplink(20);
        var chunk = new short[uplink.ChunkSamples];
        short next = 0, expected = 0;
        for (var i = 0; i < 2_000; i++)
        {
            uplink.Write(Counting(ref next, random.Next(0, 700)));
            while (uplink.TryRead(chunk))
                Assert.All(chunk, sample => Assert.Equal(expected++, sample));
        }
        Assert.Equal(0, uplink.DroppedSamples);
    }

    [Fact]
    public void Less_than_a_chunk_waits()
    {
        var uplink = new Uplink(40);
        uplink.Write(new short[639]);
        Assert.False(uplink.TryRead(new short[640]));
        uplink.Write(new short[1]);
        Assert.True(uplink.TryRead(new short[640]));
    }

    [Fact]
    public void Rewound_it_gives_its_last_second_again_and_counts_nothing_as_lost()
    {
        var uplink = new Uplink(20);
        var chunk = new short[uplink.ChunkSamples];
        short next = 0;
        for (var i = 0; i < 100; i++)
        {
            uplink.Write(Counting(ref next, chunk.Length));
            Assert.True(uplink.TryRead(chunk));
        }
        uplink.Rewind();
        Assert.True(uplink.TryRead(chunk));
        Assert.Equal(2 * Uplink.RateHz - Uplink.RateHz, chunk[0]);
        for (var i = 1; i < 50; i++)
            Assert.True(uplink.TryRead(chunk));
        Assert.False(uplink.TryRead(chunk));

        // Longer without a reader than it keeps: what was never taken is lost, what was taken before is not.
        uplink.Rewind();
        uplink.Write(new short[2 * Uplink.RateHz]);
        Assert.True(uplink.TryRead(chunk));
        Assert.Equal(Uplink.RateHz, uplink.DroppedSamples);
    }

    [Fact]
    public void Oldest_audio_gives_way_to_the_last_second_and_is_counted()
    {
        var uplink = new Uplink(20);
        short next = 0;
        for (var i = 0; i < 500; i++)
            uplink.Write(Counting(ref next, 320));

        var chunk = new short[320];
        Assert.True(uplink.TryRead(chunk));
        Assert.Equal(unchecked((short)(500 * 320 - 16_000)), chunk[0]);
        Assert.Equal(500 * 320 - 16_000, uplink.DroppedSamples);
        for (var i = 1; i < 50; i++)
            Assert.True(uplink.TryRead(chunk));
        Assert.False(uplink.TryRead(chunk));
    }

    [Fact]
    public void Write_longer_than_the_ring_keeps_its_end()
    {
        var uplink = new Uplink(20);
        short next = 0;
        uplink.Write(Counting(ref next, 100_000));

        var chunk = new short[320];
        Assert.True(uplink.TryRead(chunk));
        Assert.Equal(unchecked((short)(100_000 - 16_000)), chunk[0]);
    }

    [Fact]
    public void Mute_gives_silence_and_keeps_the_time_line()
    {
        var uplink = new Uplink(20);
        short next = 0;
        var chunk = new short[320];
        for (var i = 0; i < 102; i++)   // the mute ends behind the end of the ring
        {
            uplink.Write(Counting(ref next, 320));
            Assert.True(uplink.TryRead(chunk));
        }
        uplink.Mute(TimeSpan.FromMilliseconds(30));
        var loud = Enumerable.Repeat((short)9, 320).ToArray();
        uplink.Write(loud);
        uplink.Write(loud);

        Assert.True(uplink.TryRead(chunk));
        Assert.Equal(new short[320], chunk);
        Assert.True(uplink.TryRead(chunk));
        Assert.Equal([.. new short[160], .. loud[160..]], chunk);
    }

    [Fact]
    public void Word_of_who_hears_better_comes_with_the_chunk_it_was_said_of()
    {
        var uplink = new Uplink(40);
        var chunk = new short[640];
        var frame = new short[160];
        for (var i = 0; i < 200; i++)   // around the ring and over its end
        {
            for (var k = 0; k < 4; k++)
                uplink.Write(frame, isSpeech: i % 3 == 0 ? null : k < i % 4);
            Assert.True(uplink.TryRead(chunk));
            Assert.Equal(i % 3 == 0 ? (bool?)null : i % 4 >= 2, uplink.IsSpeech);
        }
        uplink.Mute(TimeSpan.FromSeconds(1));
        uplink.Write(new short[640], isSpeech: true);
        Assert.True(uplink.TryRead(chunk));
        Assert.False(uplink.IsSpeech);   // whom nobody shall hear does not speak
    }

    [Fact]
    public async Task Waiting_reader_is_woken_by_the_sample_that_completes_a_chunk()
    {
        var uplink = new Uplink(20);
        uplink.Write(new short[319]);
        var waiting = uplink.WaitAsync();
        Assert.False(waiting.IsCompleted);
        uplink.Write(new short[1]);
        await waiting;

        Assert.True(uplink.TryRead(new short[320]));
        var woken = uplink.WaitAsync();
        uplink.Wake();
        await woken;
    }

    [Fact]
    public async Task Reader_beside_a_fast_writer_never_sees_a_torn_chunk()
    {
        var uplink = new Uplink(20);
        const int Frames = 20_000;
        var writing = Task.Run(() =>
        {
            short next = 0;
            for (var i = 0; i < Frames; i++)
            {
                uplink.Write(Counting(ref next, 160));
                if (i % 50 == 0)
                    Thread.Yield();
            }
        });
        var chunk = new short[320];
        long read = 0;
        while (!writing.IsCompleted || uplink.WrittenSamples - uplink.DroppedSamples - read >= 320)
        {
            if (!uplink.TryRead(chunk))
                continue;
            read += 320;
            for (var i = 1; i < chunk.Length; i++)
                Assert.Equal(unchecked((short)(chunk[0] + i)), chunk[i]);
        }
        await writing;
        Assert.InRange(uplink.WrittenSamples - uplink.DroppedSamples - read, 0, 319);
    }

    [Fact]
    public void Frame_from_the_receive_path_to_the_finished_message_allocates_nothing()
    {
        var uplink = new Uplink(20);
        var message = new AudioMessage(320);
        var chunk = new short[320];
        var frame = new short[320];
        Pass(100);
        Assert.Equal(0, Allocations.OfRound(() => Pass(10_000)));

        void Pass(int frames)
        {
            for (var i = 0; i < frames; i++)
            {
                uplink.Write(frame);
                if (uplink.TryRead(chunk))
                    message.Write(chunk);
            }
        }
    }

    private static short[] Counting(ref short next, int samples)
    {
        var pcm = new short[samples];
        foreach (ref var sample in pcm.AsSpan())
            sample = next++;
        return pcm;
    }
}
