using Microsoft.Extensions.Options;
using Telephony.Audio;
using VoiceAgent.Audio;

namespace VoiceAgent.Calls;

/// <summary>The recorded announcements, read once at start: the apology and the words for a caller who waits, by language, and the sounds.</summary>
/// <remarks>Immutable; shared by all calls.</remarks>
internal sealed class AnnouncementLibrary
{
    private readonly Dictionary<string, Announcement> _apologies = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, IReadOnlyList<Announcement>> _prompts = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _folder;
    private readonly List<string> _faults = [];

    /// <param name="options">Names the files.</param>
    /// <param name="folder">Folder that relative names start from.</param>
    /// <exception cref="OptionsValidationException">A file is missing or is not mono PCM16 of a rate that can be converted.</exception>
    public AnnouncementLibrary(CallOptions options, string folder)
    {
        _folder = folder;
        foreach (var (language, file) in options.Apology)
            _apologies[language] = Load(file, $"Calls:Apology:{language}");
        foreach (var (language, files) in options.Prompts)
            _prompts[language] = [.. files.Select((file, i) => Load(file, $"Calls:Prompts:{language}:{i}"))];
        Filler = options.Filler.Length > 0 ? Load(options.Filler, "Calls:Filler") : null;
        HoldMusic = options.HoldMusic.Length > 0 ? Load(options.HoldMusic, "Calls:HoldMusic") : Filler;
        EarlyPrompt = options.EarlyPrompt.Length > 0 ? Load(options.EarlyPrompt, "Calls:EarlyPrompt") : null;
        if (_faults.Count > 0)
            throw new OptionsValidationException(CallOptions.Section, typeof(CallOptions), _faults);
    }

    /// <summary>The soft sound for a wait; null when none is configured.</summary>
    public Announcement? Filler { get; }

    /// <summary>What a caller hears whom the agent asked to wait; null when there is neither music nor filler.</summary>
    public Announcement? HoldMusic { get; }

    /// <summary>What callers hear before the answer; null when none is configured.</summary>
    public Announcement? EarlyPrompt { get; }

    /// <summary>The apology in a language, else the first one there is, else null.</summary>
    public Announcement? Apology(string language) =>
        _apologies.TryGetValue(language, out var apology) ? apology : _apologies.Values.FirstOrDefault();

    /// <summary>What is said to a caller who waits, one after the other, in a language or else in the first one there is; may be empty.</summary>
    public IReadOnlyList<Announcement> Prompts(string language) =>
        _prompts.TryGetValue(language, out var prompts) ? prompts : _prompts.Values.FirstOrDefault() ?? [];

    private Announcement Load(string file, string key)
    {
        var path = Path.Combine(_folder, file);
        if (File.Exists(path) && WavFile.TryRead(File.ReadAllBytes(path), out var wav) && wav is { Channels: 1, Samples.Length: > 0, SampleRateHz: 8_000 or 16_000 or PlayoutBuffer.RateHz or 48_000 })
            return new Announcement(Path.GetFileNameWithoutExtension(file), AtPlayoutRate(wav));
        _faults.Add($"{key} = '{file}' cannot be used; give a mono PCM16 WAV file of 8, 16, 24 or 48 kHz (looked at {path}).");
        return new Announcement(file, []);
    }

    private static short[] AtPlayoutRate(WavFile wav)
    {
        if (wav.SampleRateHz == PlayoutBuffer.RateHz)
            return wav.Samples;
        var resampler = new Resampler(wav.SampleRateHz, PlayoutBuffer.RateHz);
        var converted = new short[resampler.MaxOutputSamples(wav.Samples.Length)];
        return converted[..resampler.Process(wav.Samples, converted)];
    }
}
