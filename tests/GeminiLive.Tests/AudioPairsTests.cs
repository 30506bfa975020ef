using System.Text.Json;

namespace GeminiLive.Tests;

/// <summary>Where sessions are many, caller audio by which nobody decides anything goes up in messages of two chunks.</summary>
public sealed class AudioPairsTests
{
    private const int Chunk = 320;

    [Fact]
    public async Task Steady_chunk_waits_for_the_next_one_and_any_other_for_none()
    {
        var (uplink, crowd) = NewUplink(pairsFrom: 2);
        crowd.Enter();
        crowd.Enter();
        var waiting = uplink.WaitAsync().AsTask();
        uplink.Write(new short[Chunk], isSteady: true);
        Assert.False(waiting.IsCompleted);
        uplink.Write(new short[Chunk], isSteady: true);
        await waiting;
        Read(uplink, chunks: 2);

        // A caller who stops: what waited and what is new are there at once.
        waiting = uplink.WaitAsync().AsTask();
        uplink.Write(new short[Chunk], isSteady: true);
        Assert.False(waiting.IsCompleted);
        uplink.Write(new short[Chunk / 2], isSteady: false);
        await waiting;
        Read(uplink, chunks: 1);
        waiting = uplink.WaitAsync().AsTask();
        uplink.Write(new short[Chunk / 2], isSteady: false);
        await waiting;
        Read(uplink, chunks: 1);
    }

    [Theory]
    [InlineData(20, 2, 1)]   // too few
    [InlineData(20, 0, 5)]   // not wanted
    [InlineData(40, 1, 5)]   // long enough by themselves
    public async Task Nothing_waits_where_sessions_are_few_or_it_is_not_wanted(int chunkMs, int pairsFrom, int sessions)
    {
        var (uplink, crowd) = NewUplink(pairsFrom, chunkMs);
        for (var i = 0; i < sessions; i++)
            crowd.Enter();
        var waiting = uplink.WaitAsync().AsTask();
        uplink.Write(new short[uplink.ChunkSamples], isSteady: true);
        await waiting;
        Assert.False(uplink.Pairs);
    }

    [Fact]
    public async Task Nothing_waits_where_turns_are_marked_here()
    {
        var options = new LiveOptions { ApiKey = "k", AudioPairsFrom = 1 };
        options.ActivityDetection.Mode = "Manual";
        await using var rig = new LiveRig(options);
        await rig.Connect();
        rig.Client.Input.StartActivity();
        for (var chunk = 1; chunk <= 5; chunk++)
        {
            rig.Uplink.Write(new short[Chunk], isSteady: true);
            await rig.Until(() => Sent(rig).Sum(pcm => pcm.Length) == chunk * Chunk);
        }
    }

    [Fact]
    public async Task Pair_is_one_message_with_every_sample_in_order()
    {
        await using var rig = new LiveRig(new LiveOptions { ApiKey = "k", AudioPairsFrom = 1 });
        await rig.Connect();
        short next = 0;
        for (var chunks = 2; chunks <= 40; chunks += 2)
        {
            rig.Uplink.Write(Counting(ref next), isSteady: true);
            rig.Uplink.Write(Counting(ref next), isSteady: true);
            rig.Uplink.Wake();   // should the first of them have gone by itself
            await rig.Until(() => Sent(rig).Sum(pcm => pcm.Length) == chunks * Chunk);
        }
        var steady = Sent(rig).Length;
        Assert.InRange(steady, 20, 30);   // a loop that has not gone to rest yet may take the first of a pair by itself
        for (var single = 1; single <= 5; single++)
        {
            rig.Uplink.Write(Counting(ref next), isSteady: false);
            await rig.Until(() => Sent(rig).Length == steady + single);
        }
        var sent = Sent(rig);
        Assert.All(sent[..steady], pcm => Assert.InRange(pcm.Length, Chunk, 2 * Chunk));
        Assert.All(sent[steady..], pcm => Assert.Equal(Chunk, pcm.Length));
        Assert.Equal(Enumerable.Range(0, next).Select(i => (short)i), sent.SelectMany(pcm => pcm));
    }

    [Fact]
    public async Task Sessions_count_from_their_connection_to_their_end()
    {
        var options = new LiveOptions { ApiKey = "k" };
        await using var rig = new LiveRig(options);
        Assert.Equal(0, rig.Uplink.Crowd.Sessions);
        await rig.Connect();
        rig.Uplink.Write(new short[Chunk]);
        await rig.Until(() => Sent(rig).Length == 1);
        Assert.Equal(1, rig.Uplink.Crowd.Sessions);
        await rig.Client.CloseAsync();
        Assert.Equal(0, rig.Uplink.Crowd.Sessions);
    }

    private static (Uplink Uplink, LiveCrowd Crowd) NewUplink(int pairsFrom, int chunkMs = 20)
    {
        var crowd = new LiveCrowd();
        return (new Uplink(chunkMs, pairsFrom, crowd), crowd);
    }

    private static void Read(Uplink uplink, int chunks)
    {
        for (var i = 0; i < chunks; i++)
            Assert.True(uplink.TryRead(new short[Chunk]));
        Assert.False(uplink.TryRead(new short[Chunk]));
    }

    private static short[] Counting(ref short next)
    {
        var pcm = new short[Chunk];
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = next++;
        return pcm;
    }

    private static short[][] Sent(LiveRig rig) => [.. rig.Socket.Sent.Where(IsAudio).Select(Samples)];

    private static bool IsAudio(string message) => message.StartsWith("{\"realtimeInput\":{\"audio\"", StringComparison.Ordinal);

    private static short[] Samples(string message)
    {
        var data = JsonDocument.Parse(message).RootElement.GetProperty("realtimeInput").GetProperty("audio").GetProperty("data").GetBytesFromBase64();
        return [.. data.Chunk(2).Select(pair => BitConverter.ToInt16(pair))];
    }
}
