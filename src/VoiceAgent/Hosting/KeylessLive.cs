using GeminiLive;

namespace VoiceAgent.Hosting;

/// <summary>Says, in the log at the start and among what <c>/health/ready</c> tells, that there is no key for the Live service, and what is done instead.</summary>
/// <remarks>There only where the service was started so. A key that did not arrive must not be found out by callers.</remarks>
/// <param name="state">How it stands, with the remedy.</param>
/// <param name="live">Has the settings that are in use.</param>
/// <param name="logger">Told once.</param>
internal sealed class KeylessLive(string state, LiveClientFactory live, ILogger<KeylessLive> logger) : IHostedService
{
    private const string NoKey = "no API key (set GEMINI_API_KEY or Live:ApiKey)";

    /// <summary>Callers speak with the built-in server.</summary>
    public const string Simulated = $"live is simulated: {NoKey}, so callers speak with the built-in simulated Live server and not with Gemini";

    /// <summary>The configured address is asked all the same.</summary>
    public const string Unsigned = $"live has {NoKey}: Live:Endpoint is asked without one";

    /// <summary>How it stands, with the remedy; null once a key has come that is in use.</summary>
    public string? State => state == Unsigned && LiveSetup.HasCredentials(live.Options) ? null : state;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        logger.Keyless(state);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
