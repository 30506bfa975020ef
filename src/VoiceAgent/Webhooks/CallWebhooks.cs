using System.Text.Json;
using VoiceAgent.Calls;

namespace VoiceAgent.Webhooks;

/// <summary>Makes events of what happens to calls, for each system that wants them: calls' loops -> <see cref="DeliverySender"/>.</summary>
internal sealed class CallWebhooks(WebhookOptions options, string instance, DeliverySender sender, TimeProvider time) : ICallObserver
{
    private readonly (Uri Url, WebhookTarget Target)[] _targets = [.. options.Targets.Values.Select(target => (new Uri(target.Url), target))];

    /// <inheritdoc/>
    public void OnStarted(CallRecord record) => Tell(WebhookEvents.Started, record);

    /// <inheritdoc/>
    public void OnAnswered(CallRecord record) => Tell(WebhookEvents.Answered, record);

    /// <inheritdoc/>
    public void OnTimeline(CallRecord record, TimelineEntry entry)
    {
    }

    /// <inheritdoc/>
    public void OnEnded(CallRecord record) => Tell(WebhookEvents.Ended, record);

    private void Tell(string type, CallRecord record)
    {
        byte[]? body = null;
        foreach (var (url, target) in _targets)
        {
            if (!target.Wants(type))
                continue;
            var call = WebhookCall.Of(record, instance, isOver: type == WebhookEvents.Ended);
            body ??= JsonSerializer.SerializeToUtf8Bytes(new WebhookEvent(type, time.GetUtcNow(), call), WebhookJson.Default.WebhookEvent);
            sender.Send(new Delivery(url, record.CallId, body) { Id = $"{record.CallId}-{type}-{record.StartedAt.ToUnixTimeMilliseconds()}", Secret = target.Secret, KeepTrying = options.KeepTrying });
        }
    }
}
