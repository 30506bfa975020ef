using System.Diagnostics;

namespace VoiceAgent.Observability.Tracing;

/// <summary>One span of a call's trace, below the call's own.</summary>
/// <param name="Name">One of <see cref="SpanCatalog"/>.</param>
/// <param name="Kind">Whether it is work of ours or of the Live service.</param>
/// <param name="FromMs">Its start, in ms since the call's admission.</param>
/// <param name="ToMs">Its end, likewise.</param>
/// <param name="Attributes">What it says.</param>
/// <param name="Error">What went wrong; null when nothing did.</param>
internal sealed record CallSpan(
    string Name, ActivityKind Kind, double FromMs, double ToMs, IReadOnlyList<(string Key, object? Value)> Attributes, string? Error = null);
