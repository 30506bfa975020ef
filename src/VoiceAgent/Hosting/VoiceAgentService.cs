using Microsoft.Extensions.Options;
using Telephony;
using VoiceAgent.Calls;

namespace VoiceAgent.Hosting;

/// <summary>Starts the line, and on stop drains it: no new calls, running ones finish within the grace period, then BYE.</summary>
internal sealed class VoiceAgentService(TelephonyService telephony, CallTable calls, IOptions<CallOptions> options, TimeProvider time, ILogger<VoiceAgentService> logger)
    : IHostedService
{
    // BYE and its answer; a caller who does not answer is not waited for.
    private static readonly TimeSpan HangUpTime = TimeSpan.FromSeconds(4);

    /// <summary>Whether calls can reach us.</summary>
    public bool IsListening { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await telephony.StartAsync(cancellationToken);
        IsListening = true;
        foreach (var endPoint in telephony.ListenEndPoints)
            logger.Listening(endPoint.ToString()!);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        calls.Close();
        if (calls.Count > 0)
        {
            logger.Draining(calls.Count, options.Value.DrainGrace.TotalSeconds);
            await WaitForEmpty(options.Value.DrainGrace, cancellationToken);
            foreach (var call in calls.Running)
                call.Stop();
            await WaitForEmpty(HangUpTime, cancellationToken);
        }
        IsListening = false;
        await telephony.StopAsync(cancellationToken);
        logger.Stopped(calls.Count);
    }

    private async Task WaitForEmpty(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await calls.WhenEmpty().WaitAsync(limit, time, cancellationToken);
        }
        catch (Exception timeUp) when (timeUp is TimeoutException or OperationCanceledException)
        {
            // The next step of StopAsync is for what is left.
        }
    }
}
