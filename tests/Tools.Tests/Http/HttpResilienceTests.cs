using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Tools.Catalog;
using Tools.Invocation;
using Tools.Tests.Invocation;

namespace Tools.Tests.Http;

/// <summary>Second tries where they can do no harm, and rest for a server that keeps failing; on virtual time.</summary>
public sealed class HttpResilienceTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Reading_is_tried_again_until_it_works()
    {
        await using var shop = await Shop.StartAsync();
        var clock = new ManualTimeProvider();
        await using var source = shop.Source(""" "Url": "/x" """, clock);
        Fails(shop, times: 2, status: 500);

        var result = await RunAsync(source.CallAsync(), clock, TimeSpan.FromSeconds(7));

        Assert.Null(result.Error);
        Assert.Equal(3, shop.Requests.Count);
    }

    [Fact]
    public async Task Tries_end_with_their_number_and_the_last_failure_is_told()
    {
        await using var shop = await Shop.StartAsync();
        var clock = new ManualTimeProvider();
        await using var source = shop.Source(""" "Url": "/x", "Retries": 1 """, clock);
        Fails(shop, times: 9, status: 502);

        var result = await RunAsync(source.CallAsync(), clock, TimeSpan.FromSeconds(7));

        Assert.Equal("The shop reports a fault of its own.", result.Error);
        Assert.Equal(2, shop.Requests.Count);
    }

    [Theory]
    [InlineData(500, null, 1)]
    [InlineData(503, null, 1)]
    [InlineData(503, "1", 2)]
    [InlineData(429, null, 2)]
    public async Task Acting_is_tried_again_only_when_nothing_was_done(int status, string? retryAfter, int requests)
    {
        await using var shop = await Shop.StartAsync();
        var clock = new ManualTimeProvider();
        await using var source = shop.Source(""" "Url": "/x", "Method": "POST" """, clock);
        Fails(shop, times: 1, status, retryAfter);

        await RunAsync(source.CallAsync(), clock, TimeSpan.FromSeconds(7));

        Assert.Equal(requests, shop.Requests.Count);
        Assert.Single(shop.Requests.Select(request => request.Header("Idempotency-Key")).Distinct());
    }

    [Fact]
    public async Task Acting_that_is_declared_harmless_is_tried_again_under_the_same_key()
    {
        await using var shop = await Shop.StartAsync();
        var clock = new ManualTimeProvider();
        await using var source = shop.Source(""" "Url": "/x", "Method": "POST", "Idempotent": true """, clock);
        Fails(shop, times: 1, status: 500);

        Assert.Null((await RunAsync(source.CallAsync(), clock, TimeSpan.FromSeconds(7))).Error);
        Assert.Equal(["6f1d-1", "6f1d-1"], shop.Requests.Select(request => request.Header("Idempotency-Key")));
    }

    [Fact]
    public async Task Server_says_when_it_wants_to_be_asked_again()
    {
        await using var shop = await Shop.StartAsync();
        var clock = new ManualTimeProvider();
        await using var source = shop.Source(""" "Url": "/x" """, clock);
        var times = new ConcurrentQueue<TimeSpan>();
        shop.Answer = context =>
        {
            times.Enqueue(clock.GetElapsedTime(0));
            context.Response.StatusCode = times.Count == 1 ? 503 : 204;
            context.Response.Headers.RetryAfter = "5";
            return Task.CompletedTask;
        };

        Assert.Null((await RunAsync(source.CallAsync(), clock, TimeSpan.FromSeconds(7))).Error);
        Assert.InRange(times.Last() - times.First(), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.5));
    }

    [Fact]
    public async Task Server_that_wants_to_be_asked_too_late_is_not_waited_for()
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(""" "Url": "/x" """, new ManualTimeProvider());
        shop.Answer = context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "60";
            return Task.CompletedTask;
        };

        Assert.Equal("The shop is not available.", (await source.CallAsync()).Error);
        Assert.Single(shop.Requests);
    }

    [Fact]
    public async Task Server_that_keeps_failing_is_left_alone_and_probed_later()
    {
        await using var shop = await Shop.StartAsync();
        var clock = new ManualTimeProvider();
        var factory = shop.Factory(clock);
        var settings = Shop.Configuration($$"""
            { "BaseUrl": "http://{{Shop.Host}}:{{shop.Port}}", "AllowedHosts": [ "{{Shop.Host}}" ], "AllowPrivateAddresses": true, "Title": "The shop",
              "Tools": { "order": { "Description": "d", "Url": "/x", "Retries": 0 }, "book": { "Description": "d", "Url": "/y", "Method": "POST", "Retries": 0 } } }
            """);
        await using var source = factory.Create(settings).Single();
        var tools = await source.LoadAsync(CancellationToken.None);
        var (reading, booking) = (tools.Single(tool => tool.Name == "order"), tools.Single(tool => tool.Name == "book"));
        Fails(shop, times: 100, status: 500);
        for (var i = 0; i < 5; i++)
            await (i % 2 == 0 ? reading : booking).CallAsync();

        Assert.Equal("The shop keeps failing and is left alone for a few seconds.", (await reading.CallAsync()).Error);
        var acting = await booking.CallAsync();
        Assert.Equal((false, true), (acting.IsUnknown, acting.MayRetry));
        Assert.Equal(5, shop.Requests.Count);

        // A reload does not make a sick server well.
        await using var reloaded = factory.Create(settings).Single();
        Assert.Equal("The shop keeps failing and is left alone for a few seconds.", (await reloaded.CallAsync()).Error);

        clock.Advance(TimeSpan.FromSeconds(5.1));
        Assert.Equal("The shop reports a fault of its own.", (await reading.CallAsync()).Error);
        Assert.Equal("The shop keeps failing and is left alone for a few seconds.", (await reading.CallAsync()).Error);
        Assert.Equal(6, shop.Requests.Count);

        shop.Says("{}");
        clock.Advance(TimeSpan.FromSeconds(5.1));
        Assert.Null((await reading.CallAsync()).Error);
        Assert.Null((await booking.CallAsync()).Error);
    }

    [Fact]
    public async Task Policy_of_the_operator_overrules_what_the_method_says()
    {
        await using var shop = (await Shop.StartAsync()).Says("{}", 500);
        await using var catalog = await CatalogAsync(shop, """ "Idempotent": false """, TimeProvider.System);
        using var tools = catalog.Rent("a");

        Assert.True((await tools.Tools.Single().CallAsync()).IsUnknown);
        Assert.Equal("6f1d-1", Assert.Single(shop.Requests).Header("Idempotency-Key"));
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData(""" "Retries": 0 """, 1)]
    [InlineData(""" "Retries": 1 """, 2)]
    public async Task Tries_are_as_many_as_the_policy_says_and_are_counted_once(string policy, int requests)
    {
        await using var shop = (await Shop.StartAsync()).Says("{}", 500);
        var clock = new ManualTimeProvider();
        await using var catalog = await CatalogAsync(shop, policy, clock);
        using var tools = catalog.Rent("a");
        var services = new ToolServices(new MemoryLedger(), new Redaction(new RedactionOptions()), new ToolGates(), clock, NullLogger<CallTools>.Instance);
        var attempts = new ToolAttempts(tools.Tools.Single(), System.Text.Json.JsonDocument.Parse("{}").RootElement, Calling.Context, services);

        await RunAsync(EndAsync(), clock, TimeSpan.FromSeconds(7));

        Assert.Equal(requests, shop.Requests.Count);

        async Task<ToolResult> EndAsync()
        {
            await attempts.RunAsync(CancellationToken.None);
            return ToolResult.Ok(null);
        }
    }

    [Fact]
    public async Task Callers_who_hang_up_do_not_make_a_server_ill()
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(""" "Url": "/x", "Method": "POST" """, new ManualTimeProvider());
        for (var i = 0; i < 10; i++)
        {
            using var hangUp = new CancellationTokenSource();
            shop.Answer = async context =>
            {
                await hangUp.CancelAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            };
            Assert.True((await source.CallAsync(cancellation: hangUp.Token)).IsUnknown);
        }

        shop.Says("{}");
        Assert.Null((await source.CallAsync()).Error);
    }

    [Fact]
    public async Task Refusals_are_no_illness()
    {
        await using var shop = (await Shop.StartAsync()).Says("{}", 400);
        await using var source = shop.Source(""" "Url": "/x" """, new ManualTimeProvider());
        for (var i = 0; i < 20; i++)
            Assert.StartsWith("The shop refused this", (await source.CallAsync()).Error, StringComparison.Ordinal);
    }

    private static async Task<ToolCatalog> CatalogAsync(Shop shop, string policy, TimeProvider time)
    {
        var root = new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes($$"""
            { "Agents": { "Profiles": { "a": { "Tools": [ "shop" ] } } },
              "Tools": { "Policies": { "buy": { {{policy}} } },
                "Http": { "shop": { "AllowedHosts": [ "{{Shop.Host}}" ], "AllowPrivateAddresses": true,
                  "Tools": { "buy": { "Description": "Buys, by a GET.", "Url": "http://{{Shop.Host}}:{{shop.Port}}/buy" } } } } } }
            """))).Build();
        var catalog = new ToolCatalog([shop.Factory(time)], root, _ => null, time, NullLoggerFactory.Instance);
        await catalog.LoadAsync(CancellationToken.None);
        return catalog;
    }

    private static void Fails(Shop shop, int times, int status, string? retryAfter = null)
    {
        var left = times;
        shop.Answer = context =>
        {
            context.Response.StatusCode = Interlocked.Decrement(ref left) >= 0 ? status : 204;
            context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        };
    }

    // The clock moves while the tool waits for it, and not while it waits for the server.
    private static async Task<ToolResult> RunAsync(Task<ToolResult> call, ManualTimeProvider clock, TimeSpan atMost)
    {
        var started = System.Diagnostics.Stopwatch.StartNew();
        for (var moved = TimeSpan.Zero; !call.IsCompleted && started.Elapsed < Soon; await Task.Delay(1))
        {
            // The limit of the whole is one timer, and there is one for what is being waited for.
            if (clock.ActiveTimers < 2 || moved >= atMost)
                continue;
            clock.Advance(TimeSpan.FromMilliseconds(50));
            moved += TimeSpan.FromMilliseconds(50);
        }
        return await call.WaitAsync(Soon);
    }
}
