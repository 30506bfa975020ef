using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Simulation.Phone;

namespace EndToEnd.Tests;

/// <summary>Metrics, traces and logs arrive at a collector by OTLP, without what is private (A33).</summary>
public sealed class OtlpTests
{
    private const string Canary = "493099988877";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_call_arrives_as_a_trace_with_metrics_and_logs()
    {
        await using var collector = await Collector.StartAsync();
        await using var agent = await AgentUnderTest.StartAsync(null,
            ("Telemetry:Otlp:Endpoint", collector.Address), ("Telemetry:Otlp:Headers", "x-key=secret"), ("Logging:LogLevel:Default", "Information"), ("Calls:DrainGrace", "00:00:05"));
        await using var caller = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = agent.SipUri, CallerNumber = Canary });
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        await agent.StopAsync().WaitAsync(Soon);   // sends what is left

        var traces = collector.Text("/v1/traces");
        foreach (var name in (string[])["call", "signalling", "live setup", "media start", "turn", record.CallId, "CallerHungUp", "voiceagent"])
            Assert.Contains(name, traces, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, traces, StringComparison.Ordinal);
        var metrics = collector.Text("/v1/metrics");
        Assert.Contains("voiceagent.calls.ended", metrics, StringComparison.Ordinal);
        Assert.Contains("media.clock.lateness", metrics, StringComparison.Ordinal);
        Assert.Contains("dotnet.gc.collections", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, metrics, StringComparison.Ordinal);
        Assert.Contains(record.CallId, collector.Text("/v1/logs"), StringComparison.Ordinal);
        Assert.True(collector.HadKey);
    }

    [Fact]
    public async Task A_collector_that_is_not_there_changes_nothing_for_a_call_and_little_for_the_end()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Telemetry:Otlp:Endpoint", "http://127.0.0.1:9"));
        await using var caller = await ConversationTests.Dial(agent);
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        await caller.HangUpAsync();
        await agent.WaitForRecordsAsync(1);
        await agent.StopAsync().WaitAsync(Soon);
    }

    /// <summary>Takes what is posted to it.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();

        public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        public bool HadKey { get; private set; }

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var collector = new Collector(app);
            app.Run(collector.TakeAsync);
            await app.StartAsync();
            return collector;
        }

        // Strings stand in protobuf as they are.
        public string Text(string path) => string.Concat(_received.Where(post => post.Path == path).Select(post => Encoding.Latin1.GetString(post.Body)));

        public async ValueTask DisposeAsync() => await app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            HadKey |= context.Request.Headers["x-key"] == "secret";
            _received.Enqueue((context.Request.Path, body.ToArray()));
        }
    }
}
