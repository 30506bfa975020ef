using System.Net;
using System.Net.Sockets;
using GeminiLive.Wire;
using Support;

namespace GeminiLive.Tests.Wire;

/// <summary>Many calls ask for one name at once, and name servers are slow, silent or wrong.</summary>
public sealed class HostLookupTests
{
    private static readonly IPAddress Former = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Later = IPAddress.Parse("192.0.2.2");

    private readonly ManualTimeProvider _clock = new();
    private readonly List<TaskCompletionSource<IPAddress[]>> _questions = [];
    private readonly HostLookup _lookup;

    public HostLookupTests() => _lookup = new HostLookup(_clock, _ =>
    {
        _questions.Add(new TaskCompletionSource<IPAddress[]>());
        return _questions[^1].Task;
    });

    [Fact]
    public async Task All_who_ask_at_once_and_soon_after_share_one_question()
    {
        var asking = Enumerable.Range(0, 50).Select(_ => FindAsync()).ToList();
        _questions[0].SetResult([Former]);
        foreach (var one in asking)
            Assert.Equal((Former, ""), await one);
        _clock.Advance(HostLookup.Fresh - TimeSpan.FromSeconds(1));
        Assert.Equal((Former, ""), await FindAsync());
        Assert.Single(_questions);

        _clock.Advance(TimeSpan.FromSeconds(1));
        var anew = FindAsync();
        Assert.Equal(2, _questions.Count);
        _questions[1].SetResult([Later]);
        Assert.Equal((Later, ""), await anew);
    }

    [Fact]
    public async Task While_the_name_server_hangs_the_former_addresses_are_had_after_two_seconds_and_then_at_once()
    {
        await KnowAsync();
        _clock.Advance(HostLookup.Fresh);
        var first = FindAsync();
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(first.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal((Former, "the name server does not answer"), await first);

        var second = FindAsync();
        Assert.True(second.IsCompleted);
        Assert.Equal(Former, (await second).Address);
        Assert.Equal(2, _questions.Count);   // the one that was answered, and the one that hangs

        _questions[1].SetResult([Later]);
        Assert.Equal((Later, ""), await FindAsync());
    }

    [Fact]
    public async Task When_the_question_fails_the_former_addresses_are_had_for_an_hour()
    {
        await KnowAsync();
        _clock.Advance(HostLookup.MaxAge - TimeSpan.FromSeconds(1));
        Assert.Equal((Former, "broken"), await FailAsync());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((null, "broken"), await FailAsync());
    }

    [Fact]
    public async Task Who_gives_up_does_not_end_the_question_of_the_others()
    {
        using var hurry = new CancellationTokenSource();
        var (hasty, patient) = (_lookup.FindAsync("live.example", hurry.Token), FindAsync());
        await hurry.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hasty);
        _questions[0].SetResult([Former]);
        Assert.Equal((Former, ""), await patient);
        Assert.Single(_questions);
    }

    [Fact]
    public async Task Name_without_addresses_and_a_name_that_is_none_are_values()
    {
        var (nowhere, wrong) = (FindAsync("nowhere.example"), FindAsync("wrong.example"));
        _questions[0].SetResult([]);
        _questions[1].SetException(new ArgumentException("too long"));
        Assert.Equal((null, "no address"), await nowhere);
        Assert.Equal((null, "too long"), await wrong);
    }

    [Fact]
    public async Task No_more_hosts_are_remembered_than_there_is_room_for()
    {
        await KnowAsync();
        for (var i = 0; i < HostLookup.MaxHosts; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            _ = FindAsync($"{i}.example");
        }
        Assert.False(FindAsync().IsCompleted);
        Assert.Equal(HostLookup.MaxHosts + 2, _questions.Count);
    }

    [Fact]
    public async Task Connection_is_had_at_a_former_address_and_says_so_when_it_is_not()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await KnowAsync(IPAddress.Loopback);
        _clock.Advance(HostLookup.Fresh + HostLookup.Patience);
        var (socket, error) = await FailAsync(() => TcpOpener.ConnectAsync("live.example", port, _lookup, TimeProvider.System, CancellationToken.None));
        Assert.Equal("", error);
        socket!.Dispose();

        listener.Stop();
        (socket, error) = await FailAsync(() => TcpOpener.ConnectAsync("live.example", port, _lookup, TimeProvider.System, CancellationToken.None));
        Assert.Null(socket);
        Assert.EndsWith("(an address from before: broken)", error, StringComparison.Ordinal);
    }

    private Task KnowAsync() => KnowAsync(Former);

    private async Task KnowAsync(IPAddress address)
    {
        var asking = FindAsync();
        _questions[^1].SetResult([address]);
        Assert.Equal((address, ""), await asking);
    }

    private Task<(IPAddress? Address, string Error)> FailAsync() => FailAsync(() => FindAsync());

    private async Task<T> FailAsync<T>(Func<Task<T>> ask)
    {
        var asking = ask();
        _questions[^1].SetException(new SocketException((int)SocketError.TryAgain, "broken"));
        return await asking.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private async Task<(IPAddress? Address, string Error)> FindAsync(string host = "live.example")
    {
        var (addresses, error) = await _lookup.FindAsync(host, CancellationToken.None);
        return (addresses.Count == 0 ? null : Assert.Single(addresses), error);
    }
}
