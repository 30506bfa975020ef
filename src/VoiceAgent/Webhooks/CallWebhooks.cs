using System.Text.Json;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Webhooks;

/// <summary>Makes events of what happens to calls, for each system that wants them: calls' loops -> <see cref="DeliverySender"/>.</summary>
/// <param name="options">The systems.</param>
/// <param name="instance">Name of this service.</param>
/// <param name="sender">Posts them.</param>
/// <param name="told">Knows which ends are told, so that those that are not are told again; null where calls are not kept, and nobody does.</param>
/// <param name="time">The service's clock.</param>
internal sealed class CallWebhooks(WebhookOptions options, string instance, DeliverySender sender, ToldEnds? told, TimeProvider time) : ICallObserver
{
    // What is told late leaves room for what happens now.
    private const int MaxWaitingForLate = DeliverySender.MaxWaitingPerHost / 5;

    /// <summary>Names of the systems that want to be told when a call is over.</summary>
    public IReadOnlyList<string> ToldOfEnds { get; } = [.. options.Targets.Where(target => target.Value.Wants(WebhookEvents.Ended)).Select(target => target.Key)];

    /// <inheritdoc/>
    public void OnStarted(CallRecord record) => Tell(WebhookEvents.Started, record);

    /// <inheritdoc/>
    public void OnAnswered(CallRecord record) => Tell(WebhookEvents.Answered, record);

    /// <inheritdoc/>
    public void OnTimeline(CallRecord record, TimelineEntry entry)
    {
    }

    /// <inheritdoc/>
    public void OnEnded(CallRecord record)
    {
        byte[]? body = null;
        foreach (var target in ToldOfEnds)
            TellEnd(target, record, body ??= Body(WebhookEvents.Ended, record, time.GetUtcNow()), DeliverySender.MaxWaitingPerHost);
    }

    /// <summary>Tells a system of a call that has ended some time ago, unless that is being done.</summary>
    /// <param name="target">Name of the system, of <see cref="ToldOfEnds"/>.</param>
    /// <param name="record">The call's record, which is complete.</param>
    /// <param name="endedAt">When it ended.</param>
    /// <returns>False when there is no room for it now.</returns>
    public bool TellEnd(string target, CallRecord record, DateTimeOffset endedAt) => TellEnd(target, record, Body(WebhookEvents.Ended, record, endedAt), MaxWaitingForLate);

    private bool TellEnd(string target, CallRecord record, byte[] body, int maxWaiting)
    {
        var delivery = Delivery(options.Targets[target], WebhookEvents.Ended, record, body);
        if (told is null)
            return sender.Send(delivery, maxWaiting);
        var key = RecordCursor.KeyOf(record);
        return !told.TryBegin(key, target)
            || sender.Send(delivery with { Ended = end => told.End(key, target, end) }, maxWaiting);
    }

    private void Tell(string type, CallRecord record)
    {
        byte[]? body = null;
        foreach (var target in options.Targets.Values.Where(target => target.Wants(type)))
            sender.Send(Delivery(target, type, record, body ??= Body(type, record, time.GetUtcNow())));
    }

    private byte[] Body(string type, CallRecord record, DateTimeOffset at) =>
        JsonSerializer.SerializeToUtf8Bytes(new WebhookEvent(type, at, WebhookCall.Of(record, instance, isOver: type == WebhookEvents.Ended)), WebhookJson.Default.WebhookEvent);

    private Delivery Delivery(WebhookTarget target, string type, CallRecord record, byte[] body) => new(new Uri(target.Url), record.CallId, body)
    {
        Id = $"{record.CallId}-{type}-{record.StartedAt.ToUnixTimeMilliseconds()}", Secret = target.Secret, KeepTrying = options.KeepTrying,
    };
}
