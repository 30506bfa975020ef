using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Telephony.Media;
using Telephony.Rtp;

namespace Telephony.Tests.Media;

/// <summary>How often the media thread wakes: for each call on its own while there are few, in rounds of a millisecond when there are many, and of two when there are very many.</summary>
public sealed class MediaClockTests
{
    private const long FrameNs = 20_000_000;
    private const long RoundNs = 1_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(300)]
    public async Task Packets_of_each_call_stay_20_ms_apart_however_many_there_are(int calls)
    {
        var roundNs = calls > 128 ? 2 * RoundNs : calls > 16 ? RoundNs : 100;
        var (sleeps, ticks) = await RunAsync(calls);
        Assert.All(ticks, call => Assert.All(call.Zip(call.Skip(1)), pair => Assert.Equal(FrameNs, pair.Second.NowNs - pair.First.NowNs)));
        Assert.All(ticks.SelectMany(call => call), tick => Assert.InRange(tick.NowNs - tick.DueNs, 0, roundNs));
        Assert.InRange(sleeps, 400, calls > 128 ? 525 : calls > 16 ? 1_050 : 1_700);
    }

    [Fact]
    public async Task Calls_that_take_longer_than_there_is_time_for_keep_nobody_from_being_heard()
    {
        var time = new ManualTimeProvider();
        using var waiter = new CountingWaiter(waits: 50);
        using var clock = new MediaClock(new RtpOptions { RealTimePriority = RealTimePriority.Off }, time, NullLoggerFactory.Instance, meterFactory: null, waiter);
        foreach (var number in Enumerable.Range(0, 30))
            clock.Post(new TickingCall(number) { OnTick = () => time.Advance(TimeSpan.FromMilliseconds(1)) }, MediaRequests.Join);   // 30 ms of work in every 20
        await waiter.Over.WaitAsync(Limit);
    }

    // A virtual second, after one in which the calls have joined.
    private static async Task<(int Sleeps, IReadOnlyList<IReadOnlyList<Tick>> Ticks)> RunAsync(int calls)
    {
        var time = new ManualTimeProvider();
        using var waiter = new VirtualWaiter(time, calls);
        using var clock = new MediaClock(new RtpOptions { RealTimePriority = RealTimePriority.Off }, time, NullLoggerFactory.Instance, meterFactory: null, waiter);
        var media = Enumerable.Range(0, calls).Select(number => new TickingCall(number)).ToList();
        media.ForEach(call => clock.Post(call, MediaRequests.Join));
        waiter.Begin();
        await waiter.Over.WaitAsync(Limit);
        return (waiter.Sleeps, [.. media.Select(call => (IReadOnlyList<Tick>)[.. call.Ticks.Where(tick => tick.NowNs >= VirtualWaiter.FromNs)])]);
    }

    private readonly record struct Tick(long DueNs, long NowNs);

    /// <summary>A call that wants nothing but its ticks.</summary>
    private sealed class TickingCall(int number) : ClockedMedia
    {
        private long _dueNs;

        public List<Tick> Ticks { get; } = [];

        public Action? OnTick { get; init; }

        public override string CallId => $"call-{number}";

        public override Socket Rtp => throw new NotSupportedException();

        public override Socket Rtcp => throw new NotSupportedException();

        public override long DueNs => _dueNs;

        public override void Start(long nowNs, long firstDueNs) => _dueNs = firstDueNs / 100 * 100;   // virtual time counts in 100 ns

        public override void ReceiveRtp(long nowNs) => throw new NotSupportedException();

        public override void ReceiveRtcp(long nowNs) => throw new NotSupportedException();

        public override void Tick(long nowNs)
        {
            Ticks.Add(new Tick(_dueNs, nowNs));
            _dueNs += FrameNs;
            OnTick?.Invoke();
        }

        public override void Wake(long nowNs)
        {
        }

        public override void Stop(long nowNs)
        {
        }
    }

    /// <summary>Never has anything to read, and tells when it has been asked often enough.</summary>
    private sealed class CountingWaiter(int waits) : IMediaWaiter
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waits;

        public string Name => "counting";

        public Task Over => _over.Task;

        public void Add(ClockedMedia media)
        {
        }

        public void Remove(ClockedMedia media)
        {
        }

        public int Wait(long timeoutNs, Span<ReadySocket> ready)
        {
            if (++_waits == waits)
                _over.SetResult();
            return 0;
        }

        public void Rest(long ns)
        {
        }

        public void Wake()
        {
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Sleeps by moving virtual time, which stands still for everything else.</summary>
    private sealed class VirtualWaiter(ManualTimeProvider time, int calls) : IMediaWaiter
    {
        public const long FromNs = 1_000_000_000;
        private const long UntilNs = 2 * FromNs;

        private readonly SemaphoreSlim _begun = new(0);
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _end = new(0);
        private int _added;
        private bool _isBegun;

        public string Name => "virtual";

        public int Sleeps { get; private set; }

        public Task Over => _over.Task;

        public void Begin() => _begun.Release();

        public void Add(ClockedMedia media) => _added++;

        public void Remove(ClockedMedia media)
        {
        }

        public int Wait(long timeoutNs, Span<ReadySocket> ready)
        {
            if (!_isBegun)
            {
                _begun.Wait();
                _isBegun = true;
            }
            else if (_added == calls && timeoutNs > 0)
                Sleep(timeoutNs);
            return 0;
        }

        public void Rest(long ns) => Sleep(ns);

        public void Wake() => _end.Release();

        public void Dispose()
        {
            _begun.Dispose();
            _end.Dispose();
        }

        private void Sleep(long ns)
        {
            time.Advance(TimeSpan.FromTicks((ns + 99) / 100));
            var nowNs = time.GetNs();
            if (nowNs >= FromNs)
                Sleeps++;
            if (nowNs < UntilNs || _over.Task.IsCompleted)
                return;
            while (_end.Wait(0))
            {
                // What the calls' joining has left.
            }
            _over.SetResult();
            _end.Wait();   // until the clock is disposed
        }
    }
}
