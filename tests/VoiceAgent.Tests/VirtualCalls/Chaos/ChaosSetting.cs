using GeminiLive;
using Simulation.Live;
using LiveBackend = GeminiLive.LiveBackend;

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

    /// <summary>Whether audio comes in pieces of odd lengths, and messages in fragments.</summary>
    public bool IsUneven { get; private init; }

    /// <summary>Life of a connection; null for one that lives on.</summary>
    public TimeSpan? ConnectionLifetime { get; private init; }

    /// <summary>Whether connections are opened ahead of the call.</summary>
    public bool IsWarm { get; private init; }

    /// <summary>Whether the service, where it can, tells which messages it has taken.</summary>
    public bool IsTransparent { get; private init; }

    /// <summary>Host that stands for the second server.</summary>
    public const string SecondHost = "second";

    public static ChaosSetting Draw(Random random) => new(Models[random.Next(Models.Length)], random.Next(3) == 0 ? Models[random.Next(Models.Length)] : null)
    {
        HasGreeting = random.Next(3) > 0,
        IsManual = random.Next(5) == 0,
        AudioChunkMs = random.Next(5) switch { 0 => 20, 1 => 40, _ => 100 },
        ResponseDelay = TimeSpan.FromMilliseconds(random.Next(4) switch { 0 => 900, 1 => 300, _ => 0 }),
        BinaryFrames = random.Next(2) == 0,
        IsUneven = random.Next(4) == 0,
        ConnectionLifetime = random.Next(6) == 0 ? TimeSpan.FromSeconds(random.Next(50, 80)) : null,
        IsWarm = random.Next(4) == 0,
        IsTransparent = random.Next(3) == 0,
    };

    public LiveOptions Options()
    {
        var options = new LiveOptions { AudioChunkMs = AudioChunkMs, WarmConnections = IsWarm ? 1 : 0 };
        Place(options, First, "ws://first");
        if (IsManual)
            options.ActivityDetection.Mode = "Manual";
        if (IsTransparent && First.Backend == LiveBackend.Vertex)
            options.TransparentResumption = true;
        if (Second is { } second)
        {
            var fallback = new LiveFallbackOptions();
            Place(fallback, second, $"ws://{SecondHost}");
            options.Fallbacks.Add(fallback);
        }
        return options;
    }

    /// <summary>A server of this call.</summary>
    public SimulatedLiveOptions ServerOptions() => new()
    {
        ResponseDelay = ResponseDelay,
        BinaryFrames = BinaryFrames,
        ChunkBytes = IsUneven ? [1, 9_601, 7_777] : [9_600, 11_520],
        FragmentBytes = IsUneven ? 5_000 : null,
        ConnectionLifetime = ConnectionLifetime,
        RecordedAudioLimit = TimeSpan.Zero,
    };

    private static void Place(LiveTargetOptions place, (string Model, LiveBackend Backend) what, string endpoint)
    {
        (place.Model, place.Backend, place.Endpoint, place.ApiKey) = (what.Model, what.Backend.ToString(), endpoint, "test");
        if (what.Backend == LiveBackend.Vertex)
            (place.Project, place.Location) = ("project", "us-central1");
    }
}
