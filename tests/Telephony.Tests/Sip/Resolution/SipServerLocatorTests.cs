using Telephony.Sip.Messages;
using Telephony.Sip.Resolution;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Resolution;

/// <summary>A26: which servers a URI means, in which order (RFC 3263).</summary>
public sealed class SipServerLocatorTests
{
    private static readonly string[] AllSockets = ["udp://0.0.0.0:5060", "tcp://0.0.0.0:5060", "tls://0.0.0.0:5061", "udp://[::]:5060", "tcp://[::]:5060", "tls://[::]:5061"];

    private static readonly string[] Domain =
    [
        "example.com NAPTR 50 50 s SIPS+D2T _sips._tcp.example.com",
        "example.com NAPTR 90 50 s SIP+D2T _sip._tcp.example.com",
        "example.com NAPTR 100 50 s SIP+D2U _sip._udp.example.com",
        "_sips._tcp.example.com SRV 1 0 5061 tls.example.com",
        "_sip._tcp.example.com SRV 1 0 5070 tcp.example.com",
        "_sip._udp.example.com SRV 1 0 5080 udp.example.com",
        "tls.example.com A 192.0.2.1",
        "tcp.example.com A 192.0.2.2",
        "udp.example.com A 192.0.2.3",
        "example.com A 192.0.2.9",
    ];

    // RFC 3263 section 4.1 and 4.2, case by case.
    [Theory]
    [InlineData("sip:192.0.2.7", "udp 192.0.2.7:5060")]
    [InlineData("sip:192.0.2.7:5090", "udp 192.0.2.7:5090")]
    [InlineData("sip:192.0.2.7;transport=tcp", "tcp 192.0.2.7:5060")]
    [InlineData("sips:192.0.2.7", "tls 192.0.2.7:5061")]
    [InlineData("sip:[2001:db8::7]:5090;transport=tls", "tls [2001:db8::7]:5090")]
    [InlineData("sip:example.com:5090", "udp 192.0.2.9:5090")]
    [InlineData("sips:example.com:5090", "tls 192.0.2.9:5090")]
    [InlineData("sip:example.com:5090;transport=tcp", "tcp 192.0.2.9:5090")]
    [InlineData("sip:example.com;transport=tcp", "tcp 192.0.2.2:5070")]
    [InlineData("sip:example.com;transport=udp", "udp 192.0.2.3:5080")]
    [InlineData("sip:example.com", "tls 192.0.2.1:5061, tcp 192.0.2.2:5070, udp 192.0.2.3:5080")]
    [InlineData("sips:example.com", "tls 192.0.2.1:5061")]
    [InlineData("sip:udp.example.com", "udp 192.0.2.3:5060")]
    [InlineData("sips:tcp.example.com", "tls 192.0.2.2:5061")]
    [InlineData("sip:udp.example.com;transport=tcp", "tcp 192.0.2.3:5060")]
    [InlineData("sip:nowhere.example", "")]
    [InlineData("tel:+4930123", "")]
    public async Task Each_form_of_uri_leads_to_its_servers(string uri, string expected) => Assert.Equal(expected, await LocateAsync(uri, Domain));

    [Fact]
    public async Task Without_naptr_the_srv_records_of_all_our_protocols_count() =>
        Assert.Equal("udp 192.0.2.3:5080, tcp 192.0.2.2:5070, tls 192.0.2.1:5061", await LocateAsync("sip:example.com", Domain[3..]));

    [Fact]
    public async Task Sips_never_leaves_tls_whatever_the_records_offer() =>
        Assert.Equal("", await LocateAsync("sips:example.com", [.. Domain.Where(line => !line.StartsWith("_sips", StringComparison.Ordinal))], "udp://0.0.0.0:5060"));

    [Fact]
    public async Task What_we_have_no_socket_for_is_passed_over() =>
        Assert.Equal("udp 192.0.2.3:5080", await LocateAsync("sip:example.com", Domain, "udp://0.0.0.0:5060"));

    [Fact]
    public async Task Preference_decides_where_the_order_is_the_same_and_flags_of_other_uses_are_ignored() => Assert.Equal("udp 192.0.2.3:5080", await LocateAsync(
        "sip:example.com",
        [
            "example.com NAPTR 10 5 u SIP+D2T _sip._tcp.example.com",
            "example.com NAPTR 10 7 s E2U+sip _sip._tcp.example.com",
            "example.com NAPTR 10 10 S sip+d2u _sip._udp.example.com",
            .. Domain[4..],
        ]));

    [Fact]
    public async Task Priorities_are_tried_in_order() => Assert.Equal("udp 192.0.2.1:1, udp 192.0.2.2:2, udp 192.0.2.3:3", await LocateAsync(
        "sip:example.com",
        [
            "_sip._udp.example.com SRV 30 0 3 c.example.com", "_sip._udp.example.com SRV 10 0 1 a.example.com", "_sip._udp.example.com SRV 20 9 2 b.example.com",
            "a.example.com A 192.0.2.1", "b.example.com A 192.0.2.2", "c.example.com A 192.0.2.3",
        ]));

