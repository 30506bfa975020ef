using System.Globalization;
using Telephony.Rtp.Srtp;

namespace Benchmarks.Capacity;

/// <summary>What `capacity` is asked to measure.</summary>
internal sealed record CapacityOptions
{
    /// <summary>Calls at once, one level after the other.</summary>
    public IReadOnlyList<int> Calls { get; private init; } = [100, 250, 500];

    /// <summary>How long each level is measured.</summary>
    public TimeSpan Measured { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often each level is measured, in turn with the reference.</summary>
    public int Rounds { get; private init; } = 2;

    /// <summary>More calls than these are not asked of the reference, which breaks.</summary>
    public int ReferenceCalls { get; private init; } = 250;

    /// <summary>Whether sessions run over TLS.</summary>
    public bool IsTls { get; init; }

    /// <summary>Levels of <see cref="Calls"/> that are measured over TLS too, each once; none leaves that out.</summary>
    public IReadOnlyList<int> TlsCalls { get; private init; } = [100, 250];

    /// <summary>"PCMU", "G722" or "opus".</summary>
    public string Codec { get; init; } = "PCMU";

    /// <summary>How the callers' media is encrypted, both ways; null where it is not.</summary>
    public SrtpSuite? Srtp { get; init; }

    /// <summary>Calls at once of Opus, the lowest, and of G.722 and SRTP, the highest; none leaves them out.</summary>
    public IReadOnlyList<int> Beside { get; private init; } = [50, 100];

    /// <summary>For how long calls speak before they are measured.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>Short calls beside the others, for INVITE to 200.</summary>
    public int ShortCalls { get; init; } = 100;

    /// <summary>Refused calls in a second, for the cost of signalling alone; 0 leaves that out.</summary>
    public int Refused { get; private init; } = 1000;

    /// <summary>The service's program.</summary>
    public string Service { get; private init; } = Path.Combine(AppContext.BaseDirectory, "voiceagent.dll");

    /// <summary>Settings and environment of the service beside those of the run, NAME=VALUE each, such as Live__AudioChunkMs=40.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Reads `--calls 100,250 --seconds 10 --rounds 2 --reference 250 --transport ws|wss --wss 100,250 --codec PCMU|G722|opus --srtp SUITE --beside 50,100 --refused 1000 --service FILE --set NAME=VALUE`.</summary>
    /// <exception cref="ArgumentException">An option that is not known, or without its value.</exception>
    public static CapacityOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new CapacityOptions();
        for (var i = 0; i < arguments.Length; i += 2)
            options = options.With(arguments[i], i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} wants a value."));
        return options;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private CapacityOptions With(string name, string value) => name switch
    {
        "--calls" => this with { Calls = [.. value.Split(',').Select(Number)] },
        "--seconds" => this with { Measured = TimeSpan.FromSeconds(Number(value)) },
        "--rounds" => this with { Rounds = Number(value) },
        "--reference" => this with { ReferenceCalls = Number(value) },
        "--transport" => this with { IsTls = value == "wss" },
        "--wss" => this with { TlsCalls = [.. value.Split(',').Select(Number).Where(calls => calls > 0)] },
        "--codec" => this with { Codec = value },
        "--srtp" => this with { Srtp = SrtpSuite.TryGet(value, out var suite) ? suite : throw new ArgumentException($"{value} is no suite of SRTP: {string.Join(", ", SrtpSuite.All)}.") },
        "--beside" => this with { Beside = [.. value.Split(',').Select(Number).Where(calls => calls > 0)] },
        "--refused" => this with { Refused = Number(value) },
        "--service" => this with { Service = value },
        "--set" => this with { Settings = [.. Settings, value] },
        _ => throw new ArgumentException($"capacity does not know {name}."),
    };
}
