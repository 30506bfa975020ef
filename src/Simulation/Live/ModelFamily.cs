using System.Diagnostics.CodeAnalysis;
using Simulation.Live.Connections;

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

/// <summary>The speech models of both services.</summary>
internal static class ModelCatalog
{
    private const string Prefix = "models/";

    private static readonly Dictionary<string, ModelFamily> DeveloperModels = new(StringComparer.Ordinal)
    {
        ["gemini-3.8-live"] = ModelFamily.Live38,
        ["gemini-3.8-live-extended-thinking"] = ModelFamily.ExtendedThinking38,
        ["gemini-3.1-flash-live-preview"] = ModelFamily.Live31,
        ["gemini-2.5-flash-native-audio-preview-12-2025"] = ModelFamily.NativeAudio25,
        ["gemini-2.5-flash-native-audio-preview-09-2025"] = ModelFamily.NativeAudio25,
        ["gemini-2.5-flash-native-audio-latest"] = ModelFamily.NativeAudio25,
    };

    private static readonly Dictionary<string, ModelFamily> VertexModels = new(StringComparer.Ordinal)
    {
        ["gemini-3.8-live"] = ModelFamily.Live38,
        ["gemini-3.8-live-extended-thinking"] = ModelFamily.ExtendedThinking38,
        ["gemini-live-2.5-flash-native-audio"] = ModelFamily.NativeAudio25,
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

    /// <summary>What a <c>setup.model</c> value means on a route: <c>models/M</c>, on Vertex <c>projects/P/locations/L/publishers/google/models/M</c>.</summary>
    public static bool TryFind(string model, LiveRoute route, [NotNullWhen(true)] out ModelTraits? traits)
    {
        var isVertex = route.Backend == LiveBackend.Vertex;
        var id = isVertex ? ReadVertexName(model) : ReadDeveloperName(model);
        var isKnown = (isVertex ? VertexModels : DeveloperModels).TryGetValue(id, out var family);
        traits = isKnown ? new ModelTraits(family, route) : null;
        return isKnown;
    }

    private static string ReadDeveloperName(string model) => model.StartsWith(Prefix, StringComparison.Ordinal) ? model[Prefix.Length..] : "";

    private static string ReadVertexName(string model) =>
        model.Split('/') is ["projects", { Length: > 0 }, "locations", { Length: > 0 }, "publishers", "google", "models", var id] ? id : "";
}
