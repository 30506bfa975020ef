using Microsoft.Extensions.Logging.Abstractions;
using Tools.Invocation;

namespace Tools.Tests.Invocation;

public sealed class ToolThreadsTests
{
    private readonly ToolThreads _threads = new(4, NullLogger.Instance, new Redaction(new RedactionOptions()));

    [Fact]
    public async Task Code_begins_here_and_stays_here_after_each_await()
    {
        var isOnPool = await _threads.RunAsync(async () =>
        {
            var seen = new List<bool> { Thread.CurrentThread.IsThreadPoolThread };
            await Task.Yield();
            seen.Add(Thread.CurrentThread.IsThreadPoolThread);
            await Task.Delay(1);
            seen.Add(Thread.CurrentThread.IsThreadPoolThread);
            await Task.Factory.StartNew(() => seen.Add(Thread.CurrentThread.IsThreadPoolThread), CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Current);
            return seen;
        });
        Assert.Equal([false, false, false], isOnPool[..3]);
    }

    [Fact]
    public async Task Waiting_code_takes_no_thread()
    {
        var gate = new TaskCompletionSource<int>();
        var all = Enumerable.Range(0, 100).Select(_ => _threads.RunAsync(async () => await gate.Task)).ToList();
        Assert.Equal(7, await _threads.RunAsync(() => Task.FromResult(7)));
        Assert.InRange(_threads.Count, 1, 4);
        gate.SetResult(1);
        Assert.Equal(100, (await Task.WhenAll(all)).Sum());
    }

    [Fact]
    public async Task Blocked_threads_are_as_many_as_allowed_and_work_goes_on_when_one_is_free()
    {
        using var release = new SemaphoreSlim(0);
        using var blocked = new SemaphoreSlim(0);
        var stuck = Enumerable.Range(0, 4).Select(_ => _threads.RunAsync(() =>
        {
            blocked.Release();
            release.Wait();
            return Task.FromResult(0);
        })).ToList();
        for (var i = 0; i < 4; i++)
            await blocked.WaitAsync();
        var next = _threads.RunAsync(() => Task.FromResult(7));
        var isApart = false;
        await _threads.RunApartAsync(() => isApart = true);
        Assert.True(isApart);
        Assert.Equal(4, _threads.Count);
        Assert.False(next.IsCompleted);
        release.Release();
        Assert.Equal(7, await next);
        release.Release(3);
        await Task.WhenAll(stuck);
    }

    [Fact]
    public async Task Thread_that_may_never_come_back_is_lent_another_as_long_as_it_is_away()
    {
        using var release = new SemaphoreSlim(0);
        var threads = new ToolThreads(1, NullLogger.Instance, new Redaction(new RedactionOptions()));
        var stuck = threads.RunAsync(() => Block(7));
        var next = threads.RunAsync(() => Block(8));
        Assert.Equal(1, threads.Count);
        threads.Lend();
        Assert.Equal(2, threads.Count);
        release.Release(2);
        Assert.Equal(15, await stuck + await next);
        threads.TakeBack();

        Task<int> Block(int result)
        {
            release.Wait();
            return Task.FromResult(result);
        }
    }

    [Fact]
    public async Task Waiting_synchronously_for_own_asynchronous_code_does_not_lock_up() => Assert.Equal(7, await _threads.RunAsync(() => Task.FromResult(InnerAsync().Result)));

    private static async Task<int> InnerAsync()
    {
        await Task.Delay(1);
        return 7;
    }
}
