namespace Simulation.Live;

/// <summary>Model families that differ in what setup may hold and in how they speak.</summary>
internal enum ModelFamily
{
    /// <summary>2.5 native audio.</summary>
    NativeAudio25,

    /// <summary>3.1 flash live preview.</summary>
    Live31,

    /// <summary>3.8 live.</summary>
    Live38,

    /// <summary>3.8 live with extended thinking.</summary>
    ExtendedThinking38,
}

/// <summary>The speech models of the Gemini Developer API.</summary>
internal static class ModelCatalog
{
    private const string Prefix = "models/";

    private static readonly Dictionary<string, ModelFamily> Families = new(StringComparer.Ordinal)
    {
        ["gemini-3.8-live"] = ModelFamily.Live38,
        ["gemini-3.8-live-extended-thinking"] = ModelFamily.ExtendedThinking38,
        ["gemini-3.1-flash-live-preview"] = ModelFamily.Live31,
        ["gemini-2.5-flash-native-audio-preview-12-2025"] = ModelFamily.NativeAudio25,
        ["gemini-2.5-flash-native-audio-preview-09-2025"] = ModelFamily.NativeAudio25,
        ["gemini-2.5-flash-native-audio-latest"] = ModelFamily.NativeAudio25,
    };

    /// <summary>Voices of the speech models; the names are case-sensitive.</summary>
    public static IReadOnlySet<string> Voices { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "Zephyr", "Puck", "Charon", "Kore", "Fenrir", "Leda", "Orus", "Aoede", "Callirrhoe", "Autonoe", "Enceladus", "Iapetus", "Umbriel", "Algieba",
        "Despina", "Erinome", "Algenib", "Rasalgethi", "Laomedeia", "Achernar", "Alnilam", "Schedar", "Gacrux", "Pulcherrima", "Achird",
        "Zubenelgenubi", "Vindemiatrix", "Sadachbia", "Sadaltager", "Sulafat",
    };

    /// <summary>Codes taken in <c>speechConfig.languageCode</c>.</summary>
    public static IReadOnlySet<string> LanguageCodes { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "de-DE", "en-US", "en-GB", "en-AU", "en-IN", "es-US", "es-ES", "fr-FR", "fr-CA", "hi-IN", "pt-BR", "ar-XA", "id-ID", "it-IT", "ja-JP", "tr-TR",
        "vi-VN", "bn-IN", "gu-IN", "kn-IN", "ml-IN", "mr-IN", "ta-IN", "te-IN", "nl-NL", "ko-KR", "cmn-CN", "pl-PL", "ru-RU", "th-TH",
        "ar-EG", "bn-BD", "ro-RO", "uk-UA",
    };

    /// <summary>The family of a <c>setup.model</c> value, which carries the prefix <c>models/</c>.</summary>
    public static bool TryFind(string model, out ModelFamily family)
    {
        family = default;
        return model.StartsWith(Prefix, StringComparison.Ordinal) && Families.TryGetValue(model[Prefix.Length..], out family);
    }
}
