using Telephony.Rtp;
using Telephony.Tests.Media;

namespace Telephony.Tests.Rtp;

public sealed class JitterBufferTests
{
    private const long Ms = 1_000_000;
    private const long Wait = 40 * Ms;

    public static TheoryData<ushort> FirstSequenceNumbers => SequenceNumberTests.FirstSequenceNumbers;

    [Theory, MemberData(nameof(FirstSequenceNumbers))]
    public void Packets_in_order_pass_at_once(ushort first)
    {
        var buffer = new JitterBuffer();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(PushResult.Taken, Push(buffer, first, i, 0));
            Assert.Equal([i], PopAll(buffer, 0));
        }
    }

    [Theory, MemberData(nameof(FirstSequenceNumbers))]
    public void A_gap_waits_then_counts_as_lost(ushort first)
    {
        var buffer = new JitterBuffer();
        Push(buffer, first, 0, 0);
        PopAll(buffer, 0);
        Push(buffer, first, 2, 20 * Ms);
        Assert.Empty(PopAll(buffer, 59 * Ms));
        Assert.Equal(60 * Ms, buffer.GapDueNs(Wait));
        Assert.True(buffer.TryPop(60 * Ms, Wait, force: false, out var packet));
        Assert.Equal(1, packet.LostBefore);
        Assert.Equal(long.MaxValue, buffer.GapDueNs(Wait));
    }

    [Theory, MemberData(nameof(FirstSequenceNumbers))]
    public void An_overtaken_packet_takes_its_place_and_tells_how_late_it_was(ushort first)
    {
        var buffer = new JitterBuffer();
        Push(buffer, first, 0, 0);
        PopAll(buffer, 0);
        Push(buffer, first, 3, 10 * Ms);
        Push(buffer, first, 2, 15 * Ms);
        Push(buffer, first, 1, 25 * Ms);
        Assert.Equal(15 * Ms, buffer.OvertakenByNs);
        Assert.Equal([1, 2, 3], PopAll(buffer, 25 * Ms));
    }

    [Theory, MemberData(nameof(FirstSequenceNumbers))]
    public void Late_and_doubled_packets_are_told_apart(ushort first)
    {
        var buffer = new JitterBuffer();
        Push(buffer, first, 0, 0);
        Push(buffer, first, 2, 0);
        Assert.Equal(PushResult.Duplicate, Push(buffer, first, 2, 0));
        PopAll(buffer, Wait);
        Assert.Equal(PushResult.Duplicate, Push(buffer, first, 0, Wait));
        Assert.Equal(PushResult.Late, Push(buffer, first, 1, Wait + Ms));
        Assert.Equal(Wait + Ms, buffer.OvertakenByNs);
        Assert.Equal(PushResult.Duplicate, Push(buffer, first, 1, Wait));
    }

    [Theory, MemberData(nameof(FirstSequenceNumbers))]
    public void A_jump_beyond_its_room_asks_to_be_emptied_first(ushort first)
    {
        var buffer = new JitterBuffer();
        Push(buffer, first, 0, 0);
        PopAll(buffer, 0);
        Push(buffer, first, 2, 0);
        Assert.Equal(PushResult.NoRoom, Push(buffer, first, 200, 0));
        Assert.Equal([2], PopAll(buffer, 0, force: true));
        Assert.Equal(PushResult.Taken, Push(buffer, first, 200, 0));
        Assert.True(buffer.TryPop(0, Wait, force: false, out var packet));
        Assert.Equal(197, packet.LostBefore);
    }

    [Theory, MemberData(nameof(FirstSequenceNumbers))]
    public void A_wild_number_is_believed_only_when_the_next_packet_follows_it(ushort first)
    {
        var buffer = new JitterBuffer();
        Push(buffer, first, 0, 0);
        PopAll(buffer, 0);
        Assert.Equal(PushResult.OutOfSequence, Push(buffer, first, 10_000, 0));
        Assert.Equal(PushResult.Taken, Push(buffer, first, 1, 0));
        Assert.Equal(PushResult.OutOfSequence, Push(buffer, first, 20_000, 0));
        PopAll(buffer, 0);
        Assert.Equal(PushResult.Taken, Push(buffer, first, 20_001, 0));
        Assert.Equal([20_001], PopAll(buffer, 0));
    }

    [Fact]
    public void A_payload_beyond_any_codec_is_refused() =>
        Assert.Equal(PushResult.TooLarge, Push(new JitterBuffer(), 0, 0, 0, new byte[JitterBuffer.MaxPayloadBytes + 1]));

    [Fact]
    public void Payloads_of_any_length_come_out_as_they_came_in()
    {
        var (buffer, random) = (new JitterBuffer(), new Random(1));
        for (var first = 0; first < 4_000; first += 10)
        {
            var payloads = Enumerable.Range(0, 10).Select(_ => new byte[random.Next(JitterBuffer.MaxPayloadBytes + 1)]).ToList();
            payloads.ForEach(random.NextBytes);
            foreach (var i in Enumerable.Range(0, 10).OrderBy(_ => random.Next()).Prepend(0).Distinct())
                Assert.Equal(PushResult.Taken, Push(buffer, 0, first + i, 0, payloads[i]));
            foreach (var payload in payloads)
            {
                Assert.True(buffer.TryPop(0, Wait, force: false, out var packet));
                Assert.Equal(payload, packet.Payload);
            }
        }
    }

    [Fact]
    public void Large_packets_behind_a_gap_fill_it_and_ask_to_be_popped()
    {
        var (buffer, largest) = (new JitterBuffer(), new byte[JitterBuffer.MaxPayloadBytes]);
        Push(buffer, 0, 0, 0);
        PopAll(buffer, 0);
        const int Fitting = PayloadBlocks.Count * PayloadBlocks.BlockBytes / JitterBuffer.MaxPayloadBytes;
        for (var i = 2; i < 2 + Fitting; i++)
            Assert.Equal(PushResult.Taken, Push(buffer, 0, i, 0, largest));
        Assert.Equal(PushResult.NoRoom, Push(buffer, 0, 2 + Fitting, 0, largest));
        Assert.Equal(Enumerable.Range(2, Fitting), PopAll(buffer, 0, force: true));
        Assert.Equal(PushResult.Taken, Push(buffer, 0, 2 + Fitting, 0, largest));
    }

    [Fact]
    public void A_call_s_buffer_is_at_most_32_kilobytes()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var buffer = new JitterBuffer();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 32 * 1024);
        GC.KeepAlive(buffer);
    }

    [Fact]
    public void Whatever_comes_leaves_in_order_once_and_every_number_is_a_packet_or_lost()
    {
        for (var seed = 0; seed < 200; seed++)
            RunShuffled(new Random(seed));
    }

    private static void RunShuffled(Random random)
    {
        var buffer = new JitterBuffer();
        var first = (ushort)random.Next(65_536);
        var arrivals = Enumerable.Range(0, 400).Where(i => i == 0 || random.NextDouble() > 0.05)
            .SelectMany(i => Enumerable.Repeat(i, random.NextDouble() < 0.02 ? 2 : 1))
            .Select(i => (Index: i, AtMs: i == 0 ? 0 : i * 20 + (random.NextDouble() < 0.05 ? random.Next(150) : random.Next(10))))
            .OrderBy(a => a.AtMs).ToList();
        var next = 0;
        foreach (var (index, atMs) in arrivals)
        {
            Push(buffer, first, index, atMs * Ms);
            while (buffer.TryPop(atMs * Ms, Wait, force: false, out var packet))
            {
                next += packet.LostBefore;
                Assert.Equal((uint)next, packet.Timestamp);
                next++;
            }
        }
        Assert.InRange(next, arrivals.Max(a => a.Index) - 10, arrivals.Max(a => a.Index) + 1);
    }

    private static PushResult Push(JitterBuffer buffer, ushort first, int index, long nowNs, byte[]? payload = null)
    {
        var datagram = TestPhone.Packet(0, false, SequenceNumber.Add(first, index), (uint)index, 1, payload ?? [1, 2]);
        Assert.True(RtpPacket.TryParse(datagram, out var packet));
        return buffer.Push(packet, nowNs);
    }

    private static List<int> PopAll(JitterBuffer buffer, long nowNs, bool force = false)
    {
        var indexes = new List<int>();
        while (buffer.TryPop(nowNs, Wait, force, out var packet))
            indexes.Add((int)packet.Timestamp);
        return indexes;
    }
}
