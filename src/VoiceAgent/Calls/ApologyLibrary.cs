using Microsoft.Extensions.Options;
using Telephony.Audio;

namespace VoiceAgent.Calls;

/// <summary>The recorded apologies by language, read once at start: what a caller hears when the Live session is gone for good.</summary>
internal sealed class ApologyLibrary
{
    private readonly Dictionary<string, Recording> _recordings = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="options">Names the files.</param>
    /// <param name="folder">Folder that relative names start from.</param>
    /// <exception cref="OptionsValidationException">A file is missing or is not mono PCM16.</exception>
    public ApologyLibrary(CallOptions options, string folder)
    {
        foreach (var (language, file) in options.Apology)
        {
            var path = Path.Combine(folder, file);
            _recordings[language] = Load(path)
                ?? throw new OptionsValidationException(CallOptions.Section, typeof(CallOptions),
                    [$"Calls:Apology:{language} = '{file}' cannot be used; give a mono PCM16 WAV file (looked at {path})."]);
        }
    }

    /// <summary>The recording for a language, else the first one there is, else null.</summary>
    public Recording? Find(string language) =>
        _recordings.TryGetValue(language, out var recording) ? recording : _recordings.Values.FirstOrDefault();

    private static Recording? Load(string path) =>
        File.Exists(path) && WavFile.TryRead(File.ReadAllBytes(path), out var wav) && wav.Channels == 1 ? new Recording(wav.Samples, wav.SampleRateHz) : null;
}

/// <summary>A recorded announcement.</summary>
/// <param name="Samples">Mono PCM16.</param>
/// <param name="SampleRateHz">Its rate, in Hz.</param>
internal sealed record Recording(short[] Samples, int SampleRateHz);
