namespace GeminiLive;

/// <summary>What differs between the model families on the wire; an illegal field would close the session.</summary>
/// <param name="GreetsByRealtimeText">The 3.1 family wants text during the call as <c>realtimeInput.text</c>; the others generate at once on <c>clientContent</c>.</param>
/// <param name="ThinkingLevel">Required by extended thinking, fatal on plain 3.8; null leaves it out.</param>
internal sealed record LiveModelProfile(bool GreetsByRealtimeText, string? ThinkingLevel)
{
    /// <summary>Whether a setting could be a model's name.</summary>
    public static bool IsModelId(string model) => model.Length > 0 && !model.Any(char.IsWhiteSpace);

    /// <summary>The profile that a model's name tells; unknown names are treated like the current stable family.</summary>
    public static LiveModelProfile For(string model) => new(
        GreetsByRealtimeText: model.Contains("-3.1-", StringComparison.Ordinal),
        ThinkingLevel: model.Contains("extended-thinking", StringComparison.Ordinal) ? "LOW" : null);
}
