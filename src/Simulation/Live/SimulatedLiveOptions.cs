namespace Simulation.Live;

/// <summary>How a <see cref="SimulatedLive"/> listens, how fast it speaks and what it remembers; the defaults are the real service's habits.</summary>
public sealed class SimulatedLiveOptions
{
    /// <summary>Address to listen on, <c>ws://host:port</c>; port 0 takes a free one.</summary>
    public Uri Listen { get; init; } = new("ws://127.0.0.1:0");

    /// <summary>The only key that is accepted; absent, any non-empty key is.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Whether a connection without any key is refused with HTTP 403.</summary>
    public bool RequireApiKey { get; init; } = true;

    /// <summary>The only OAuth access token that is accepted on the Vertex paths; absent, any non-empty one is.</summary>
    public string? BearerToken { get; init; }

    /// <summary>What happens on which connection; absent, the server answers by itself.</summary>
    public LiveScript? Script { get; init; }

    /// <summary>Whether the server answers speech, text and tool results by itself where no script does; off for tests that drive it by hand.</summary>
    public bool AutoAnswer { get; init; } = true;

    /// <summary>How many times faster than real time audio is sent.</summary>
    public double Pace { get; init; } = 10;

    /// <summary>Sizes of the audio chunks in bytes, used one after the other, the last one from then on; recorded: 9,600 first, then 11,520.</summary>
    public IReadOnlyList<int> ChunkBytes { get; init; } = [9_600, 11_520];

    /// <summary>Time from the end of the caller's utterance to the first chunk of the answer.</summary>
    public TimeSpan ResponseDelay { get; init; }

    /// <summary>Whether messages leave as binary frames, as the Gemini Developer API sends them, or as text frames.</summary>
    public bool BinaryFrames { get; init; } = true;

    /// <summary>Whether messages are indented, as the real service's are.</summary>
    public bool PrettyPrint { get; init; } = true;

    /// <summary>Largest WebSocket frame in bytes; longer messages are fragmented. Absent, a message is one frame.</summary>
    public int? FragmentBytes { get; init; }

    /// <summary>Time without caller audio after which the connection is cut with 1008.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>Life of a connection: goAway comes 50 s before its end (at once when it is shorter), then close 1011. Absent, it lives on.</summary>
    public TimeSpan? ConnectionLifetime { get; init; }

    /// <summary>Life of a conversation whose setup asks for no context compression, over all its connections. Absent, it lives on.</summary>
    public TimeSpan? UncompressedLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Size of the model's context; a conversation without compression that fills it is closed.</summary>
    public int ContextTokens { get; init; } = 131_072;

    /// <summary>Code of that close: 1007 "Request contains an invalid argument.", or 1000.</summary>
    public int ContextFullCode { get; init; } = 1007;

    /// <summary>How long after its conversation was last connected a resumption handle is good.</summary>
    public TimeSpan HandleValidity { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How much caller audio each session keeps for inspection; what comes later is only counted.</summary>
    public TimeSpan RecordedAudioLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many client messages other than audio each session keeps; later ones are dropped from the record.</summary>
    public int RecordedMessageLimit { get; init; } = 1_000;
}
