using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Telephony.Nat;
using Telephony.Sip.Resolution;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Nat;

/// <summary>The public address by host name and by STUN: found at start, looked up again every minute, kept while nobody can say.</summary>
public sealed class PublicAddressFinderTests : IDnsLookup, IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly OwnAddresses _own = new([], _ => null);
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly List<IPAddress> _hosts = [];

    public PublicAddressFinderTests() => _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose() => _server.Dispose();

    Task<DnsAnswer> IDnsLookup.QueryAsync(string name, DnsRecordType type)
    {
        Assert.Equal("pbx.example.com", name);
        var family = type == DnsRecordType.A ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        List<DnsRecord> records = [.. _hosts.Where(host => host.AddressFamily == family).Select(host => new AddressRecord(host))];
        return Task.FromResult(records.Count == 0 ? DnsAnswer.None(TimeSpan.Zero) : new DnsAnswer(DnsStatus.Found, records, TimeSpan.Zero));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_host_name_is_followed_wherever_it_leads_and_kept_while_it_leads_nowhere()
    {
        _hosts.AddRange([IPAddress.Parse("203.0.113.5"), IPAddress.Parse("2001:db8::5")]);
        await using var finder = await StartAsync("pbx.example.com");
        Assert.Equal(_hosts, _own.Public);

        _hosts.Clear();
        await NextLookAsync();
        Assert.Equal(2, _own.Public.Count);
        _hosts.Add(IPAddress.Parse("203.0.113.6"));
        await NextLookAsync();
        await UntilAsync(() => _own.Public[0].Equals(IPAddress.Parse("203.0.113.6")));
        Assert.Equal(IPAddress.Parse("2001:db8::5"), _own.Public[1]);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_stun_server_says_where_we_are()
    {
        var answering = AnswerAsync("203.0.113.77");
        await using var finder = await StartAsync($"stun:{_server.LocalEndPoint}");
        await answering;
        Assert.Equal([IPAddress.Parse("203.0.113.77")], _own.Public);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_lost_request_is_repeated_and_a_silent_server_delays_the_start_five_seconds_at_most()
    {
        var starting = StartAsync($"stun:{_server.LocalEndPoint}");
        var request = new byte[100];
        Assert.Equal(20, await _server.ReceiveAsync(request));
        await UntilAsync(() => _clock.ActiveTimers >= 2);
        _clock.Advance(TimeSpan.FromMilliseconds(501));
        Assert.Equal(20, await _server.ReceiveAsync(request));

        Assert.False(starting.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(4.6));
        await using var finder = await starting;
        Assert.Empty(_own.Public);
    }

    [Theory]
    [InlineData("203.0.113.5", "203.0.113.5", "", null)]
    [InlineData("2001:db8::5", "2001:db8::5", "", null)]
    [InlineData("pbx.example.com", null, "pbx.example.com", null)]
    [InlineData("stun:stun.example.com", null, "stun.example.com", 3478)]
    [InlineData("STUN:stun.example.com:19302", null, "stun.example.com", 19302)]
    [InlineData("stun:[2001:db8::5]:3479", null, "2001:db8::5", 3479)]
    public void The_setting_is_an_address_a_name_or_a_server(string text, string? address, string host, int? port)
    {
        Assert.True(PublicAddressSetting.TryParse(text, out var setting));
        Assert.Equal(new PublicAddressSetting(address is null ? null : IPAddress.Parse(address), host, port), setting);
    }

    private async Task<PublicAddressFinder> StartAsync(string text)
    {
        Assert.True(PublicAddressSetting.TryParse(text, out var setting));
        var finder = new PublicAddressFinder(setting, _own, this, _clock, NullLogger.Instance);
        await finder.StartAsync(CancellationToken.None);
        return finder;
    }

    private async Task NextLookAsync()
    {
        await UntilAsync(() => _clock.ActiveTimers > 0);
        _clock.Advance(PublicAddressFinder.Interval);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
            await Task.Delay(5);
    }

    private async Task AnswerAsync(string address)
    {
        var request = new byte[100];
        var received = await _server.ReceiveFromAsync(request, new IPEndPoint(IPAddress.Any, 0));
        await _server.SendToAsync((byte[])[1, 1, 0, 12, .. request[4..20], 0, 1, 0, 8, 0, 1, 0x12, 0x34, .. IPAddress.Parse(address).GetAddressBytes()], received.RemoteEndPoint);
    }
}
