namespace GeminiLive;

/// <summary>Tokens of one turn, as the service counts them; turns add up to the bill.</summary>
/// <param name="PromptTokens">The whole context that this turn was billed for, not only its new input.</param>
/// <param name="ResponseTokens">Output, thoughts left out.</param>
/// <param name="ThoughtTokens">Reasoning; billed as text output, and not part of the total on every model.</param>
/// <param name="TotalTokens">The service's own sum.</param>
public sealed record UsageReported(int PromptTokens, int ResponseTokens, int ThoughtTokens, int TotalTokens) : LiveEvent
{
    /// <summary>Tokens of tool results that went into the prompt.</summary>
    public int ToolUseTokens { get; init; }

    /// <summary>Tokens of the prompt that came from a cache.</summary>
    public int CachedTokens { get; init; }

    /// <summary>The prompt per modality; need not add up to <see cref="PromptTokens"/>.</summary>
    public TokensByModality Prompt { get; init; }

    /// <summary>The output per modality; need not add up to <see cref="ResponseTokens"/>.</summary>
    public TokensByModality Response { get; init; }

    /// <summary>Tool results per modality.</summary>
    public TokensByModality ToolUse { get; init; }

    /// <summary>Cached tokens per modality.</summary>
    public TokensByModality Cached { get; init; }

    /// <summary>How Vertex serves it, such as <c>ON_DEMAND</c>; null elsewhere.</summary>
    public string? TrafficType { get; init; }
}

/// <summary>Tokens, one count for each sort of content.</summary>
/// <param name="Text">Text and documents.</param>
/// <param name="Audio">Speech.</param>
/// <param name="Image">Pictures.</param>
/// <param name="Video">Video frames.</param>
public readonly record struct TokensByModality(int Text = 0, int Audio = 0, int Image = 0, int Video = 0)
{
    /// <summary>Sum of all sorts.</summary>
    public int Total => Text + Audio + Image + Video;

    /// <summary>Adds sort by sort.</summary>
    public static TokensByModality operator +(TokensByModality a, TokensByModality b) => Add(a, b);

    /// <inheritdoc cref="operator +"/>
    public static TokensByModality Add(TokensByModality a, TokensByModality b) =>
        new(a.Text + b.Text, a.Audio + b.Audio, a.Image + b.Image, a.Video + b.Video);
}
