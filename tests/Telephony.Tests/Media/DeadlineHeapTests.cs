using System.Net.Sockets;
using Telephony.Media;

namespace Telephony.Tests.Media;

public sealed class DeadlineHeapTests
{
    [Fact]
    public void The_first_is_always_the_earliest_whatever_joins_moves_and_leaves()
    {
        var random = new Random(3);
        var heap = new DeadlineHeap();
        var all = new List<Due>();
        for (var step = 0; step < 20_000; step++)
        {
            if (all.Count < 10 || random.Next(4) == 0)
                all.Add(new Due());
            var media = all[random.Next(all.Count)];
            if (random.Next(4) == 0)
            {
                heap.Remove(media);
                all.Remove(media);
            }
            else
            {
                media.Ns = random.Next(1_000);
                heap.Update(media);
            }
            var inHeap = all.Where(m => m.HeapIndex >= 0).ToList();
            Assert.Equal(inHeap.Count, heap.Count);
            Assert.Equal(inHeap.Count == 0 ? long.MaxValue : inHeap.Min(m => m.Ns), heap.NextDueNs);
        }
    }

    private sealed class Due : ClockedMedia
    {
        public long Ns { get; set; }

        public override string CallId => "";

        public override Socket Rtp => throw new NotSupportedException();

        public override Socket Rtcp => throw new NotSupportedException();

        public override long DueNs => Ns;

        public override void Start(long nowNs, long firstDueNs)
        {
        }

        public override void ReceiveRtp(long nowNs)
        {
        }

        public override void ReceiveRtcp(long nowNs)
        {
        }

        public override void Tick(long nowNs)
        {
        }

        public override void Wake(long nowNs)
        {
        }

        public override void Stop(long nowNs)
        {
        }
    }
}
