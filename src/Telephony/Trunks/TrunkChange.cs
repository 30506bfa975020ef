using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Telephony.Trunks;

/// <summary>What a change of a trunk's settings means: nothing, something for its calls only, or another line to its server.</summary>
internal static class TrunkChange
{
    // What the server is neither asked with nor told.
    private static readonly string[] OfCallsOnly =
    [
        nameof(TrunkOptions.Addresses), nameof(TrunkOptions.MaxCalls), nameof(TrunkOptions.MaxCallsPerSecond), nameof(TrunkOptions.CallerNumber), nameof(TrunkOptions.RequireUser),
        nameof(TrunkOptions.Srtp), nameof(TrunkOptions.Hold), nameof(TrunkOptions.InboundRefer), nameof(TrunkOptions.TrustIdentity), nameof(TrunkOptions.Agent),
    ];

    /// <summary>Whether two settings say the same.</summary>
    public static bool IsNone(TrunkOptions one, TrunkOptions other) => JsonNode.DeepEquals(All(one), All(other));

    /// <summary>Whether they differ at most in what the line to the server does not go by.</summary>
    public static bool KeepsLine(TrunkOptions one, TrunkOptions other) => JsonNode.DeepEquals(OfLine(one), OfLine(other));

    private static JsonObject OfLine(TrunkOptions options)
    {
        var all = All(options);
        foreach (var name in OfCallsOnly)
            all.Remove(name);
        return all;
    }

    private static JsonObject All(TrunkOptions options) => JsonSerializer.SerializeToNode(options, TrunkJson.Default.TrunkOptions)!.AsObject();
}

/// <summary>A trunk's settings in a form that can be compared; it goes nowhere.</summary>
[JsonSerializable(typeof(TrunkOptions))]
internal sealed partial class TrunkJson : JsonSerializerContext;
