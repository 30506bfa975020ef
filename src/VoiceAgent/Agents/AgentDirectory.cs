using Microsoft.Extensions.Options;
using Telephony;

namespace VoiceAgent.Agents;

/// <summary>Call -> agent: the first route that fits, else the agent that lists the number (exact before the longest prefix), else the trunk's, else the default.</summary>
/// <remarks>Any thread; the settings are exchanged as a whole.</remarks>
public sealed class AgentDirectory
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile Rules _rules;

    /// <param name="options">Agents and routes.</param>
    /// <param name="telephony">The trunks.</param>
    /// <param name="time">The service's clock.</param>
    /// <param name="logger">Hears of routes that are never asked.</param>
    public AgentDirectory(IOptions<AgentOptions> options, IOptions<TelephonyOptions> telephony, TimeProvider time, ILogger<AgentDirectory> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(telephony);
        ArgumentNullException.ThrowIfNull(time);
        (_time, _logger) = (time, logger);
        _rules = RulesOf(options.Value, telephony.Value);
    }

    /// <summary>The agents.</summary>
    public AgentOptions Options => _rules.Agents;

    /// <summary>The time that the routes go by.</summary>
    public DateTimeOffset Now => TimeZoneInfo.ConvertTime(_time.GetUtcNow(), _rules.Zone);

    /// <summary>Calls that come from now on are decided on by other settings.</summary>
    /// <param name="agents">Agents and routes; checked as at the start.</param>
    /// <param name="telephony">The trunks.</param>
    public void Replace(AgentOptions agents, TelephonyOptions telephony)
    {
        ArgumentNullException.ThrowIfNull(agents);
        ArgumentNullException.ThrowIfNull(telephony);
        _rules = RulesOf(agents, telephony);
    }

    /// <summary>What becomes of a call that comes now.</summary>
    public RouteDecision Find(RouteQuery query) => Find(query, Now);

    /// <summary>What becomes of a call.</summary>
    /// <param name="query">The call.</param>
    /// <param name="at">When it comes.</param>
    public RouteDecision Find(RouteQuery query, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(query);
        var (agents, telephony, zone) = _rules;
        var now = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        for (var i = 0; i < agents.Routes.Count; i++)
        {
            if (RouteMatch.Misfit(agents.Routes[i], query, now) is null)
                return Decide(agents, agents.Routes[i], $"{AgentOptions.Section}:Routes:{i}");
        }
        if (ByNumber(agents, query.Dialled) is { } listed)
            return new RouteDecision(listed, 0, $"{AgentOptions.Section}:Profiles:{listed.Name}:Numbers");
        if (query.Trunk is { } trunk && telephony.Trunks.TryGetValue(trunk, out var settings) && Named(agents, settings.Agent) is { } own)
            return new RouteDecision(own, 0, $"{TelephonyOptions.Section}:Trunks:{trunk}:Agent");
        return new RouteDecision(Named(agents, agents.Default), 404, $"{AgentOptions.Section}:Default");
    }

    /// <summary>The agent that makes a call: the one of that name, or the default one when none is named; null when there is none.</summary>
    public SelectedAgent? Caller(string? name)
    {
        var agents = _rules.Agents;
        return Named(agents, name ?? agents.Default);
    }

    /// <summary>Why each route before the one that decides does not fit, by its number in the list.</summary>
    public IEnumerable<(int Route, string Setting)> Misfits(RouteQuery query, DateTimeOffset at)
    {
        var (agents, _, zone) = _rules;
        var now = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        for (var i = 0; i < agents.Routes.Count && RouteMatch.Misfit(agents.Routes[i], query, now) is { } setting; i++)
            yield return (i, setting);
    }

    private Rules RulesOf(AgentOptions agents, TelephonyOptions telephony)
    {
        foreach (var warning in RouteRules.Warnings(agents))
            _logger.RouteIsOdd(warning);
        return new Rules(agents, telephony, agents.TimeZone.Length == 0 ? _time.LocalTimeZone : TimeZoneInfo.FindSystemTimeZoneById(agents.TimeZone));
    }

    private static RouteDecision Decide(AgentOptions agents, AgentRoute route, string by) =>
        route.Reject > 0 ? new RouteDecision(null, route.Reject, by) : new RouteDecision(Named(agents, route.Agent), 404, by);

    private static SelectedAgent? Named(AgentOptions agents, string name) => agents.Profiles.TryGetValue(name, out var profile) ? new SelectedAgent(name, profile) : null;

    private static SelectedAgent? ByNumber(AgentOptions agents, string dialled)
    {
        SelectedAgent? best = null;
        var bestLength = -1;
        foreach (var (name, profile) in agents.Profiles)
        {
            foreach (var number in profile.Numbers)
            {
                var length = MatchLength(number, dialled);
                if (length > bestLength)
                    (best, bestLength) = (new SelectedAgent(name, profile), length);
            }
        }
        return best;
    }

    // An exact match beats every prefix of any length.
    private static int MatchLength(string pattern, string dialled)
    {
        if (!pattern.EndsWith('*'))
            return pattern == dialled ? int.MaxValue : -1;
        var prefix = pattern.AsSpan(0, pattern.Length - 1);
        return dialled.AsSpan().StartsWith(prefix, StringComparison.Ordinal) ? prefix.Length : -1;
    }

    private sealed record Rules(AgentOptions Agents, TelephonyOptions Telephony, TimeZoneInfo Zone);
}

/// <summary>An agent and the name it has in the configuration.</summary>
/// <param name="Name">Key below <c>Agents:Profiles</c>.</param>
/// <param name="Profile">Its settings.</param>
public sealed record SelectedAgent(string Name, AgentProfile Profile);

/// <summary>What becomes of a call.</summary>
/// <param name="Agent">Who answers; null when nobody does.</param>
/// <param name="RejectCode">Status that it is refused with then.</param>
/// <param name="By">Key of the setting that decided.</param>
public sealed record RouteDecision(SelectedAgent? Agent, int RejectCode, string By);
