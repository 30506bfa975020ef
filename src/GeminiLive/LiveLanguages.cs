namespace GeminiLive;

/// <summary>The codes that the service has documented for <c>speechConfig.languageCode</c>; another one may close the session.</summary>
internal static class LiveLanguages
{
    public static IReadOnlyList<string> All { get; } =
    [
        "de-DE", "en-US", "en-GB", "en-AU", "en-IN", "es-US", "es-ES", "fr-FR", "fr-CA", "hi-IN", "pt-BR", "ar-XA", "id-ID", "it-IT", "ja-JP",
        "tr-TR", "vi-VN", "bn-IN", "gu-IN", "kn-IN", "ml-IN", "mr-IN", "ta-IN", "te-IN", "nl-NL", "ko-KR", "cmn-CN", "pl-PL", "ru-RU", "th-TH",
        "ar-EG", "bn-BD", "ro-RO", "uk-UA",
    ];
}
