using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Tools.Tests.Http;

/// <summary>A server that is slow, broken, hostile or gone costs one sentence, never more.</summary>
public sealed class HttpFaultTests
{
    private const string Get = """ "Url": "/x", "Timeout": "00:00:05", "Retries": 0 """;
    private const string Post = """ "Url": "/x", "Method": "POST", "Timeout": "00:00:05", "Retries": 0 """;

    [Theory]
    [InlineData(404, """{ "status": "not found" }""", "")]
    [InlineData(404, """{ "status": "not found", "message": "No order 17." }""", """{ "message": "No order 17." }""")]
    public async Task Nothing_found_is_a_result(int status, string expected, string body)
    {
        await using var shop = (await Shop.StartAsync()).Says(body, status);
        await using var source = shop.Source(Get);

        Assert.Equal(expected.Replace(" \"", "\"", StringComparison.Ordinal).Replace("{ ", "{", StringComparison.Ordinal).Replace(" }", "}", StringComparison.Ordinal)
            .Replace(": ", ":", StringComparison.Ordinal), (await source.CallAsync()).Json());
    }

    [Theory]
    [InlineData("GET", 400, """{ "error": { "message": "The day is a Sunday." } }""", "The shop refused this: The day is a Sunday.", false, false)]
    [InlineData("GET", 422, """{ "errors": [ { "detail": "Too many." } ] }""", "The shop refused this: Too many.", false, false)]
    [InlineData("GET", 400, """{ "message": "<script>" }""", "The shop refused this (status 400).", false, false)]
    [InlineData("GET", 400, """{ "message": "a\nb" }""", "The shop refused this (status 400).", false, false)]
    [InlineData("GET", 400, """{ "message": "\ud800" }""", "The shop refused this (status 400).", false, false)]
    [InlineData("GET", 401, """{ "message": "token abc is wrong" }""", "The shop does not accept our credentials.", false, false)]
    [InlineData("GET", 429, "", "The shop is busy.", true, false)]
    [InlineData("GET", 500, "", "The shop reports a fault of its own.", true, false)]
    [InlineData("GET", 503, "", "The shop is not available.", true, false)]
    [InlineData("POST", 409, """{ "title": "Already booked." }""", "The shop refused this: Already booked.", false, false)]
    [InlineData("POST", 404, "", "The shop refused this (status 404).", false, false)]
    [InlineData("POST", 429, "", "The shop is busy.", true, false)]
    [InlineData("POST", 503, "", "The shop was asked to do it, but is not available.", false, true)]
    [InlineData("POST", 500, "", "The shop was asked to do it, but reports a fault of its own.", false, true)]
    [InlineData("POST", 504, "", "The shop was asked to do it, but reports a fault of its own.", false, true)]
    public async Task Status_becomes_words(string method, int status, string body, string words, bool mayRetry, bool isUnknown)
    {
        await using var shop = (await Shop.StartAsync()).Says(body, status);
        await using var source = shop.Source($$""" "Url": "/x", "Method": "{{method}}", "Retries": 0 """);

        var result = await source.CallAsync();

        Assert.Equal((words, mayRetry, isUnknown), (result.Error, result.MayRetry, result.IsUnknown));
    }

    [Theory]
    [InlineData(Get, "The shop did not answer in time.", false)]
    [InlineData(Post, "The shop was asked to do it, but did not answer in time.", true)]
    public async Task Slow_server_ends_with_the_time(string settings, string words, bool isUnknown)
    {
        await using var shop = await Shop.StartAsync();
        var clock = new Support.ManualTimeProvider();
        await using var source = shop.Source(settings, clock);
        shop.Answer = context =>
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        var result = await source.CallAsync();

        Assert.Equal((words, isUnknown, false), (result.Error, result.IsUnknown, result.MayRetry));
    }

    [Fact]
    public async Task Slow_body_ends_with_the_time_too()
    {
        await using var shop = await Shop.StartAsync();
        var clock = new Support.ManualTimeProvider();
        await using var source = shop.Source(Get, clock);
        shop.Answer = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        Assert.Equal("The shop did not answer in time.", (await source.CallAsync()).Error);
    }

