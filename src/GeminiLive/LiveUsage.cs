namespace GeminiLive;

/// <summary>Tokens and cost of a session so far: the sum of its turns, fallbacks to other models included.</summary>
/// <remarks>Any thread.</remarks>
public sealed class LiveUsage(LivePrices prices)
{
    private readonly Lock _gate = new();
    private string? _model;
    private LivePrice? _price;   // of that model: the table is gone through once, not every turn
    private LiveUsageTotals _totals = new() { CostUsd = 0 };

    /// <summary>The sums at this moment.</summary>
    public LiveUsageTotals Totals
    {
        get
        {
            lock (_gate)
                return _totals;
        }
    }

    /// <summary>Adds one turn.</summary>
    /// <param name="usage">As the service reported it.</param>
    /// <param name="model">The model that was at work.</param>
    public void Add(UsageReported usage, string model)
    {
        lock (_gate)
        {
            if (model != _model)
                (_model, _price) = (model, prices.For(model));
            var cost = _price?.Of(usage);
            _totals = _totals with
            {
                PromptTokens = _totals.PromptTokens + usage.PromptTokens,
                ResponseTokens = _totals.ResponseTokens + usage.ResponseTokens,
                ThoughtTokens = _totals.ThoughtTokens + usage.ThoughtTokens,
                ToolUseTokens = _totals.ToolUseTokens + usage.ToolUseTokens,
                CachedTokens = _totals.CachedTokens + usage.CachedTokens,
                TotalTokens = _totals.TotalTokens + usage.TotalTokens,
                Prompt = _totals.Prompt + usage.Prompt,
                Response = _totals.Response + usage.Response,
                CostUsd = _totals.CostUsd + cost,
            };
        }
    }
}

/// <summary>Tokens of several turns, and what they cost.</summary>
public sealed record LiveUsageTotals
{
    /// <summary>Context, billed anew with every turn.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Output, thoughts left out.</summary>
    public long ResponseTokens { get; init; }

    /// <summary>Reasoning.</summary>
    public long ThoughtTokens { get; init; }

    /// <summary>Tool results in the prompt.</summary>
    public long ToolUseTokens { get; init; }

    /// <summary>Prompt tokens that came from a cache.</summary>
    public long CachedTokens { get; init; }

    /// <summary>The service's own sums.</summary>
    public long TotalTokens { get; init; }

    /// <summary>The prompts per modality.</summary>
    public TokensByModality Prompt { get; init; }

    /// <summary>The output per modality.</summary>
    public TokensByModality Response { get; init; }

    /// <summary>Cost in US dollars by the price table; null once a model without a price was at work.</summary>
    public decimal? CostUsd { get; init; }
}
