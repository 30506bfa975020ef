using Support;
using Telephony.Sip.Resolution;

namespace Telephony.Tests.Sip.Resolution;

/// <summary>What is remembered of names, how long, and what happens when nobody answers.</summary>
public sealed class DnsCacheTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly ZoneLookup _zone = new("a.example A 192.0.2.1");
    private readonly DnsCache _cache;

    public DnsCacheTests() => _cache = new(_zone, _clock);

    // A26: A record change.
    [Fact]
    public async Task A_changed_record_is_followed_when_its_time_is_over()
    {
        await AddressAsync();
        _zone.Zone[0] = "a.example A 192.0.2.2";
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("192.0.2.1", await AddressAsync());
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("192.0.2.2", await AddressAsync());
        Assert.Equal(2, _zone.Questions.Count);
    }

    [Fact]
    public async Task An_absent_name_is_remembered_too()
    {
        _zone.Zone.Clear();
        Assert.Equal("None", await AddressAsync());
        Assert.Equal("None", await AddressAsync());
        Assert.Single(_zone.Questions);
    }

    [Fact]
    public async Task Out_of_date_answers_serve_while_nobody_answers_but_not_for_ever()
    {
        await AddressAsync();
        _zone.IsDown = true;
        _clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal("192.0.2.1", await AddressAsync());
        _clock.Advance(TimeSpan.FromHours(13));
        Assert.Equal("Failed", await AddressAsync());
    }

    [Fact]
    public async Task A_failure_is_not_remembered()
    {
        _zone.IsDown = true;
        Assert.Equal("Failed", await AddressAsync());
        _zone.IsDown = false;
        Assert.Equal("192.0.2.1", await AddressAsync());
    }

    [Fact]
    public async Task Names_that_strangers_bring_do_not_fill_the_memory()
    {
        for (var i = 0; i < 3_000; i++)
            await _cache.QueryAsync($"h{i}.example", DnsRecordType.A);
        Assert.Equal(1_000, _cache.Count);
    }

    [Fact]
    public async Task One_question_is_under_way_for_all_who_ask_the_same_and_too_many_are_refused()
    {
        var slow = new SlowLookup();
        var cache = new DnsCache(slow, _clock);
        var same = Enumerable.Range(0, 10).Select(_ => cache.QueryAsync("a.example", DnsRecordType.A)).ToList();
        Assert.Equal(1, slow.Asked);
        var others = Enumerable.Range(0, 200).Select(i => cache.QueryAsync($"h{i}.example", DnsRecordType.A)).ToList();
        Assert.Equal(100, slow.Asked);
        slow.Finish();
        Assert.All(await Task.WhenAll(same), answer => Assert.Equal(DnsStatus.None, answer.Status));
        Assert.Equal(101, (await Task.WhenAll(others)).Count(answer => answer.Status == DnsStatus.Failed));
    }

    [Fact]
    public async Task Slow_names_of_strangers_do_not_take_a_known_one_away()
    {
        var slow = new SlowLookup { Known = "a.example" };
        var cache = new DnsCache(slow, _clock);
        await cache.QueryAsync("a.example", DnsRecordType.A);
        _clock.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 100; i++)
            _ = cache.QueryAsync($"h{i}.example", DnsRecordType.A);
        Assert.Equal(DnsStatus.Found, (await cache.QueryAsync("a.example", DnsRecordType.A)).Status);
        Assert.Equal(101, slow.Asked);
        slow.Finish();
    }

    private async Task<string> AddressAsync()
    {
        var answer = await _cache.QueryAsync("A.Example", DnsRecordType.A);
        return answer.Records.OfType<AddressRecord>().FirstOrDefault()?.Address.ToString() ?? answer.Status.ToString();
    }

    private sealed class SlowLookup : IDnsLookup
    {
        private readonly TaskCompletionSource _done = new();

        public int Asked { get; private set; }

        /// <summary>The one name that is answered at once.</summary>
        public string Known { get; init; } = "";

        public void Finish() => _done.SetResult();

        public async Task<DnsAnswer> QueryAsync(string name, DnsRecordType type)
        {
            Asked++;
            if (name == Known)
                return new(DnsStatus.Found, [new AddressRecord(System.Net.IPAddress.Loopback)], TimeSpan.FromMinutes(1));
            await _done.Task;
            return DnsAnswer.None(TimeSpan.FromMinutes(1));
        }
    }
}
