using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using GeminiLive;
using Tools;

namespace VoiceAgent.Commands;

/// <summary>Writes what <c>voiceagent tools</c> lists: each agent's tools with the declaration that its model gets, and the rules under which they run.</summary>
internal static class ToolListing
{
    private static readonly JsonSerializerOptions Written = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>The exit code.</returns>
    public static async Task<int> WriteAsync(ConfiguredService service, string? only, bool isJson, TextWriter output)
    {
        var agents = service.Agents.Profiles.Keys.Where(name => only is null || name.Equals(only, StringComparison.OrdinalIgnoreCase)).Select(name => Offer(service, name)).ToList();
        if (agents.Count == 0)
        {
            await output.WriteLineAsync($"There is no agent '{only}'; there are: {string.Join(", ", service.Agents.Profiles.Keys)}.");
            return RunCommand.BadConfiguration;
        }
        if (isJson)
            await output.WriteLineAsync(JsonSerializer.Serialize(agents, Written));
        else
            foreach (var agent in agents)
                await WriteAsync(agent, output);
        if (!isJson && service.Tools.AbsentSources is { Count: > 0 } absent)
            await output.WriteLineAsync($"These sources do not answer now, so their tools are missing: {string.Join(", ", absent)}.");
        return 0;
    }

    private static OfferedTools Offer(ConfiguredService service, string agent)
    {
        var config = service.Configure(agent);
        var target = config.Targets[0];
        using var set = service.RentTools(agent);
        return new OfferedTools(agent, target.Model, target.Profile.Family, [.. set.Tools.Select((tool, index) =>
            new OfferedTool(tool.Source, tool.Name, config.Functions[index].Declaration(target.Profile), tool.Policy))]);
    }

    private static async Task WriteAsync(OfferedTools agent, TextWriter output)
    {
        await output.WriteLineAsync($"Agent {agent.Agent}, {agent.Model}: {(agent.Tools.Count == 0 ? "no tools" : $"{agent.Tools.Count} tools")}");
        foreach (var tool in agent.Tools)
        {
            await output.WriteLineAsync($"  {tool.Source}.{tool.Name}: {Describe(tool.Policy)}");
            await output.WriteLineAsync($"    {Text(tool.Declaration)}");
        }
    }

    private static string Describe(ToolPolicy policy) => string.Join(", ", Rules(policy));

    private static IEnumerable<string> Rules(ToolPolicy policy)
    {
        yield return policy.Behavior == ToolBehavior.Blocking ? "the model waits" : $"the model goes on, result {policy.Scheduling}";
        yield return $"at most {policy.Timeout.TotalSeconds} s";
        yield return policy.Idempotent ? "no side effects" : "side effects (ledger)";
        if (policy.Retries > 0)
            yield return policy.Retries == 1 ? "1 retry" : $"{policy.Retries} retries";
        if (policy.Confirm)
            yield return "the caller has to agree";
        if (policy.AllowedAgents.Count > 0)
            yield return $"only for {string.Join(", ", policy.AllowedAgents)}";
    }

    private static string Text(JsonElement json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
            json.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private sealed record OfferedTools(string Agent, string Model, LiveModelFamily Family, IReadOnlyList<OfferedTool> Tools);

    private sealed record OfferedTool(string Source, string Name, JsonElement Declaration, ToolPolicy Policy);
}
