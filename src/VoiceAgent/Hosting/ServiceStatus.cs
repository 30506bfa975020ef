using System.Text.Json;
using System.Text.Json.Serialization;
using Telephony.Sip.Registrar;
using Telephony.Trunks;

namespace VoiceAgent.Hosting;

/// <summary>The service as <c>/status</c> shows it.</summary>
/// <param name="State">ready, starting, draining, full, or "live down".</param>
/// <param name="Calls">Calls that are running.</param>
/// <param name="Trunks">The trunks that have a server.</param>
internal sealed record ServiceStatus(string State, int Calls, IReadOnlyList<TrunkStatus> Trunks)
{
    /// <summary>Phones that are shown at most; <see cref="PhoneCount"/> says how many there are.</summary>
    public const int MostPhones = 200;

    /// <summary>Phones that are registered here.</summary>
    public int PhoneCount { get; init; }

    /// <summary>The first of them, by user; none for those who may not see them.</summary>
    public IReadOnlyList<RegisteredPhone> Phones { get; init; } = [];

    /// <summary>As indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StatusJson.Default.ServiceStatus);

    /// <summary>Reads what <see cref="ToJson"/> wrote; null for anything else.</summary>
    public static ServiceStatus? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, StatusJson.Default.ServiceStatus);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ServiceStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
