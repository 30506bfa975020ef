using Telephony;
using VoiceAgent.Calls;

namespace VoiceAgent.Hosting;

/// <summary>Starts the line, and on stop drains it: no new calls, running ones finish within the grace period, then BYE.</summary>
internal sealed class VoiceAgentService(
    TelephonyService telephony, CallTable calls, CallServices services, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<VoiceAgentService> logger)
    : IHostedLifecycleService, IDisposable
{
    // BYE, and then the tools' end; a caller who does not answer is not waited for.
    private static readonly TimeSpan HangUpTime = CallSession.ToolsEndLimit + TimeSpan.FromSeconds(4);

    /// <summary>The longest that a stop takes: the drain, and ten seconds for all else, HTTP requests that do not end among it.</summary>
    public static TimeSpan StopLimit(CallOptions options) => options.DrainGrace + HangUpTime + TimeSpan.FromSeconds(10);

    // At once, and not when it is this service's turn to stop: nobody shall be let in meanwhile.
    private readonly CancellationTokenRegistration _closing = lifetime.ApplicationStopping.Register(calls.Close);

    /// <summary>Whether calls can reach us.</summary>
    public bool IsListening { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await telephony.StartAsync(cancellationToken);
        IsListening = true;
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The drain; meanwhile all else goes on, so that HTTP tells how it stands.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        calls.Close();   // a start that failed is stopped without the host's stopping event
        var leaving = telephony.LeaveTrunksAsync();
        if (calls.Count > 0)
        {
            var grace = services.Newest.Options.DrainGrace;
            logger.Draining(calls.Count, grace.TotalSeconds);
            await WaitForEmpty(grace, cancellationToken);
            foreach (var call in calls.Running)
                call.Stop();
            await WaitForEmpty(HangUpTime, cancellationToken);
        }
        await leaving;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        calls.Close();
        IsListening = false;
        await telephony.StopAsync(cancellationToken);
        logger.Stopped(calls.Count);
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _closing.Dispose();

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
