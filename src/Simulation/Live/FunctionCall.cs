using System.Text.Json;

namespace Simulation.Live;

/// <summary>One function call of the simulated model.</summary>
/// <param name="Name">The function.</param>
/// <param name="Args">Arguments, a JSON object.</param>
/// <param name="Id">Id of the call; null, one is made.</param>
internal sealed record FunctionCall(string Name, JsonElement Args, string? Id);
