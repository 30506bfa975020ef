using GeminiLive.Configuration;

namespace GeminiLive;

/// <summary>What the tokens of a model cost, in US dollars per million.</summary>
public sealed class LivePrice
{
    /// <summary>Text into the model, tool results and pictures included.</summary>
    public decimal TextIn { get; set; }

    /// <summary>Audio into the model.</summary>
    public decimal AudioIn { get; set; }

    /// <summary>Text out of the model, thoughts included.</summary>
    public decimal TextOut { get; set; }

    /// <summary>Audio out of the model.</summary>
    public decimal AudioOut { get; set; }

    /// <summary>Price of one turn, in US dollars. Tokens whose sort the service does not say count as audio, the dearer sort: a call is mostly speech.</summary>
    public decimal Of(UsageReported usage)
    {
        var audioIn = usage.Prompt.Audio + Math.Max(0, usage.PromptTokens - usage.Prompt.Total);
        var textIn = usage.Prompt.Total - usage.Prompt.Audio + usage.ToolUseTokens;
        var audioOut = usage.Response.Audio + Math.Max(0, usage.ResponseTokens - usage.Response.Total);
        var textOut = usage.Response.Total - usage.Response.Audio + usage.ThoughtTokens;
        return (audioIn * AudioIn + textIn * TextIn + audioOut * AudioOut + textOut * TextOut) / 1_000_000;
    }
}

/// <summary>The price table: what is configured in <c>Live:Prices</c>, over what is built in for the current families.</summary>
/// <remarks>Immutable. The built-in prices are the list prices of September 2026; cached tokens are counted in full.</remarks>
public sealed class LivePrices(IReadOnlyDictionary<string, LivePrice> configured)
{
    private static readonly LivePrice ListPrice = new() { TextIn = 0.75m, AudioIn = 3.00m, TextOut = 4.50m, AudioOut = 12.00m };

    private static readonly Dictionary<string, LivePrice> BuiltIn = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gemini-3.8-live*"] = ListPrice,
        ["gemini-3.1-flash-live*"] = ListPrice,
    };

    /// <summary>Price of a model.</summary>
    /// <param name="model">Its id, with or without <c>models/</c>.</param>
    /// <returns>Null when neither the configuration nor the table knows one.</returns>
    public LivePrice? For(string model) => Find(configured, ModelCatalog.IdOf(model)) ?? Find(BuiltIn, ModelCatalog.IdOf(model));

    private static LivePrice? Find(IReadOnlyDictionary<string, LivePrice> prices, string id) =>
        (from entry in prices where Matches(entry.Key, id) orderby entry.Key.EndsWith('*'), entry.Key.Length descending select entry.Value).FirstOrDefault();

    private static bool Matches(string pattern, string id) =>
        pattern.EndsWith('*') ? id.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase) : pattern.Equals(id, StringComparison.OrdinalIgnoreCase);
}
