namespace GeminiLive.Tests;

public sealed class LiveUsageTests
{
    private static readonly LivePrices Prices = new(new Dictionary<string, LivePrice>
    {
        ["gemini-4*"] = new() { TextIn = 1, AudioIn = 2, TextOut = 4, AudioOut = 8 },
        ["gemini-4-large"] = new() { TextIn = 10 },
    });

    [Theory]
    [InlineData("gemini-3.8-live", 0.75)]
    [InlineData("models/gemini-3.8-live-extended-thinking", 0.75)]
    [InlineData("gemini-3.1-flash-live-preview", 0.75)]
    [InlineData("gemini-4-small", 1.0)]
    [InlineData("gemini-4-large", 10.0)]
    [InlineData("gemini-2.5-flash-native-audio-latest", null)]
    public void Price_is_found_by_the_most_exact_name(string model, double? textIn) => Assert.Equal((decimal?)textIn, Prices.For(model)?.TextIn);

    [Fact]
    public void Turns_add_up_to_tokens_and_dollars()
    {
        var usage = new LiveUsage(Prices);
        Assert.Equal(0, usage.Totals.CostUsd);
        var turn = new UsageReported(PromptTokens: 1_000, ResponseTokens: 100, ThoughtTokens: 10, TotalTokens: 1_100)
        {
            Prompt = new TokensByModality(Text: 300, Audio: 600),   // 100 of a sort that was not told
            Response = new TokensByModality(Audio: 90, Text: 10),
            ToolUseTokens = 7,
        };
        usage.Add(turn, "gemini-4-small");
        usage.Add(turn, "gemini-4-small");

        var perTurn = (700 * 2 + 307 * 1 + 90 * 8 + 20 * 4) / 1_000_000m;
        Assert.Equal(2 * perTurn, usage.Totals.CostUsd);
        Assert.Equal((2_000, 200, 20, 2_200, 14), (usage.Totals.PromptTokens, usage.Totals.ResponseTokens, usage.Totals.ThoughtTokens, usage.Totals.TotalTokens, usage.Totals.ToolUseTokens));
        Assert.Equal(new TokensByModality(Text: 600, Audio: 1_200), usage.Totals.Prompt);
    }

    [Fact]
    public void Cost_is_unknown_once_a_model_without_a_price_was_at_work()
    {
        var usage = new LiveUsage(Prices);
        usage.Add(new UsageReported(1, 1, 0, 2), "gemini-4-small");
        usage.Add(new UsageReported(1, 1, 0, 2), "unheard-of");
        Assert.Null(usage.Totals.CostUsd);
        Assert.Equal(4, usage.Totals.TotalTokens);
    }

    [Fact]
    public async Task Session_sums_what_the_service_reports()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        socket.Says("""{"usageMetadata":{"promptTokenCount":1000000,"totalTokenCount":1000000,"promptTokensDetails":[{"modality":"TEXT","tokenCount":1000000}]}}""");
        await rig.Settle();
        Assert.Equal((1_000_000, 0.75m), (rig.Client.Usage.Totals.TotalTokens, rig.Client.Usage.Totals.CostUsd));
    }
}
