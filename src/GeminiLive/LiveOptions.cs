namespace GeminiLive;

/// <summary>Where the Live service is, what every session asks of it, and how long each wait may last.</summary>
internal sealed class LiveOptions
{
    public const string Section = "Live";

    /// <summary>Key of the Gemini Developer API; when absent, <c>GEMINI_API_KEY</c> and then <c>GOOGLE_API_KEY</c> are taken.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Base address (<c>wss://host</c>, to which the service's path is added) or a whole address; <c>ws://</c> for a simulated server.</summary>
    public string Endpoint { get; set; } = "wss://generativelanguage.googleapis.com";

    /// <summary>Model id, with or without the <c>models/</c> in front.</summary>
    public string Model { get; set; } = "gemini-3.8-live";

    /// <summary>One of <see cref="LiveVoices.All"/>; an unknown voice would close the session at setup.</summary>
    public string Voice { get; set; } = "Kore";

    /// <summary>How the server decides that the caller starts and stops speaking.</summary>
    public ActivityDetectionOptions ActivityDetection { get; set; } = new();

    /// <summary>Context size at which the server forgets the oldest turns, in tokens.</summary>
    public int CompressionTriggerTokens { get; set; } = 25_000;

    /// <summary>Context size after forgetting, in tokens; below the trigger.</summary>
    public int CompressionTargetTokens { get; set; } = 10_000;

    /// <summary>Caller audio in one message, in milliseconds: 20 to 100, a multiple of 20.</summary>
    public int AudioChunkMs { get; set; } = 20;

    /// <summary>Caller audio replaced by silence from the greeting's first sound on, so that a "hello?" does not cut it; 0 switches it off.</summary>
    public TimeSpan GreetingGuard { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Longest wait for TCP, TLS and the WebSocket upgrade.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for <c>setupComplete</c>; some illegal setups are never answered.</summary>
    public TimeSpan SetupTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest silence of the server while an answer is due; after it the connection counts as lost.</summary>
    public TimeSpan TurnTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Quiet after an interruption that proves the next audio to be a new generation when no <c>turnComplete</c> comes.</summary>
    public TimeSpan StaleAudioQuiet { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Rest of a connection's life given up after <c>goAway</c>, so that the change is ours and not the server's.</summary>
    public TimeSpan GoAwayMargin { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Longest wait before the second attempt to get a lost session back; the first goes out at once. It doubles from attempt to attempt, and the wait is a random part of it.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(250);

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

/// <summary>The server's voice activity detection; null leaves a value to the service.</summary>
internal sealed class ActivityDetectionOptions
{
    /// <summary><c>HIGH</c> (reacts sooner) or <c>LOW</c>.</summary>
    public string? StartSensitivity { get; set; } = "LOW";

    /// <summary><c>HIGH</c> (ends turns sooner) or <c>LOW</c>.</summary>
    public string? EndSensitivity { get; set; } = "LOW";

    /// <summary>Speech needed before the start is believed, in milliseconds.</summary>
    public int? PrefixPaddingMs { get; set; } = 200;

    /// <summary>Silence needed before the end is believed, in milliseconds.</summary>
    public int? SilenceDurationMs { get; set; } = 700;
}
