using System.Diagnostics.CodeAnalysis;
using Telephony.Audio;

namespace Simulation.Prompts;

/// <summary>The prompts that come with the simulator: embedded WAV files and <c>prompts.tsv</c>, both kept by <c>make-prompts.sh</c>.</summary>
/// <remarks>Loaded once, on first use; immutable afterwards.</remarks>
public static class PromptLibrary
{
    /// <summary>Rate of every prompt, the Live service's output rate, in Hz.</summary>
    public const int SampleRateHz = 24_000;

    private static readonly Lazy<Dictionary<string, Prompt>> Prompts = new(Load);

    /// <summary>Every prompt, in the order of <c>prompts.tsv</c>.</summary>
    public static IReadOnlyCollection<Prompt> All => Prompts.Value.Values;

    /// <summary>Finds a prompt by its name.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out Prompt? prompt) => Prompts.Value.TryGetValue(name, out prompt);

    /// <summary>The prompt of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Prompt Get(string name) => TryGet(name, out var prompt)
        ? prompt
        : throw new ArgumentException($"There is no prompt \"{name}\"; there are {string.Join(", ", Prompts.Value.Keys)}.", nameof(name));

    private static Dictionary<string, Prompt> Load()
    {
        using var reader = new StreamReader(Open("prompts.tsv"));
        var prompts = new Dictionary<string, Prompt>(StringComparer.Ordinal);
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            var columns = line.Split('\t');
            prompts.Add(columns[0], new Prompt(columns[0], columns[2], ReadPcm(columns[0] + ".wav")));
        }
        return prompts;
    }

    private static short[] ReadPcm(string fileName)
    {
        using var stream = Open(fileName);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return WavFile.TryRead(bytes, out var wav) && wav.SampleRateHz == SampleRateHz && wav.Channels == 1
            ? wav.Samples
            : throw new InvalidDataException($"Prompts/{fileName} must be 24 kHz mono PCM16.");
    }

    private static Stream Open(string fileName) => typeof(PromptLibrary).Assembly.GetManifestResourceStream("Prompts/" + fileName)
        ?? throw new InvalidOperationException($"The build left out Prompts/{fileName}.");
}
