using System.Net;
using System.Net.Sockets;
using Support;
using Telephony.Sip.Resolution;

namespace Telephony.Tests.Sip.Resolution;

/// <summary>Names whose servers never answer hold threads of their own, few of them, and none that anything else needs.</summary>
public sealed class SystemLookupTests : IDisposable
{
    private readonly ManualResetEventSlim _answer = new();
    private readonly ManualTimeProvider _clock = new();
    private int _onPool;
    private int _asked;

    public void Dispose()
    {
        _answer.Set();
        _answer.Dispose();
    }

    [Fact]
    public async Task Slow_names_hold_no_thread_of_the_pool_and_keep_their_places_until_they_end()
    {
        var lookup = new SystemLookup(2, Ask);
        var slow = new[] { lookup.GetAsync("a.example", AddressFamily.Unspecified), lookup.GetAsync("b.example", AddressFamily.Unspecified) };
        var refused = await Assert.ThrowsAsync<SocketException>(() => lookup.GetAsync("c.example", AddressFamily.Unspecified));
        Assert.Equal(SocketError.TryAgain, refused.SocketErrorCode);

        _answer.Set();
        await Task.WhenAll(slow);
        Assert.Equal([IPAddress.Loopback], await lookup.GetAsync("c.example", AddressFamily.Unspecified));
        Assert.Equal((0, 3), (_onPool, _asked));
    }

    [Fact]
    public async Task Place_of_a_name_that_was_given_up_is_not_free_before_the_system_has_answered()
    {
        var names = new SystemNames(_clock, new SystemLookup(1, Ask));
        var waiting = names.QueryAsync("a.example", DnsRecordType.A);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(DnsStatus.Failed, (await waiting.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).Status);
        Assert.Equal(DnsStatus.Failed, (await names.QueryAsync("b.example", DnsRecordType.A)).Status);
        Assert.InRange(_asked, 0, 1);   // its thread may not have begun
    }

    [Fact]
    public async Task Failure_of_the_system_is_the_askers()
    {
        var lookup = new SystemLookup(1, (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<SocketException>(() => lookup.GetAsync("none.example", AddressFamily.InterNetwork));
        Assert.Equal(DnsStatus.None, (await new SystemNames(_clock, lookup).QueryAsync("none.example", DnsRecordType.A)).Status);
    }

    private IPAddress[] Ask(string name, AddressFamily family)
    {
        Interlocked.Increment(ref _asked);
        if (Thread.CurrentThread.IsThreadPoolThread)
            Interlocked.Increment(ref _onPool);
        _answer.Wait(TimeSpan.FromSeconds(30));
        return [IPAddress.Loopback];
    }
}
