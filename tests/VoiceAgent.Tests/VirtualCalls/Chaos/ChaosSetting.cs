using GeminiLive;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>What a random call is made of before it begins: model and backend, a second target or none, who detects speech, how quick the model is.</summary>
internal sealed record ChaosSetting
{
    private static readonly (string Model, LiveBackend Backend)[] Models =
    [
        ("gemini-3.8-live", LiveBackend.DeveloperApi),
        ("gemini-3.8-live", LiveBackend.DeveloperApi),
        ("gemini-3.8-live-extended-thinking", LiveBackend.DeveloperApi),
        ("gemini-3.1-flash-live-preview", LiveBackend.DeveloperApi),
        ("gemini-2.5-flash-native-audio-preview-12-2025", LiveBackend.DeveloperApi),
        ("gemini-3.8-live", LiveBackend.Vertex),
        ("gemini-live-2.5-flash-native-audio", LiveBackend.Vertex),
    ];

    private ChaosSetting((string Model, LiveBackend Backend) first, (string Model, LiveBackend Backend)? second) => (First, Second) = (first, second);

    public (string Model, LiveBackend Backend) First { get; }

    /// <summary>What <c>Live:Fallbacks</c> names; null for no fallback.</summary>
    public (string Model, LiveBackend Backend)? Second { get; }

    public bool HasGreeting { get; private init; }

    public bool IsManual { get; private init; }

    public int AudioChunkMs { get; private init; }

    public TimeSpan ResponseDelay { get; private init; }

    public bool BinaryFrames { get; private init; }

    /// <summary>Host that stands for the second server.</summary>
    public const string SecondHost = "second";

    public static ChaosSetting Draw(Random random) => new(Models[random.Next(Models.Length)], random.Next(3) == 0 ? Models[random.Next(Models.Length)] : null)
    {
        HasGreeting = random.Next(3) > 0,
        IsManual = random.Next(5) == 0,
        AudioChunkMs = random.Next(5) switch { 0 => 20, 1 => 40, _ => 100 },
        ResponseDelay = TimeSpan.FromMilliseconds(random.Next(4) switch { 0 => 900, 1 => 300, _ => 0 }),
        BinaryFrames = random.Next(2) == 0,
    };

    public LiveOptions Options()
    {
        var options = new LiveOptions { AudioChunkMs = AudioChunkMs };
        Place(options, First, "ws://first");
        if (IsManual)
            options.ActivityDetection.Mode = "Manual";
        if (Second is { } second)
        {
            var fallback = new LiveFallbackOptions();
            Place(fallback, second, $"ws://{SecondHost}");
            options.Fallbacks.Add(fallback);
        }
        return options;
    }

    public override string ToString() =>
        $"{First.Model} ({First.Backend}), second {Second?.Model ?? "none"} ({Second?.Backend}), greeting {HasGreeting}, manual {IsManual}, chunk {AudioChunkMs} ms, delay {ResponseDelay.TotalMilliseconds} ms";

    private static void Place(LiveTargetOptions place, (string Model, LiveBackend Backend) what, string endpoint)
    {
        (place.Model, place.Backend, place.Endpoint, place.ApiKey) = (what.Model, what.Backend.ToString(), endpoint, "test");
        if (what.Backend == LiveBackend.Vertex)
            (place.Project, place.Location) = ("project", "us-central1");
    }
}
