using System.Text.Json;
using System.Text.Json.Serialization;
using Telephony.Trunks;

namespace VoiceAgent.Hosting;

/// <summary>The service as <c>/status</c> shows it.</summary>
/// <param name="State">ready, starting, draining or full.</param>
/// <param name="Calls">Calls that are running.</param>
/// <param name="Trunks">The trunks that have a server.</param>
internal sealed record ServiceStatus(string State, int Calls, IReadOnlyList<TrunkStatus> Trunks)
{
    /// <summary>As indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StatusJson.Default.ServiceStatus);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ServiceStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
