using System.Text.Json;

namespace Simulation.Live;

/// <summary>The message that ends a turn, with what it cost.</summary>
/// <param name="Usage">Cost; null leaves it out, as the service does at times.</param>
/// <param name="Traits">How the service names it.</param>
internal sealed record TurnEnd(Usage? Usage, ModelTraits Traits)
{
    /// <summary>Why the turn ended without ordinary output; empty for an ordinary end.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Whether the model stays silent on purpose.</summary>
    public bool WaitsForInput { get; init; }

    /// <summary><c>IN_PROGRESS</c> or <c>IDLE</c>; empty leaves it out.</summary>
    public string InteractionStatus { get; init; } = "";

    public static void Write(Utf8JsonWriter json, TurnEnd turn)
    {
        json.WriteStartObject();
        json.WriteStartObject("serverContent");
        json.WriteBoolean("turnComplete", value: true);
        if (turn.Reason.Length > 0)
            json.WriteString("turnCompleteReason", turn.Reason);
        if (turn.WaitsForInput)
            json.WriteBoolean("waitingForInput", value: true);
        if (turn.InteractionStatus.Length > 0)
            json.WriteString("interactionStatus", turn.InteractionStatus);
        json.WriteEndObject();
        if (turn.Usage is { } usage)
            WriteUsage(json, usage, turn.Traits.OutputTokens);
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, Usage usage, string output)
    {
        var prompt = usage.PromptText + usage.PromptAudio;
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", prompt);
        json.WriteNumber($"{output}TokenCount", usage.ResponseAudio);
        if (usage.Thoughts > 0)
            json.WriteNumber("thoughtsTokenCount", usage.Thoughts);
        if (usage.ToolUse > 0)
            json.WriteNumber("toolUsePromptTokenCount", usage.ToolUse);
        json.WriteNumber("totalTokenCount", prompt + usage.ResponseAudio);
        WriteDetails(json, "promptTokensDetails", ("TEXT", usage.PromptText), ("AUDIO", usage.PromptAudio));
        WriteDetails(json, $"{output}TokensDetails", ("AUDIO", usage.ResponseAudio));
        json.WriteEndObject();
    }

    // Proto3 JSON leaves a count of zero out.
    private static void WriteDetails(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Modality, int Tokens)> details)
    {
        json.WriteStartArray(name);
        foreach (var (modality, tokens) in details)
        {
            json.WriteStartObject();
            json.WriteString("modality", modality);
            if (tokens > 0)
                json.WriteNumber("tokenCount", tokens);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
