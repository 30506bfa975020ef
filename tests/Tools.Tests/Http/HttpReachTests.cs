using System.Net;
using Microsoft.AspNetCore.Http;
using Tools.Http;

namespace Tools.Tests.Http;

/// <summary>Where a declared web call may go, and what it carries there.</summary>
public sealed class HttpReachTests
{
    private const string Get = """ "Url": "/x", "Retries": 0 """;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fc00::1")]
    [InlineData("ff02::1")]
    public void Addresses_of_the_own_network_are_known_in_every_form(string address) => Assert.True(AddressRules.IsPrivate(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2a00:1450:4001::1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::808:808")]
    public void Addresses_of_the_public_network_are_not(string address) => Assert.False(AddressRules.IsPrivate(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task Name_that_leads_into_the_own_network_is_refused(string address)
    {
        await using var shop = await Shop.StartAsync();
        shop.Resolve = _ => [IPAddress.Parse(address)];
        await using var source = shop.Source(Get, isPrivate: false, source: """ "AllowPlainHttp": true """);

        Assert.Equal("The shop is at an address that must not be called.", (await source.CallAsync()).Error);
        Assert.Empty(shop.Requests);
    }

    [Fact]
    public async Task Cloud_credentials_are_out_of_reach_even_when_private_addresses_are_allowed()
    {
        await using var shop = await Shop.StartAsync();
        shop.Resolve = _ => [IPAddress.Parse("169.254.169.254")];
        await using var source = shop.Source(Get);

        Assert.Equal("The shop is at an address that must not be called.", (await source.CallAsync()).Error);
    }

    [Fact]
    public async Task Name_is_looked_up_once_for_each_connection_and_cannot_change_between_check_and_use()
    {
        await using var shop = (await Shop.StartAsync()).Says("{}");
        var answers = new Queue<string>(["::ffff:10.0.0.1", "127.0.0.1", "127.0.0.1"]);
        shop.Resolve = _ => [IPAddress.Parse(answers.Dequeue())];
        await using var source = shop.Source(Get, isPrivate: false, source: """ "AllowPlainHttp": true """);
        await using var inside = shop.Source(Get);

        // First checked and used, or refused, as one; a second answer is never asked for.
        Assert.NotNull((await source.CallAsync()).Error);
        Assert.Single(shop.LookedUp);
        Assert.NotNull((await source.CallAsync()).Error);
        Assert.Equal(2, shop.LookedUp.Count);
        Assert.Empty(shop.Requests);
        Assert.Null((await inside.CallAsync()).Error);
        Assert.Equal(3, shop.LookedUp.Count);
    }

    [Fact]
    public async Task Public_address_without_encryption_is_refused_where_only_private_ones_may_be_plain()
    {
        await using var shop = await Shop.StartAsync();
        shop.Resolve = _ => [IPAddress.Parse("8.8.8.8")];
        await using var source = shop.Source(Get);

        Assert.Equal("The shop is at an address that must not be called.", (await source.CallAsync()).Error);
    }

    [Fact]
    public async Task Next_address_is_tried_when_the_first_is_dead()
    {
        await using var shop = (await Shop.StartAsync()).Says("{}");
        shop.Resolve = _ => [IPAddress.IPv6Loopback, IPAddress.Loopback];
        await using var source = shop.Source(Get);

        Assert.Null((await source.CallAsync()).Error);
    }

    [Fact]
    public async Task Redirects_are_followed_to_allowed_hosts_without_our_headers()
    {
        await using var shop = await Shop.StartAsync();
        shop.Answer = context =>
        {
            var port = context.Request.Host.Port;
            var target = context.Request.Path.Value switch
            {
                "/x" => "/y?z=1",
                "/y" => $"http://{Shop.OtherHost}:{port}/there",
                _ => null,
            };
            if (target is null)
                return context.Response.WriteAsJsonAsync(new { ok = true });
            context.Response.Redirect(target);
            return Task.CompletedTask;
        };
        await using var source = shop.Source(Get, source: """ "Headers": { "Authorization": "Bearer 12345", "X-Key": "k" } """);

        Assert.Equal("""{"ok":true}""", (await source.CallAsync()).Json());
        Assert.Equal([("/x", "Bearer 12345"), ("/y?z=1", "Bearer 12345"), ("/there", null)], shop.Requests.Select(request => (request.Target, request.Header("Authorization"))));
        Assert.Null(shop.Requests.Last().Header("X-Key"));
    }

    [Theory]
    [InlineData("http://evil.example/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://shop.example.evil.example/")]
    [InlineData("http://user@shop.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://shop.example/")]
    [InlineData("/x")]
    public async Task Redirects_to_other_places_or_in_circles_are_not_followed(string target)
    {
        await using var shop = await Shop.StartAsync();
        shop.Answer = context =>
        {
            context.Response.Redirect(target);
            return Task.CompletedTask;
        };
        await using var source = shop.Source(Get);

        Assert.Equal("The shop sent us on to somewhere else, which is not allowed.", (await source.CallAsync()).Error);
        Assert.Equal(target == "/x" ? 4 : 1, shop.Requests.Count);
    }

    [Theory]
    [InlineData(302, 1)]
    [InlineData(303, 2)]
    public async Task Act_by_get_is_repeated_by_no_redirect(int status, int requests)
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(""" "Url": "/x", "Retries": 0, "Idempotent": false """);
        shop.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Path == "/x" ? status : 204;
            context.Response.Headers.Location = "/y";
            return Task.CompletedTask;
        };

        Assert.Equal(requests == 1, (await source.CallAsync()).IsUnknown);
        Assert.Equal(requests, shop.Requests.Count);
        Assert.Equal("6f1d-1", shop.Requests.First().Header("Idempotency-Key"));
    }

    [Fact]
    public async Task Redirect_to_a_private_address_is_refused_at_the_connection()
    {
        await using var shop = await Shop.StartAsync();
        shop.Resolve = host => [IPAddress.Parse(host == Shop.OtherHost ? "169.254.169.254" : "127.0.0.1")];
        shop.Answer = context =>
        {
            context.Response.Redirect($"http://{Shop.OtherHost}/latest/meta-data");
            return Task.CompletedTask;
        };
        await using var source = shop.Source(Get);

        Assert.Equal("The shop is at an address that must not be called.", (await source.CallAsync()).Error);
    }

    [Fact]
    public async Task Effects_are_not_repeated_elsewhere_but_their_result_is_fetched()
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(""" "Url": "/x", "Method": "POST", "Parameters": { "a": {} } """);
        var status = 307;
        shop.Answer = context =>
        {
            if (context.Request.Path == "/done")
                return context.Response.WriteAsJsonAsync(new { number = 5 });
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/done";
            return Task.CompletedTask;
        };

        Assert.True((await source.CallAsync("""{ "a": "b" }""")).IsUnknown);
        Assert.Single(shop.Requests);
        status = 303;
        Assert.Equal("""{"number":5}""", (await source.CallAsync("""{ "a": "b" }""")).Json());
        Assert.Equal(("GET", "/done", ""), (shop.Requests.Last().Method, shop.Requests.Last().Target, shop.Requests.Last().Body));
    }

    [Theory]
    [InlineData("berlin", "berlin.shop.example", true)]
    [InlineData("evil.example/", null, false)]
    [InlineData("a.b", null, false)]
    [InlineData("user@x", null, false)]
    [InlineData("-", null, false)]
    public async Task Argument_in_the_host_can_only_be_one_label(string branch, string? host, bool isSent)
    {
        await using var shop = (await Shop.StartAsync()).Says("{}");
        var source = shop.Factory().Create(Shop.Configuration($$"""
            { "AllowedHosts": [ "*.shop.example:{{shop.Port}}" ], "AllowPrivateAddresses": true,
              "Tools": { "find": { "Description": "d", "Url": "http://{branch}.shop.example:{{shop.Port}}/x", "Parameters": { "branch": { "Required": true } } } } }
            """)).Single();

        var result = await source.CallAsync($$"""{ "branch": "{{branch}}" }""");

        Assert.Equal(isSent, result.Error is null);
        Assert.Equal(host is null ? [] : [host], shop.LookedUp);
        await source.DisposeAsync();
    }

    [Theory]
    [InlineData("shop.example", "https://shop.example/", true)]
    [InlineData("shop.example", "https://SHOP.example:8443/", true)]
    [InlineData("shop.example:443", "https://shop.example:8443/", false)]
    [InlineData("shop.example", "https://a.shop.example/", false)]
    [InlineData("*.shop.example", "https://a.b.shop.example/", true)]
    [InlineData("*.shop.example", "https://shop.example/", false)]
    [InlineData("*.shop.example", "https://evilshop.example/", false)]
    [InlineData("[::1]:80", "http://[::1]/", true)]
    [InlineData("shop.example", "https://shop.example@evil.example/", false)]
    [InlineData("shop.example", "https://a:b@shop.example/", false)]
    public void Host_list_matches_exactly_or_below_a_star(string entry, string address, bool isAllowed)
    {
        Assert.Null(HostList.Fault(entry));
        Assert.Equal(isAllowed, new HostList([entry]).Allows(new Uri(address)));
    }
}
