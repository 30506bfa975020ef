namespace GeminiLive;

/// <summary>Section <c>Live</c>: where the service is, what every session asks of it, where to go when it fails, and how long each wait may last.</summary>
public sealed class LiveOptions : LiveTargetOptions
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Live";

    /// <summary>The most that <see cref="MaxMessageBytes"/> may be.</summary>
    internal const int LargestMessageBytes = 1 << 28;

    /// <summary>The built-in defaults of every session.</summary>
    public LiveOptions()
    {
        Backend = nameof(LiveBackend.DeveloperApi);
        Model = "gemini-3.8-live";
        Voice = "Kore";
        ResponseModality = "AUDIO";
        (ActivityDetection.Mode, ActivityDetection.ActivityHandling, ActivityDetection.TurnCoverage) = ("Automatic", "START_OF_ACTIVITY_INTERRUPTS", "ONLY_ACTIVITY");
        (ActivityDetection.StartSensitivity, ActivityDetection.EndSensitivity) = ("LOW", "LOW");
        (ActivityDetection.PrefixPaddingMs, ActivityDetection.SilenceDurationMs) = (200, 700);
        InputTranscription.Enabled = OutputTranscription.Enabled = true;
        (ContextCompression.Enabled, ContextCompression.TriggerTokens, ContextCompression.TargetTokens) = (true, 25_000, 10_000);
        Resumption = true;
    }

    /// <summary>Where to go, in this order, when the service above cannot serve a call; each takes over from above what it does not say itself.</summary>
    public List<LiveFallbackOptions> Fallbacks { get; set; } = [];

    /// <summary>What a model can do, by model id or prefix (<c>gemini-4*</c>): adds models and overrides what is built in.</summary>
    public Dictionary<string, LiveProfileOptions> Profiles { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What tokens cost, by model id or prefix (<c>gemini-4*</c>), in US dollars per million: adds to what is built in and overrides it.</summary>
    public Dictionary<string, LivePrice> Prices { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Caller audio in one message, in milliseconds: 20 to 100, a multiple of 20.</summary>
    public int AudioChunkMs { get; set; } = 20;

    /// <summary>
    /// From so many sessions at once on, caller audio in which nothing changes (the caller goes on speaking, or has been silent for 1.5 s) goes up in messages of
    /// two chunks of 20 ms, which halves what they cost; 0 for never. Where a caller begins or has just stopped nothing waits.
    /// </summary>
    public int AudioPairsFrom { get; set; } = 64;

    /// <summary>Caller audio replaced by silence from the greeting's first sound on, so that a "hello?" does not cut it; 0 switches it off.</summary>
    public TimeSpan GreetingGuard { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Longest wait for TCP, TLS and the WebSocket upgrade.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for <c>setupComplete</c>; some illegal setups are never answered.</summary>
    public TimeSpan SetupTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time without any message of the server after the caller's words or a written question; after it the connection counts as frozen.</summary>
    /// <remarks>Doubles, up to <see cref="TurnTimeout"/>, while new connections bring no sign either. A message that cannot be sent for so long counts too.</remarks>
    public TimeSpan SignTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest wait for the model to begin an answer that is due; after it the connection counts as lost.</summary>
    public TimeSpan TurnTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Longest wait for more of a turn, or for its end, after what came of it has been played; extended thinking included.</summary>
    public TimeSpan TurnEndTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Quiet after an interruption that proves the next audio to be a new generation when no <c>turnComplete</c> comes.</summary>
    public TimeSpan StaleAudioQuiet { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Rest of a connection's life given up after <c>goAway</c>, so that the change is ours and not the server's.</summary>
    public TimeSpan GoAwayMargin { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Longest wait before the second attempt to get a lost session back; the first goes out at once. It doubles from attempt to attempt, and the wait is a random part of it.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Connections kept open ahead of calls, with all done but the setup; 0 keeps none. Each spares a caller 0.1 to 0.2 s, and may count against the project's concurrent sessions.</summary>
    public int WarmConnections { get; set; }

    /// <summary>Age at which such a connection is replaced; below the service's idle cut.</summary>
    public TimeSpan WarmMaxAge { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Time without a byte from the service after which it is pinged; a connection that speaks is not.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait for any byte behind a ping, after which the connection is dead; the service's answers were measured 8 to 30 s late.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(55);

    /// <summary>Longest wait between two attempts; half a second in the first ten of an outage, while nothing answers.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Time that one target gets to take a session while there is another one to go to.</summary>
    public TimeSpan FallbackAfter { get; set; } = TimeSpan.FromMilliseconds(1_500);

    /// <summary>Time in which a lost session must be back; after it the session has failed.</summary>
    public TimeSpan ReconnectBudget { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest server message, in bytes; a larger one ends the connection.</summary>
    public int MaxMessageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Model audio kept per call until it is played; what comes beyond is dropped and counted.</summary>
    public TimeSpan PlayoutLimit { get; set; } = TimeSpan.FromMinutes(2);
}
