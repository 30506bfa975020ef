using System.Text.Json.Serialization;

namespace VoiceAgent.WebConsole.Talk;

/// <summary>What a page says in text on the socket of a talk.</summary>
/// <param name="Type"><c>start</c>, once and first, or <c>digit</c>; to hang up it closes the socket.</param>
/// <param name="Agent">With <c>start</c>: the agent; null for the default one.</param>
/// <param name="From">With <c>start</c>: the number that the agent shall take the caller to call from.</param>
/// <param name="Variables">With <c>start</c>: what the agent is told for this call.</param>
/// <param name="Digit">With <c>digit</c>: the key.</param>
internal sealed record TalkRequest(string? Type, string? Agent, string? From, Dictionary<string, string>? Variables, string? Digit);

/// <summary>The agents that somebody may talk to.</summary>
/// <param name="Agents">Their names.</param>
/// <param name="Default">The one that answers where none is named.</param>
/// <param name="MaxTalks">Talks at once; 0 where none is to be had.</param>
internal sealed record AgentsView(IReadOnlyList<string> Agents, string Default, int MaxTalks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TalkRequest))]
[JsonSerializable(typeof(AgentsView))]
internal sealed partial class TalkJson : JsonSerializerContext;