    [Fact]
    public async Task A_server_without_an_address_does_not_hide_the_next() => Assert.Equal("udp 192.0.2.2:2", await LocateAsync(
        "sip:example.com", ["_sip._udp.example.com SRV 10 0 1 gone.example.com", "_sip._udp.example.com SRV 20 0 2 b.example.com", "b.example.com A 192.0.2.2"]));

    [Fact]
    public async Task A_domain_that_says_it_has_no_such_service_is_believed() =>
        Assert.Equal("", await LocateAsync("sip:example.com;transport=udp", ["_sip._udp.example.com SRV 0 0 0 .", "example.com A 192.0.2.9"]));

    // A26: IPv6 first.
    [Theory]
    [InlineData(true, "udp [2001:db8::1]:5060, udp 192.0.2.1:5060")]
    [InlineData(false, "udp 192.0.2.1:5060, udp [2001:db8::1]:5060")]
    public async Task A_server_with_both_kinds_of_address_is_tried_over_the_preferred_one_first(bool prefersIPv6, string expected)
    {
        var locator = Locator(new ZoneLookup("example.com A 192.0.2.1", "example.com AAAA 2001:db8::1"), prefersIPv6, AllSockets);
        Assert.Equal(expected, Text(await locator.LocateAsync(Uri("sip:example.com"))));
    }

    [Fact]
    public async Task Without_a_socket_of_ipv6_none_is_asked_for()
    {
        var zone = new ZoneLookup("example.com A 192.0.2.1", "example.com AAAA 2001:db8::1");
        Assert.Equal("udp 192.0.2.1:5060", Text(await Locator(zone, true, "udp://0.0.0.0:5060").LocateAsync(Uri("sip:example.com"))));
        Assert.DoesNotContain("example.com AAAA", zone.Questions);
    }

    // A26: SRV weights within 5 % over 10^4 picks.
    [Fact]
    public async Task Weights_share_the_first_place_as_they_say()
    {
        const int Picks = 10_000;
        var locator = Locator(
            new ZoneLookup(
                "_sip._udp.example.com SRV 10 50 1 a.example.com", "_sip._udp.example.com SRV 10 30 2 a.example.com", "_sip._udp.example.com SRV 10 20 3 a.example.com",
                "_sip._udp.example.com SRV 10 0 4 a.example.com", "a.example.com A 192.0.2.1"),
            true, AllSockets);
        var first = new int[5];
        for (var i = 0; i < Picks; i++)
        {
            var targets = await locator.LocateAsync(Uri("sip:example.com"));
            Assert.Equal(4, targets.Select(target => target.EndPoint.Port).Distinct().Count());
            first[targets[0].EndPoint.Port]++;
        }
        Assert.InRange(first[1], 0.95 * 0.50 * Picks, 1.05 * 0.50 * Picks);
        Assert.InRange(first[2], 0.95 * 0.30 * Picks, 1.05 * 0.30 * Picks);
        Assert.InRange(first[3], 0.95 * 0.20 * Picks, 1.05 * 0.20 * Picks);
        Assert.InRange(first[4], 1, 0.03 * Picks);   // RFC 2782: a very small chance
    }

    [Fact]
    public async Task Absurd_domains_cost_little()
    {
        var zone = new ZoneLookup([.. Enumerable.Range(1, 200).Select(i => $"_sip._udp.example.com SRV 10 65535 {i} h{i}.example.com"),
            .. Enumerable.Range(1, 200).Select(i => $"example.com NAPTR {i} 1 s SIP+D2U _sip._udp.example.com")]);
        Assert.Empty(await Locator(zone, true, AllSockets).LocateAsync(Uri("sip:example.com")));
        Assert.True(zone.Questions.Count < 200, $"{zone.Questions.Count} questions");
    }

    private static async Task<string> LocateAsync(string uri, string[] zone, params string[] sockets) =>
        Text(await Locator(new ZoneLookup(zone), true, sockets.Length > 0 ? sockets : AllSockets).LocateAsync(Uri(uri)));

    private static SipServerLocator Locator(ZoneLookup zone, bool prefersIPv6, params string[] sockets) =>
        new(zone, [.. sockets.Select(text => SipListenEndPoint.TryParse(text, out var socket) ? socket : throw new ArgumentException(text))], prefersIPv6, new Random(1));

    private static SipUri Uri(string text) => SipUri.TryParse(text, out var uri) ? uri : throw new ArgumentException(text);

    private static string Text(IEnumerable<SipTarget> targets) =>
        string.Join(", ", targets.Select(target => $"{target.Protocol.ToString().ToLowerInvariant()} {target.EndPoint}"));
}
