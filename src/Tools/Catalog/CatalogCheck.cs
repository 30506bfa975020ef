using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Tools.Catalog;

/// <summary>Makes each agent's tools of what the sources gave and what the configuration says, and finds everything that is wrong with that.</summary>
/// <param name="root">The whole configuration.</param>
/// <param name="declarationFault">Why a tool cannot be told to the model; null when it can.</param>
/// <param name="agentFaults">What the service itself has against an agent's tools.</param>
internal sealed partial class CatalogCheck(
    IConfiguration root, Func<Tool, string?> declarationFault, Func<string, IReadOnlyList<Tool>, IEnumerable<string>> agentFaults)
{
    private const string PoliciesKey = $"{ToolOptions.Section}:{nameof(ToolOptions.Policies)}";

    private readonly List<string> _faults = [];
    private readonly IReadOnlyList<string> _agents = AgentTools.Agents(root);

    /// <summary>Everything that is wrong, once <see cref="Sets"/> has been called.</summary>
    public IReadOnlyList<string> Faults => [.. _faults.Distinct()];

    /// <summary>Each agent's tools.</summary>
    public Dictionary<string, IReadOnlyList<Tool>> Sets(LoadedTools loaded)
    {
        var policies = Policies();
        var governed = loaded with { Tools = [.. loaded.Tools.Select(tool => Govern(tool, policies))] };
        var sets = _agents.ToDictionary(agent => agent, agent => AgentTools.Resolve(root, agent, governed, _faults), StringComparer.OrdinalIgnoreCase);
        var used = sets.Values.SelectMany(tools => tools).Distinct().ToList();
        CheckUsed(used);
        CheckPolicies([.. used, .. governed.Tools.Where(tool => policies.ContainsKey(tool.Name))], policies);
        CheckPolicyNames(governed, policies);
        foreach (var (agent, tools) in sets)
            _faults.AddRange(agentFaults(agent, tools));
        return sets;
    }

    private Dictionary<string, ToolPolicyOptions> Policies()
    {
        try
        {
            var bound = root.GetSection(PoliciesKey).Get<Dictionary<string, ToolPolicyOptions>>() ?? [];
            return new Dictionary<string, ToolPolicyOptions>(bound, StringComparer.OrdinalIgnoreCase);
        }
        catch (InvalidOperationException unreadable)
        {
            _faults.Add(unreadable.Message);
            return [];
        }
    }

    private static Tool Govern(Tool tool, Dictionary<string, ToolPolicyOptions> policies)
    {
        var policy = PolicyRules.Merge(tool.Policy, policies.GetValueOrDefault(tool.Name));
        return tool with { Policy = policy, Function = tool.Function is IPolicyFunction function ? function.Under(policy) : tool.Function };
    }

    // What no agent lists is nobody's trouble: a server may offer more than is used here.
    private void CheckUsed(IReadOnlyList<Tool> used)
    {
        foreach (var same in used.GroupBy(tool => tool.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
            _faults.Add($"Tool '{same.Key}' comes from {string.Join(" and ", same.Select(tool => tool.Source).Order(StringComparer.Ordinal))}; names are unique: rename one, or let agents list only one of them.");
        foreach (var tool in used)
        {
            if (!LegalName().IsMatch(tool.Name))
                _faults.Add($"Tool '{tool.Name}' of '{tool.Source}' has a name that models do not take; use a letter or underscore, then letters, digits and underscores, at most 64.");
            else if (declarationFault(tool) is { } fault)
                _faults.Add($"Tool '{tool.Name}' of '{tool.Source}' cannot be declared: {fault}");
        }
    }

    private void CheckPolicies(IEnumerable<Tool> tools, Dictionary<string, ToolPolicyOptions> policies) =>
        _faults.AddRange(tools.SelectMany(tool => PolicyRules.Faults($"{PoliciesKey}:{tool.Name}", tool, policies.GetValueOrDefault(tool.Name), _agents)));

    private void CheckPolicyNames(LoadedTools loaded, Dictionary<string, ToolPolicyOptions> policies)
    {
        if (loaded.MayLack)
            return;
        foreach (var name in policies.Keys.Where(name => !loaded.Tools.Any(tool => tool.Name.Equals(name, StringComparison.OrdinalIgnoreCase))))
            _faults.Add($"{PoliciesKey}:{name} is for no tool; {loaded.Describe()}.");
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,63}$", RegexOptions.None, 1000)]
    private static partial Regex LegalName();
}
