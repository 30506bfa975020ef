using System.Net;
using Support;
using Telephony.Sip.Identity.Stir;

namespace Telephony.Tests.Sip.Identity.Stir;

/// <summary>Goal A28: certificates are fetched within bounds of size, time and address, and kept.</summary>
public sealed class CertificateStoreTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly StirSigner _signer;
    private int _fetched;

    public CertificateStoreTests() => _signer = new StirSigner(_clock.GetUtcNow());

    [Fact]
    public async Task A_certificate_is_fetched_once_a_day()
    {
        var store = Store(_ => Task.FromResult<byte[]?>(_signer.Certificate));
        Assert.Equal("", (await store.GetAsync("https://a"))!.Fault);
        _clock.Advance(TimeSpan.FromHours(23));
        Assert.NotNull(await store.GetAsync("https://a"));
        Assert.Equal(1, _fetched);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(await store.GetAsync("https://a"));
        Assert.Equal(2, _fetched);
    }

    [Fact]
    public async Task A_certificate_is_not_kept_beyond_its_own_end()
    {
        var store = Store(_ => Task.FromResult<byte[]?>(_signer.Issue(_signer.Key, StirSigner.ProviderCode("1"), validDays: 0)));
        _clock.Jump(TimeSpan.FromHours(-1));
        Assert.Equal("", (await store.GetAsync("https://a"))!.Fault);
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.NotEqual("", (await store.GetAsync("https://a"))!.Fault);
    }

    [Fact]
    public async Task A_failure_is_remembered_for_half_a_minute()
    {
        var store = Store(_ => throw new HttpRequestException("404"));
        Assert.Null(await store.GetAsync("https://a"));
        Assert.Null(await store.GetAsync("https://a"));
        Assert.Equal(1, _fetched);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await store.GetAsync("https://a"));
        Assert.Equal(2, _fetched);
    }

    [Fact]
    public async Task A_server_that_is_slow_is_left_after_a_second()
    {
        var never = new TaskCompletionSource<byte[]?>();
        var store = Store(_ => never.Task);
        var waiting = store.GetAsync("https://a");
        Assert.True(SpinWait.SpinUntil(() => _clock.ActiveTimers >= 2, TimeSpan.FromSeconds(5)));   // of the token and of the wait
        _clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Null(await waiting.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Few_are_fetched_at_a_time_and_each_once()
    {
        var never = new TaskCompletionSource<byte[]?>();
        var store = Store(_ => never.Task);
        var waiting = Enumerable.Range(0, CertificateStore.MaxFetches).Select(n => store.GetAsync($"https://{n}")).ToList();
        var same = store.GetAsync("https://0");
        Assert.Null(await store.GetAsync("https://more"));
        never.SetResult(_signer.Certificate);
        Assert.All(await Task.WhenAll([.. waiting, same]), Assert.NotNull);
        Assert.Equal(CertificateStore.MaxFetches, _fetched);
        Assert.NotNull(await store.GetAsync("https://more"));
    }

    [Fact]
    public async Task Strangers_addresses_do_not_push_good_certificates_out()
    {
        var store = Store(uri => Task.FromResult(uri == "https://good" ? _signer.Certificate : null));
        await store.GetAsync("https://good");
        for (var i = 0; i < 2 * CertificateStore.MaxEntries; i++)
            await store.GetAsync($"https://{i}");
        var fetched = _fetched;
        Assert.NotNull(await store.GetAsync("https://good"));
        Assert.Equal(fetched, _fetched);
    }

    [Fact]
    public async Task One_host_takes_no_more_than_its_share_whatever_its_addresses()
    {
        var store = Store(_ => Task.FromResult<byte[]?>(_signer.Certificate));
        await store.GetAsync("https://other.example/a");
        for (var i = 0; i < 2 * CertificateStore.MaxEntries; i++)
            await store.GetAsync($"https://cert.example:{1 + i}/a?n={i}");
        var fetched = _fetched;
        await store.GetAsync("https://other.example/a");
        Assert.Equal(fetched, _fetched);
        await store.GetAsync("https://CERT.example:1/a?n=0");
        Assert.Equal(fetched + 1, _fetched);
    }

    [Theory]
    [InlineData("https://cert.example.org/a.pem", "*", true)]
    [InlineData("https://cert.example.org:443/a.pem", "*", true)]
    [InlineData("https://cert.example.org:8443/a.pem", "*", false)]
    [InlineData("https://cert.example.org/a.pem", "", false)]
    [InlineData("http://cert.example.org/a.pem", "*", false)]
    [InlineData("http://cert.example.org:443/a.pem", "*", false)]
    [InlineData("ftp://cert.example.org/a.pem", "*", false)]
    [InlineData("file:///etc/passwd", "*", false)]
    [InlineData("https://user@cert.example.org/a.pem", "*", false)]
    [InlineData("/a.pem", "*", false)]
    [InlineData("", "*", false)]
    [InlineData("https://CERT.example.org/a.pem", "cert.example.org", true)]
    [InlineData("https://cert.example.org:8443/a.pem", "cert.example.org", false)]
    [InlineData("https://CERT.example.org:8443/a.pem", "cert.example.org:8443", true)]
    [InlineData("https://cert.example.org/a.pem", "cert.example.org:8443", false)]
    [InlineData("https://cert.example.org.evil/a.pem", "cert.example.org", false)]
    public void Only_HTTPS_of_allowed_hosts_is_asked(string uri, string allowed, bool isAsked)
    {
        using var fetch = new CertificateFetch(new StirOptions { AllowedHosts = allowed.Length == 0 ? [] : [allowed] });
        Assert.Equal(isAsked, fetch.TryRead(uri, out _));
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("2606:4700::1", true)]
    public void Private_addresses_are_not_asked(string address, bool isPublic) => Assert.Equal(isPublic, FetchAddresses.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task A_chain_comes_over_real_HTTPS_within_its_size_and_without_redirects()
    {
        using var authority = new TestAuthority();
        await using var server = await CertificateServer.StartAsync(authority, _signer.Certificate);
        var cancellation = TestContext.Current.CancellationToken;
        using var fetch = new CertificateFetch(new StirOptions { AllowedHosts = [$"localhost:{server.Address("cert").Port}"] }, authority.Trusted);
        Assert.Equal(_signer.Certificate, await fetch.GetAsync(server.Address("cert"), cancellation));
        await Assert.ThrowsAsync<HttpRequestException>(() => fetch.GetAsync(server.Address("large"), cancellation));
        await Assert.ThrowsAsync<HttpRequestException>(() => fetch.GetAsync(server.Address("redirect"), cancellation));
        await Assert.ThrowsAsync<HttpRequestException>(() => fetch.GetAsync(server.Address("missing"), cancellation));
        using var unnamed = new CertificateFetch(new StirOptions { AllowedHosts = ["*"] }, authority.Trusted);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => unnamed.GetAsync(server.Address("cert"), cancellation));
        Assert.Contains("no public address", refused.ToString(), StringComparison.Ordinal);
        using var untrusting = new CertificateFetch(new StirOptions { AllowedHosts = [$"localhost:{server.Address("cert").Port}"] });
        await Assert.ThrowsAsync<HttpRequestException>(() => untrusting.GetAsync(server.Address("cert"), cancellation));
    }

    public void Dispose() => _signer.Dispose();

    private CertificateStore Store(Func<string, Task<byte[]?>> fetch) => new(
        (uri, _) =>
        {
            Interlocked.Increment(ref _fetched);
            return fetch(uri);
        },
        _signer.Authorities, TimeSpan.FromSeconds(1), _clock);
}
