using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using VoiceAgent.Agents;

namespace VoiceAgent.PhoneTools;

/// <summary><c>transfer_call</c> as one agent's model sees it: with the names that it may use, and when to use which.</summary>
/// <param name="inner">The function.</param>
/// <param name="transfers">The agent's targets.</param>
internal sealed class TransferFunction(AIFunction inner, IReadOnlyDictionary<string, TransferOption> transfers) : DelegatingAIFunction(inner)
{
    /// <inheritdoc/>
    public override JsonElement JsonSchema { get; } = WithNames(inner.JsonSchema, transfers);

    private static JsonElement WithNames(JsonElement schema, IReadOnlyDictionary<string, TransferOption> transfers)
    {
        var root = JsonObject.Create(schema)!;
        var target = root["properties"]!["target"]!.AsObject();
        target["enum"] = new JsonArray([.. transfers.Keys.Select(name => JsonValue.Create(name))]);
        target["description"] = string.Join("; ", transfers.Select(transfer => transfer.Value.Description.Length > 0 ? $"{transfer.Key}: {transfer.Value.Description}" : transfer.Key));
        if (transfers.Values.All(transfer => transfer.Mode != TransferMode.Attended))
            root["properties"]!.AsObject().Remove("briefing");
        return JsonSerializer.SerializeToElement(root);
    }
}
