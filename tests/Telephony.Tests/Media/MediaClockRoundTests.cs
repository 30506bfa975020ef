using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Telephony.Media;
using Telephony.Rtp;

namespace Telephony.Tests.Media;

/// <summary>What the media thread does with packets that wait: each goes to its call, all of them before the next rest, and those of calls that have left to nobody.</summary>
public sealed class MediaClockRoundTests
{
    // As many as the clock takes from one look.
    private const int MaxReady = 128;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task In_rounds_all_that_has_come_is_read_before_the_next_rest()
    {
        var (waiter, media) = await RunAsync(calls: 300, calls => [.. calls.Select(call => new ReadySocket(call.Slot, IsRtcp: false))]);
        Assert.Equal([MaxReady, MaxReady, 300 - 2 * MaxReady, 0], waiter.Looks.Take(4));
        Assert.Equal([0, 0, 0, 1], waiter.RestsBefore.Take(4));
        Assert.All(media, call => Assert.Equal((1, 0), (call.RtpReads, call.RtcpReads)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public async Task Packets_go_to_their_call_and_socket_and_those_of_a_call_that_has_left_to_nobody(int calls)
    {
        var (_, media) = await RunAsync(calls, calls => [new(calls[1].Slot, IsRtcp: true), new(calls.Max(call => call.Slot) + 1, IsRtcp: false), new(calls[0].Slot, IsRtcp: false)]);
        Assert.Equal((1, 0), (media[0].RtpReads, media[0].RtcpReads));
        Assert.Equal((0, 1), (media[1].RtpReads, media[1].RtcpReads));
        Assert.All(media.Skip(2), call => Assert.Equal((0, 0), (call.RtpReads, call.RtcpReads)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public async Task What_has_come_is_read_before_the_tick_that_would_take_it_for_missing(int calls)
    {
        var (_, media) = await RunAsync(calls, calls => [new(calls[0].Slot, IsRtcp: false)], (waiter, call) => call.DueNs <= waiter.NowNs);
        Assert.Equal("read tick", string.Join(' ', media[0].Story.TakeLast(2)));
    }

    // Once all have joined, what is ready is given as soon as the moment has come.
    private static async Task<(ReadyWaiter Waiter, IReadOnlyList<ReadCall> Media)> RunAsync(
        int calls, Func<IReadOnlyList<ReadCall>, List<ReadySocket>> ready, Func<ReadyWaiter, ReadCall, bool>? isMoment = null)
    {
        var time = new ManualTimeProvider();
        List<ReadCall> media = [.. Enumerable.Range(0, calls).Select(number => new ReadCall(number))];
        using var waiter = new ReadyWaiter(time, media, ready, isMoment ?? ((_, _) => true));
        using var clock = new MediaClock(new RtpOptions { RealTimePriority = RealTimePriority.Off }, time, NullLoggerFactory.Instance, meterFactory: null, waiter);
        media.ForEach(call => clock.Post(call, MediaRequests.Join));
        waiter.Begin();
        await waiter.Over.WaitAsync(Limit);
        return (waiter, media);
    }

    /// <summary>A call that notes what it is told.</summary>
    private sealed class ReadCall(int number) : ClockedMedia
    {
        private long _dueNs;

        public int RtpReads { get; private set; }

        public int RtcpReads { get; private set; }

        public List<string> Story { get; } = [];

        public override string CallId => $"call-{number}";

        public override Socket Rtp => throw new NotSupportedException();

        public override Socket Rtcp => throw new NotSupportedException();

        public override long DueNs => _dueNs;

        public override void Start(long nowNs, long firstDueNs) => _dueNs = firstDueNs / 100 * 100;   // virtual time counts in 100 ns

        public override void ReceiveRtp(long nowNs)
        {
            RtpReads++;
            Story.Add("read");
        }

        public override void ReceiveRtcp(long nowNs) => RtcpReads++;

        public override void Tick(long nowNs)
        {
            Story.Add("tick");
            _dueNs += 20_000_000;
        }

        public override void Wake(long nowNs)
        {
        }

        public override void Stop(long nowNs)
        {
        }
    }

    /// <summary>Sleeps by moving virtual time; at the moment, tells what is ready, and four looks later that it is over.</summary>
    private sealed class ReadyWaiter(ManualTimeProvider time, IReadOnlyList<ReadCall> calls, Func<IReadOnlyList<ReadCall>, List<ReadySocket>> ready, Func<ReadyWaiter, ReadCall, bool> isMoment) : IMediaWaiter
    {
        private const int LooksAfter = 4;

        private readonly SemaphoreSlim _begun = new(0);
        private readonly SemaphoreSlim _end = new(0);
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private List<ReadySocket>? _waiting;
        private int _rests;
        private int _added;
        private bool _isBegun;

        public string Name => "ready";

        public Task Over => _over.Task;

        public long NowNs => time.GetNs();

        /// <summary>How many each look found, from the moment on.</summary>
        public List<int> Looks { get; } = [];

        /// <summary>Rests between a look and the one before it.</summary>
        public List<int> RestsBefore { get; } = [];

        public void Begin() => _begun.Release();

        public void Add(ClockedMedia media) => _added++;

        public void Remove(ClockedMedia media)
        {
        }

        public int Wait(long timeoutNs, Span<ReadySocket> found)
        {
            if (!_isBegun)
            {
                _begun.Wait();
                _isBegun = true;
                return 0;
            }
            if (_added < calls.Count)
                return 0;
            if (_waiting is null && timeoutNs > 0)
                Rest(timeoutNs);
            if (_waiting is null && isMoment(this, calls[0]))
                (_waiting, _rests) = (ready(calls), 0);
            return _waiting is null ? 0 : Give(found);
        }

        public void Rest(long ns)
        {
            _rests++;
            time.Advance(TimeSpan.FromTicks((ns + 99) / 100));
        }

        public void Wake() => _end.Release();

        public void Dispose()
        {
            _begun.Dispose();
            _end.Dispose();
        }

        private int Give(Span<ReadySocket> found)
        {
            if (Looks.Count == LooksAfter)
                End();
            var count = Math.Min(found.Length, _waiting!.Count);
            for (var i = 0; i < count; i++)
                found[i] = _waiting[i];
            _waiting.RemoveRange(0, count);
            Looks.Add(count);
            RestsBefore.Add(_rests);
            _rests = 0;
            return count;
        }

        private void End()
        {
            while (_end.Wait(0))
            {
                // What the calls' joining has left.
            }
            _over.SetResult();
            _end.Wait();   // until the clock is disposed
        }
    }
}