    [Fact]
    public async Task Cancelled_call_ends_at_once_and_says_so_where_something_may_have_been_done()
    {
        await using var shop = await Shop.StartAsync();
        await using var reading = shop.Source(Get);
        await using var acting = shop.Source(Post);
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var current = first;
        shop.Answer = async context =>
        {
            await current.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.CallAsync(cancellation: first.Token));
        current = second;
        Assert.True((await acting.CallAsync(cancellation: second.Token)).IsUnknown);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => acting.CallAsync(cancellation: new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(Get, "The shop broke the connection.", false)]
    [InlineData(Post, "The shop was asked to do it, but broke the connection.", true)]
    public async Task Connection_reset_after_the_request_leaves_effects_open(string settings, string words, bool isUnknown)
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(settings);
        shop.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        var result = await source.CallAsync();

        Assert.Equal((words, isUnknown), (result.Error, result.IsUnknown));
        Assert.Single(shop.Requests);
    }

    [Theory]
    [InlineData(Get)]
    [InlineData(Post)]
    public async Task Server_that_is_gone_has_done_nothing(string settings)
    {
        var shop = await Shop.StartAsync();
        await using var source = shop.Source(settings);
        await shop.DisposeAsync();

        var result = await source.CallAsync();

        Assert.Equal(("The shop cannot be reached.", true, false), (result.Error, result.MayRetry, result.IsUnknown));
    }

    [Fact]
    public async Task Name_without_address_is_told()
    {
        await using var shop = await Shop.StartAsync();
        shop.Resolve = _ => [];
        await using var source = shop.Source(Get);

        Assert.Equal("The shop cannot be reached.", (await source.CallAsync()).Error);
    }

    [Theory]
    [InlineData("application/json", "{ \"a\": ", "answered with garbled data.")]
    [InlineData("application/json", "{ \"a\": \"\\ud800\" }", "answered with garbled data.")]
    [InlineData("text/html", "<html></html>", "answered with something else than data.")]
    [InlineData("image/png", "x", "answered with something else than data.")]
    public async Task Unreadable_answer_is_told(string type, string body, string words)
    {
        await using var shop = await Shop.StartAsync();
        await using var reading = shop.Source(Get);
        await using var acting = shop.Source(Post);
        shop.Answer = context =>
        {
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body);
        };

        Assert.Equal($"The shop {words}", (await reading.CallAsync()).Error);
        Assert.True((await acting.CallAsync()).IsUnknown);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hundred_megabytes_are_not_read(bool isAnnounced)
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(Get);
        shop.Answer = async context =>
        {
            const int Total = 100 * 1024 * 1024;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = isAnnounced ? Total : null;
            var block = new byte[64 * 1024];
            for (var sent = 0; sent < Total && !context.RequestAborted.IsCancellationRequested; sent += block.Length)
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
        };

        var before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal("The shop answered with too much data.", (await source.CallAsync()).Error);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 60_000_000);
    }

    [Fact]
    public async Task Compressed_bomb_does_not_go_off()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var block = new byte[1024 * 1024];
            for (var i = 0; i < 100; i++)
                await gzip.WriteAsync(block);
        }
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(Get);
        shop.Answer = context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.Body.WriteAsync(packed.ToArray()).AsTask();
        };

        Assert.Equal("The shop answered with too much data.", (await source.CallAsync()).Error);

        shop.Answer = context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.WriteAsync("no gzip at all");
        };
        Assert.Equal("The shop answered with data that cannot be decompressed.", (await source.CallAsync()).Error);
    }

    [Fact]
    public async Task Untrusted_certificate_is_refused_and_a_trusted_one_is_taken()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={Shop.Host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Shop.Host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var shop = (await Shop.StartAsync(X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null))).Says("""{ "a": 1 }""");
        var roots = Path.GetTempFileName();
        await File.WriteAllTextAsync(roots, certificate.ExportCertificatePem());
        var settings = $$""" "Url": "https://{{Shop.Host}}:{{shop.Port}}/x", "Retries": 2 """;
        await using var wary = shop.Source(settings);
        await using var trusting = shop.Source(settings, source: $$""" "TrustedRoots": "{{roots}}" """);
        await using var otherName = shop.Source($$""" "Url": "https://{{Shop.OtherHost}}:{{shop.Port}}/x" """, source: $$""" "TrustedRoots": "{{roots}}" """);

        Assert.Equal("The shop could not prove who it is.", (await wary.CallAsync()).Error);
        Assert.Empty(shop.Requests);
        Assert.Equal("""{"a":1}""", (await trusting.CallAsync()).Json());
        Assert.Equal("The shop could not prove who it is.", (await otherName.CallAsync()).Error);
        File.Delete(roots);
    }
}
