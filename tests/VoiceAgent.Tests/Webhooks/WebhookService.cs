using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Storage;
using Support;
using VoiceAgent.Records;
using VoiceAgent.Webhooks;

namespace VoiceAgent.Tests.Webhooks;

/// <summary>What a service has of webhooks, over a database that outlives it, on a clock that does so too; one that is not disposed of was killed.</summary>
internal sealed class WebhookService : HttpMessageHandler, IAsyncDisposable
{
    public const string Instance = "crash";
    public const string Target = "crm";

    public static readonly Uri Url = new("http://crm.example/calls");

    private readonly ConcurrentQueue<(string Id, JsonElement Body)> _taken = new();
    private readonly HttpMessageInvoker _http;
    private readonly UntoldEnds _untold;
    private readonly ManualTimeProvider _time;
    private int _tries;

    public WebhookService(Database database, ManualTimeProvider time, string target = Target, string instance = Instance)
    {
        _time = time;
        _http = new HttpMessageInvoker(this, disposeHandler: false);
        var options = new WebhookOptions { Targets = { [target] = new WebhookTarget { Url = Url.ToString(), Secret = "a secret of twenty letters" } } };
        var told = new ToldEnds();
        Sender = new DeliverySender(_http, time, Log);
        Events = new CallWebhooks(options, instance, Sender, told, time);
        _untold = new UntoldEnds(database, instance, Events, told, () => Writer?.Unfinished() ?? new HashSet<string>(), time, new LogLines<UntoldEnds>());
    }

    public DeliverySender Sender { get; }

    public CallWebhooks Events { get; }

    public LogLines<DeliverySender> Log { get; } = new();

    /// <summary>Keeps the calls of this process; null where it has none.</summary>
    public RecordWriter? Writer { get; set; }

    /// <summary>Whether the other system takes what it is told.</summary>
    public bool IsTaken { get; set; } = true;

    public int Tries => Volatile.Read(ref _tries);

    /// <summary>Ids of the events that the other system has taken.</summary>
    public IReadOnlyList<string> Ids => [.. _taken.Select(taken => taken.Id)];

    public IReadOnlyList<JsonElement> Bodies => [.. _taken.Select(taken => taken.Body)];

    public async Task StartAsync() => await _untold.StartAsync(CancellationToken.None);

    /// <summary>One that has known its system from before any call, and looks after the calls that others have made and left.</summary>
    public static async Task<WebhookService> BeforeAllAsync(Database database)
    {
        var time = new ManualTimeProvider();
        time.Advance(TimeProvider.System.GetUtcNow() - time.GetUtcNow());
        var service = new WebhookService(database, time);
        await service.StartAsync();
        return service;
    }

    public async Task StopAsync()
    {
        await Sender.StopAsync(CancellationToken.None);
        await _untold.StopAsync(CancellationToken.None);
    }

    /// <summary>Time passes until it is so; the database works at its own pace.</summary>
    public async Task UntilAsync(Func<bool> isSo, TimeSpan? step = null)
    {
        for (var i = 0; !isSo(); i++)
        {
            Assert.True(i < 20_000, string.Join(' ', Ids));
            await Task.Delay(1);
            if (_time.ActiveTimers > 0)
                _time.Advance(step ?? TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>So much time passes, and the database has its turns.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            for (var i = 0; _time.ActiveTimers == 0; i++)
            {
                Assert.True(i < 20_000);
                await Task.Delay(1);
            }
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Sender.DisposeAsync();
        await _untold.DisposeAsync();
        _http.Dispose();
        Dispose();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken)).RootElement.Clone();
        Interlocked.Increment(ref _tries);
        if (!IsTaken)
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        _taken.Enqueue((request.Headers.TryGetValues(WebhookSignature.IdHeader, out var ids) ? ids.Single() : "", body));
        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }
}
