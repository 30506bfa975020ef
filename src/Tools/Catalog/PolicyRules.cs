using System.Globalization;
using Tools.Invocation;

namespace Tools.Catalog;

/// <summary>Puts the configuration's word over a tool's own rules, and finds what contradicts itself or cannot be.</summary>
internal static class PolicyRules
{
    private const int MaxRuns = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The rules under which a tool runs.</summary>
    public static ToolPolicy Merge(ToolPolicy own, ToolPolicyOptions? configured) => configured is null ? own : own with
    {
        Behavior = configured.Behavior ?? own.Behavior,
        Scheduling = configured.Scheduling ?? own.Scheduling,
        Timeout = configured.Timeout ?? own.Timeout,
        MaxConcurrency = configured.MaxConcurrency ?? own.MaxConcurrency,
        Retries = configured.Retries ?? own.Retries,
        Idempotent = configured.Idempotent ?? own.Idempotent,
        MaxResultBytes = configured.MaxResultBytes ?? own.MaxResultBytes,
        Filler = Merge(own.Filler, configured.Filler),
        Confirm = configured.Confirm ?? own.Confirm,
        DuplicateWindow = configured.DuplicateWindow ?? own.DuplicateWindow,
        Offer = configured.Offer ?? own.Offer,
        AllowedAgents = configured.AllowedAgents ?? own.AllowedAgents,
    };

    /// <summary>What is wrong with the rules of a tool, a sentence each: key, value, what is allowed.</summary>
    /// <param name="key">Path of the tool's section in the configuration.</param>
    /// <param name="tool">With the merged rules.</param>
    /// <param name="configured">What the configuration says of them; null for nothing.</param>
    /// <param name="agents">Names of all agents.</param>
    public static IEnumerable<string> Faults(string key, Tool tool, ToolPolicyOptions? configured, IReadOnlyCollection<string> agents) =>
        RangeFaults(key, tool.Policy, tool.MayBlock ? ToolGates.DefaultMaxThreads : MaxRuns).Concat(Contradictions(key, tool.Policy, configured)).Concat(
            tool.Policy.AllowedAgents.Where(agent => !agents.Contains(agent, StringComparer.OrdinalIgnoreCase))
                .Select(agent => $"{key}:AllowedAgents has '{agent}', which is no agent; there are: {string.Join(", ", agents)}."));

    private static ToolFiller? Merge(ToolFiller? own, ToolFillerOptions? configured)
    {
        if (configured is null)
            return own;
        var filler = own ?? new ToolFiller();
        return filler with { After = configured.After ?? filler.After, Text = configured.Text ?? filler.Text };
    }

    private static IEnumerable<string> RangeFaults(string key, ToolPolicy policy, int maxRuns)
    {
        if (policy.Timeout <= TimeSpan.Zero || policy.Timeout > Longest)
            yield return $"{key}:Timeout = '{policy.Timeout}' is not possible; use a time above zero and up to {Longest}, such as 00:00:08.";
        if (policy.DuplicateWindow < TimeSpan.Zero || policy.DuplicateWindow > Longest)
            yield return $"{key}:DuplicateWindow = '{policy.DuplicateWindow}' is not possible; use a time up to {Longest}, or zero.";
        if (policy.Filler is { } filler && (filler.After < TimeSpan.Zero || filler.After > Longest))
            yield return $"{key}:Filler:After = '{filler.After}' is not possible; use a time such as 00:00:00.9.";
        if (OutOfRange(policy.MaxConcurrency, 1, maxRuns) is { } concurrency)
            yield return $"{key}:MaxConcurrency {concurrency}";
        if (OutOfRange(policy.Retries, 0, 10) is { } retries)
            yield return $"{key}:Retries {retries}";
        if (OutOfRange(policy.MaxResultBytes, 64, 1_048_576) is { } bytes)
            yield return $"{key}:MaxResultBytes {bytes}";
    }

    // Only what the configuration says itself: a source's defaults may meet another default without harm.
    private static IEnumerable<string> Contradictions(string key, ToolPolicy policy, ToolPolicyOptions? configured)
    {
        if (configured?.Retries > 0 && !policy.Idempotent)
            yield return $"{key}:Retries = '{configured.Retries}' needs {key}:Idempotent = true: this tool changes something, and a second try could change it twice.";
        if (configured?.Scheduling is { } scheduling && policy.Behavior == ToolBehavior.Blocking)
            yield return $"{key}:Scheduling = '{scheduling}' needs {key}:Behavior = 'NonBlocking': a result that the model waits for is spoken at once.";
    }

    private static string? OutOfRange(int value, int least, int most) => value >= least && value <= most
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"= '{value}' is not possible; use {least} to {most}.");
}
