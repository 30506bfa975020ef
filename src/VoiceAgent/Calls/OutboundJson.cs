using System.Text.Json.Serialization;

namespace VoiceAgent.Calls;

/// <summary>A call as <c>POST /calls</c> asks for it.</summary>
internal sealed record OutboundOrder
{
    /// <summary>Whom to call: a number, or a SIP or tel URI.</summary>
    public string? To { get; init; }

    /// <summary>Name of the agent; null for the default one.</summary>
    public string? Agent { get; init; }

    /// <summary>Name of the trunk; null for the only one.</summary>
    public string? Trunk { get; init; }

    /// <summary>How long it may ring, in seconds.</summary>
    public double? RingTimeoutSeconds { get; init; }

    /// <summary>What the agent is told.</summary>
    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>Whether tools may take whoever answers for the holder of the number; no when left out.</summary>
    public bool? CalleeIsVerified { get; init; }

    /// <summary>Where each step is told.</summary>
    public string? CallbackUrl { get; init; }
}

/// <summary>Why something was refused.</summary>
/// <param name="Error">A word for programs.</param>
/// <param name="Message">A sentence for people.</param>
internal sealed record OutboundProblem(string Error, string Message);

/// <summary>The JSON of calls that we make.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(OutboundOrder))]
[JsonSerializable(typeof(OutboundStatus))]
[JsonSerializable(typeof(OutboundProblem))]
internal sealed partial class OutboundJson : JsonSerializerContext;
