using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VoiceAgent.Webhooks;

namespace EndToEnd.Tests;

/// <summary>Other systems are told of calls over real HTTP: signed, again after a failure, and never where a redirect leads.</summary>
public sealed class WebhookTests
{
    private const string Secret = "a secret of twenty letters";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Events_of_a_call_come_in_order_signed_and_again_after_failures()
    {
        ConcurrentQueue<(string Type, bool IsSigned, JsonElement Data)> taken = new();
        var (failures, strayed) = (0, 0);
        await using var system = await StartAsync(async context =>
        {
            var body = await ReadAsync(context.Request);
            var headers = context.Request.Headers;
            if (Interlocked.Increment(ref failures) is 1 or 3)
            {
                context.Response.Redirect("/elsewhere");   // no answer that anybody follows
                return;
            }
            var signature = WebhookSignature.Of(Secret, headers[WebhookSignature.IdHeader]!, headers[WebhookSignature.TimestampHeader]!, body);
            var root = JsonDocument.Parse(body).RootElement;
            taken.Enqueue((root.GetProperty("type").GetString()!, headers[WebhookSignature.SignatureHeader] == signature, root.GetProperty("data")));
        }, () => Interlocked.Increment(ref strayed));
        await using var agent = await AgentUnderTest.StartAsync(
            null, ("Webhooks:Targets:crm:Url", $"{system.Urls.First()}/calls"), ("Webhooks:Targets:crm:Secret", Secret));
        await using var caller = await ConversationTests.Dial(agent);
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        await caller.HangUpAsync();
        using var limit = new CancellationTokenSource(Soon);
        while (taken.Count < 3 && !limit.IsCancellationRequested)
            await Task.Delay(50, TestContext.Current.CancellationToken);

        Assert.Equal(["call.started", "call.answered", "call.ended"], taken.Select(call => call.Type));
        Assert.All(taken, call => Assert.True(call.IsSigned));
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        var end = taken.Last().Data;
        Assert.Equal((record.CallId, "CallerHungUp", "reception"), (end.GetProperty("callId").GetString(), end.GetProperty("endReason").GetString(), end.GetProperty("agent").GetString()));
        Assert.Equal("The caller hung up.", end.GetProperty("summary")[1].GetString());
        Assert.Equal(0, strayed);
    }

    [Fact]
    public async Task A_system_that_never_answers_holds_no_call_and_no_stop_up()
    {
        await using var system = await StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted), () => { });
        var agent = await AgentUnderTest.StartAsync(null, ("Webhooks:Targets:crm:Url", $"{system.Urls.First()}/calls"), ("Webhooks:Targets:crm:Secret", Secret));
        await using (agent)
        {
            await using var caller = await ConversationTests.Dial(agent);
            Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
            await caller.HangUpAsync();
            await agent.WaitForRecordsAsync(1);
            await agent.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate calls, Action elsewhere)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/calls", calls);
        app.Map("/elsewhere", (RequestDelegate)(context =>
        {
            elsewhere();
            return Task.CompletedTask;
        }));
        await app.StartAsync();
        return app;
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        return Encoding.UTF8.GetBytes(await reader.ReadToEndAsync());
    }
}
