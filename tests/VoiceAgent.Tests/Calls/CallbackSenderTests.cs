using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using VoiceAgent.Calls;

namespace VoiceAgent.Tests.Calls;

/// <summary>What is told to other systems of calls that we make: in order, with a few tries, and never for ever.</summary>
public sealed class CallbackSenderTests
{
    private static readonly Uri Url = new("http://crm.example/calls");
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Steps_of_a_call_come_in_order_and_one_that_fails_is_tried_again()
    {
        using var web = new Web(_clock, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.OK);
        using var http = new HttpMessageInvoker(web);
        using var sender = new CallbackSender(http, _clock, NullLogger<CallbackSender>.Instance);
        await sender.StartAsync(CancellationToken.None);
        sender.Tell(Url, Status(OutboundState.Ringing));
        sender.Tell(Url, Status(OutboundState.Ended));

        await web.UntilAsync(3, TimeSpan.FromSeconds(0.5));
        Assert.Equal(["Ringing", "Ringing", "Ended"], web.Bodies.Select(body => body.Contains("Ringing", StringComparison.Ordinal) ? "Ringing" : "Ended"));
        Assert.All(web.Bodies, body => Assert.Contains("\"id\":\"abc\"", body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_system_that_is_down_is_asked_three_times()
    {
        using var web = new Web(_clock, [.. Enumerable.Repeat(HttpStatusCode.InternalServerError, 10)]);
        using var http = new HttpMessageInvoker(web);
        using var sender = new CallbackSender(http, _clock, NullLogger<CallbackSender>.Instance);
        await sender.StartAsync(CancellationToken.None);
        sender.Tell(Url, Status(OutboundState.Answered));
        await web.UntilAsync(3, TimeSpan.FromSeconds(0.5));
        sender.Tell(Url, Status(OutboundState.Ended));
        await web.UntilAsync(4, TimeSpan.FromSeconds(0.5));
        Assert.Equal(3, web.Bodies.Count(body => body.Contains("Answered", StringComparison.Ordinal)));
    }

    private static OutboundStatus Status(OutboundState state) =>
        new() { Id = "abc", State = state, Number = "+4930", Agent = "reception", StartedAt = DateTimeOffset.UnixEpoch };

    /// <summary>A web server without a network: answers with the given codes, one after the other.</summary>
    private sealed class Web(ManualTimeProvider clock, params HttpStatusCode[] codes) : HttpMessageHandler
    {
        private int _next;

        public ConcurrentQueue<string> Bodies { get; } = new();

        public async Task UntilAsync(int count, TimeSpan step)
        {
            for (var i = 0; Bodies.Count < count; i++)
            {
                Assert.True(i < 1_000, $"{Bodies.Count} of {count}");
                await Task.Delay(1);
                clock.Advance(step);
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var code = codes[Math.Min(Interlocked.Increment(ref _next), codes.Length) - 1];
            Bodies.Enqueue(await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(code);
        }
    }
}
