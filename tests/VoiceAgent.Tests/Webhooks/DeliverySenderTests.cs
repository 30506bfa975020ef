using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Support;
using VoiceAgent.Webhooks;

namespace VoiceAgent.Tests.Webhooks;

/// <summary>What is posted to other systems: in order for each call, tried again as long as its kind is, and never without a bound.</summary>
public sealed class DeliverySenderTests : IAsyncDisposable
{
    private const string Secret = "a secret of twenty letters";
    private static readonly Uri Url = new("http://crm.example/calls");

    private readonly ManualTimeProvider _clock = new();
    private readonly LogLines<DeliverySender> _log = new();
    private readonly Web _web;
    private readonly HttpMessageInvoker _http;
    private readonly DeliverySender _sender;

    public DeliverySenderTests()
    {
        _web = new Web(_clock);
        _http = new HttpMessageInvoker(_web);
        _sender = new DeliverySender(_http, _clock, _log);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Steps_of_a_call_come_in_order_and_one_that_fails_is_tried_again()
    {
        _web.Answers(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);
        _sender.Send(Step("ringing"));
        _sender.Send(Step("ended"));
        await _web.UntilAsync(3);
        Assert.Equal(["ringing", "ringing", "ended"], _web.Bodies);
        Assert.All(_web.Signatures, Assert.Empty);
    }

    [Fact]
    public async Task A_system_that_is_down_is_told_a_calls_progress_three_times()
    {
        _web.Answers([.. Enumerable.Repeat(HttpStatusCode.InternalServerError, 3), HttpStatusCode.OK]);
        _sender.Send(Step("answered"));
        _sender.Send(Step("ended"));
        await _web.UntilAsync(4);
        Assert.Equal(["answered", "answered", "answered", "ended"], _web.Bodies);
        Assert.Equal(1, _sender.Lost);
    }

    [Fact]
    public async Task An_event_is_tried_for_hours_with_growing_pauses_and_then_given_up()
    {
        _web.Answers(HttpStatusCode.Redirect);
        _sender.Send(Event("call.ended", keepTrying: TimeSpan.FromHours(6)));
        await _web.UntilAsync(() => _sender.Lost == 1, TimeSpan.FromSeconds(30));
        Assert.InRange(_clock.GetElapsedTime(0), TimeSpan.FromHours(6), TimeSpan.FromHours(6.5));
        Assert.InRange(_web.Bodies.Count, 35, 70);   // ten minutes between two at last
        var pauses = _web.Moments.Zip(_web.Moments.Skip(1), (a, b) => b - a).ToList();
        Assert.InRange(pauses[0], TimeSpan.FromSeconds(0.7), TimeSpan.FromSeconds(31));
        Assert.All(pauses, pause => Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromMinutes(13.5)));
        Assert.Contains(_log.Lines, line => line.StartsWith("Warning: Call abc: crm.example could not be told after", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_try_is_signed_anew_and_the_id_stays()
    {
        _web.Answers(HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError, HttpStatusCode.OK);
        _sender.Send(Event("call.started"));
        await _web.UntilAsync(3);
        Assert.Equal(["event-1", "event-1", "event-1"], _web.Ids);
        var (first, last) = (_web.Signatures[0], _web.Signatures[2]);
        Assert.NotEqual(_web.Timestamps[0], _web.Timestamps[2]);
        Assert.Equal(WebhookSignature.Of(Secret, "event-1", _web.Timestamps[0], "call.started"u8), first);
        Assert.Equal(WebhookSignature.Of(Secret, "event-1", _web.Timestamps[2], "call.started"u8), last);
    }

    [Fact]
    public void The_signature_is_the_one_of_standard_webhooks()
    {
        // The example of the standard's own test suite.
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSignature.Of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", """{"test": 2432232314}"""u8));
    }

    [Fact]
    public async Task One_system_that_is_down_and_one_call_that_is_refused_hold_nobody_up()
    {
        _web.AnswersFor("bad", HttpStatusCode.BadRequest);
        _sender.Send(Event("bad", keepTrying: TimeSpan.FromHours(1), call: "bad"));
        _sender.Send(new Delivery(new Uri("http://down.example/"), "abc", "down"u8.ToArray()) { KeepTrying = TimeSpan.FromHours(1) });
        _sender.Send(Event("good", call: "good"));
        await _web.UntilAsync(() => _web.Bodies.Contains("good"), TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task What_finds_no_room_is_dropped_and_told_once_a_minute_and_another_system_has_room_of_its_own()
    {
        _web.AnswersFor("lost", HttpStatusCode.InternalServerError);
        for (var i = 0; i < DeliverySender.MaxWaitingPerHost + 50; i++)
            _sender.Send(Event("lost", keepTrying: TimeSpan.FromHours(6), call: $"{i % 3}"));
        Assert.Equal(50, _sender.Lost);
        Assert.Single(_log.Lines);
        for (var i = 0; i < 3; i++)
        {
            _sender.Send(new Delivery(new Uri("http://other.example/"), "abc", Encoding.UTF8.GetBytes($"other {i}")));
            await _web.UntilAsync(() => _web.Bodies.Contains($"other {i}"), TimeSpan.FromMilliseconds(1));
        }
        Assert.Equal(50, _sender.Lost);
    }

    [Fact]
    public async Task At_the_end_what_waits_is_tried_once_more()
    {
        _web.Answers(HttpStatusCode.InternalServerError, HttpStatusCode.OK);
        _sender.Send(Event("call.ended", keepTrying: TimeSpan.FromHours(6)));
        await _web.UntilAsync(1);
        await _sender.StopAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        Assert.Equal(["call.ended", "call.ended"], _web.Bodies);
        Assert.Equal(0, _sender.Lost);
    }

    public async ValueTask DisposeAsync()
    {
        _web.Answers(HttpStatusCode.OK);
        await _sender.DisposeAsync();
        _http.Dispose();
    }

    private static Delivery Step(string text) => new(Url, "abc", Encoding.UTF8.GetBytes(text));

    private static Delivery Event(string text, TimeSpan? keepTrying = null, string call = "abc") =>
        new(Url, call, Encoding.UTF8.GetBytes(text)) { Id = "event-1", Secret = Secret, KeepTrying = keepTrying ?? TimeSpan.FromHours(1) };

    /// <summary>A web server without a network: answers with the given codes, one after the other, the last one for ever.</summary>
    private sealed class Web(ManualTimeProvider clock) : HttpMessageHandler
    {
        private readonly ConcurrentDictionary<string, HttpStatusCode> _byBody = new(StringComparer.Ordinal);
        private readonly ConcurrentQueue<(string Body, string Id, string Timestamp, string Signature, TimeSpan At)> _seen = new();
        private HttpStatusCode[] _codes = [HttpStatusCode.OK];
        private int _next;

        public IReadOnlyList<string> Bodies => [.. _seen.Select(seen => seen.Body)];

        public IReadOnlyList<string> Ids => [.. _seen.Select(seen => seen.Id)];

        public IReadOnlyList<string> Timestamps => [.. _seen.Select(seen => seen.Timestamp)];

        public IReadOnlyList<string> Signatures => [.. _seen.Select(seen => seen.Signature)];

        public IReadOnlyList<TimeSpan> Moments => [.. _seen.Select(seen => seen.At)];

        public void Answers(params HttpStatusCode[] codes) => (_codes, _next) = (codes, 0);

        public void AnswersFor(string body, HttpStatusCode code) => _byBody[body] = code;

        public Task UntilAsync(int count) => UntilAsync(() => _seen.Count >= count, TimeSpan.FromSeconds(0.5));

        public async Task UntilAsync(Func<bool> isSo, TimeSpan step)
        {
            for (var i = 0; !isSo(); i++)
            {
                Assert.True(i < 20_000, string.Join(' ', Bodies));
                await Task.Delay(1);
                if (clock.ActiveTimers > 0)   // else the sender is at work, and its time stands still
                    clock.Advance(step);
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            _seen.Enqueue((body, Header(request, WebhookSignature.IdHeader), Header(request, WebhookSignature.TimestampHeader), Header(request, WebhookSignature.SignatureHeader), clock.GetElapsedTime(0)));
            if (request.RequestUri!.Host == "down.example")
                throw new HttpRequestException("Connection refused");
            var code = _byBody.TryGetValue(body, out var own) ? own : _codes[Math.Min(Interlocked.Increment(ref _next), _codes.Length) - 1];
            return new HttpResponseMessage(code);
        }

        private static string Header(HttpRequestMessage request, string name) => request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
    }
}
