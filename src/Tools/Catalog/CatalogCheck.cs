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
    private readonly List<string> _leftOut = [];
    private readonly IReadOnlyList<string> _agents = AgentTools.Agents(root);

    /// <summary>Everything that is wrong, once <see cref="Sets"/> has been called.</summary>
    public IReadOnlyList<string> Faults => [.. _faults.Distinct()];

    /// <summary>Tools that agents go without, and why, likewise.</summary>
    public IReadOnlyList<string> LeftOut => [.. _leftOut.Distinct()];

    /// <summary>Each agent's tools.</summary>
    public Dictionary<string, IReadOnlyList<Tool>> Sets(LoadedTools loaded)
    {
        var policies = Policies();
        var governed = loaded with { Tools = [.. loaded.Tools.Select(tool => Govern(tool, policies))] };
        var sets = _agents.ToDictionary(agent => agent, agent => AgentTools.Resolve(root, agent, governed, _faults, _leftOut), StringComparer.OrdinalIgnoreCase);
        var unfit = UnfitOfForeign([.. sets.Values.SelectMany(tools => tools).Distinct()], governed);
        foreach (var (agent, tools) in sets)
            sets[agent] = [.. tools.Where(tool => !unfit.Contains(tool))];
        var used = sets.Values.SelectMany(tools => tools).Distinct().ToList();
        CheckUsed(used);
        CheckPolicies([.. used, .. governed.Tools.Where(tool => policies.ContainsKey(tool.Name) && !governed.IsForeign(tool))], policies);
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

    // A third party's list changes without anybody here having done anything: it must not keep all the rest out.
    private HashSet<Tool> UnfitOfForeign(IReadOnlyList<Tool> used, LoadedTools loaded)
    {
        var unfit = new HashSet<Tool>();
        var names = used.Where(tool => !loaded.IsForeign(tool)).Select(tool => tool.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var tool in used.Where(loaded.IsForeign))
        {
            var reason = Fault(tool) ?? (names.Add(tool.Name) ? null : $"Tool '{tool.Name}' of '{tool.Source}' has the name of another one; set the source's Prefix.");
            if (reason is null)
                continue;
            unfit.Add(tool);
            _leftOut.Add(reason);
        }
        return unfit;
    }

    // What no agent lists is nobody's trouble: a server may offer more than is used here.
    private void CheckUsed(IReadOnlyList<Tool> used)
    {
        foreach (var same in used.GroupBy(tool => tool.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
            _faults.Add($"Tool '{same.Key}' comes from {string.Join(" and ", same.Select(tool => tool.Source).Order(StringComparer.Ordinal))}; names are unique: rename one, or let agents list only one of them.");
        _faults.AddRange(used.Select(Fault).OfType<string>());
    }

    private string? Fault(Tool tool) =>
        !LegalName().IsMatch(tool.Name)
            ? $"Tool '{tool.Name}' of '{tool.Source}' has a name that models do not take; use a letter or underscore, then letters, digits and underscores, at most 64."
            : declarationFault(tool) is { } fault ? $"Tool '{tool.Name}' of '{tool.Source}' cannot be declared: {fault}" : null;

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
