using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using System.Threading.Channels;

namespace VoiceAgent.Calls;

/// <summary>Tells other systems how calls of ours stand: one POST of JSON for each step, in order, with a few tries.</summary>
/// <remarks>Any thread; a loop of its own. Bounded: what finds no room is dropped with a warning. Follows no redirects and shows no credentials.</remarks>
internal sealed class CallbackSender(HttpMessageInvoker http, TimeProvider time, ILogger<CallbackSender> logger) : BackgroundService
{
    private const int MaxWaiting = 1_000;
    private const int MaxAtOnce = 8;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    private readonly Channel<(Uri To, OutboundStatus Status)> _waiting = Channel.CreateBounded<(Uri, OutboundStatus)>(MaxWaiting);

    /// <summary>Sends a status soon.</summary>
    public void Tell(Uri to, OutboundStatus status)
    {
        if (!_waiting.Writer.TryWrite((to, status)))
            logger.CallbackDropped(status.Id, to.Host);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();   // what waits is still sent, as long as the host waits
        if (ExecuteTask is { } running)
            await Task.WhenAny(running, Task.Delay(Timeout, time, cancellationToken));
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A call's steps stay in order: all of one call go through the same of these.
        var lanes = Enumerable.Range(0, MaxAtOnce).Select(_ => Channel.CreateBounded<(Uri, OutboundStatus)>(MaxWaiting)).ToArray();
        return Task.WhenAll([DealAsync(lanes, stoppingToken), .. lanes.Select(lane => WorkAsync(lane.Reader, stoppingToken))]);
    }

    private async Task DealAsync(Channel<(Uri To, OutboundStatus Status)>[] lanes, CancellationToken stopping)
    {
        try
        {
            await foreach (var item in _waiting.Reader.ReadAllAsync(stopping))
                await lanes[(item.Status.Id.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % lanes.Length].Writer.WriteAsync(item, stopping);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
        foreach (var lane in lanes)
            lane.Writer.TryComplete();
    }

    private async Task WorkAsync(ChannelReader<(Uri To, OutboundStatus Status)> lane, CancellationToken stopping)
    {
        try
        {
            await foreach (var (to, status) in lane.ReadAllAsync(stopping))
                await SendAsync(to, status, stopping);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task SendAsync(Uri to, OutboundStatus status, CancellationToken stopping)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(status, OutboundJson.Default.OutboundStatus);
        for (var attempt = 0; ; attempt++)
        {
            if (await TryAsync(to, body, stopping) is not { } problem)
                return;
            if (attempt == Pauses.Length)
            {
                logger.CallbackFailed(status.Id, to.Host, attempt + 1, problem);
                return;
            }
            await Task.Delay(Pauses[attempt], time, stopping);
        }
    }

    /// <summary>Null when it was taken; else why not.</summary>
    private async Task<string?> TryAsync(Uri to, byte[] body, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        using var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            return response.IsSuccessStatusCode ? null : $"status {(int)response.StatusCode}";
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return "no answer in time";
        }
        catch (HttpRequestException failure)
        {
            return failure.Message;
        }
    }
}
