using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;

namespace VoiceAgent.Webhooks;

/// <summary>Something that is posted to another system, and how often it is tried.</summary>
/// <param name="To">Where.</param>
/// <param name="CallId">The call that it is about: what one system is told of one call comes in order.</param>
/// <param name="Body">JSON as UTF-8.</param>
internal sealed record Delivery(Uri To, string CallId, byte[] Body)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    // A system that comes back is not to get everything at the same moment.
    private const double Jitter = 0.25;

    /// <summary>Identifies it at each try; sent where <see cref="Secret"/> is set.</summary>
    public string Id { get; init; } = "";

    /// <summary>What it is signed with; null leaves it without signature.</summary>
    public string? Secret { get; init; }

    /// <summary>How long it is tried again, with growing pauses; null for three tries within some seconds.</summary>
    public TimeSpan? KeepTrying { get; init; }

    /// <summary>Is told once how it ended; on any thread.</summary>
    public Action<DeliveryEnd>? Ended { get; init; }

    /// <summary>The next pause after a try that failed; null when it was the last one.</summary>
    /// <param name="tries">Tries so far.</param>
    /// <param name="age">Time since the first one.</param>
    public TimeSpan? PauseAfter(int tries, TimeSpan age)
    {
        if (KeepTrying is not { } limit)
            return tries switch { 1 => TimeSpan.FromSeconds(1), 2 => TimeSpan.FromSeconds(5), _ => null };
        if (age >= limit)
            return null;
        var pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(tries - 1, 20)), LongestPause.TotalSeconds));
        return pause * (1 - Jitter + 2 * Jitter * Random.Shared.NextDouble());
    }

    /// <summary>One try, to be disposed.</summary>
    public HttpRequestMessage ToRequest(DateTimeOffset now)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, To) { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        if (Secret is null)
            return request;
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add(WebhookSignature.IdHeader, Id);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp);
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Of(Secret, Id, timestamp, Body));
        return request;
    }
}

/// <summary>How the telling of something ended.</summary>
internal enum DeliveryEnd
{
    /// <summary>The system took it.</summary>
    Taken,

    /// <summary>It did not, for as long as it was tried.</summary>
    GivenUp,

    /// <summary>There was no room for it, or no time before the service stopped.</summary>
    Dropped,
}
