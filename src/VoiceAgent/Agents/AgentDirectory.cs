using Microsoft.Extensions.Options;
using Telephony;

namespace VoiceAgent.Agents;

/// <summary>Call -> agent: the first route that fits, else the agent that lists the number (exact before the longest prefix), else the trunk's, else the default.</summary>
/// <remarks>Any thread; the settings are read once.</remarks>
public sealed class AgentDirectory
{
    private readonly AgentOptions _options;
    private readonly TelephonyOptions _telephony;
    private readonly TimeZoneInfo _zone;
    private readonly TimeProvider _time;

    /// <param name="options">Agents and routes.</param>
    /// <param name="telephony">The trunks.</param>
    /// <param name="time">The service's clock.</param>
    /// <param name="logger">Hears of routes that are never asked.</param>
    public AgentDirectory(IOptions<AgentOptions> options, IOptions<TelephonyOptions> telephony, TimeProvider time, ILogger<AgentDirectory> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(telephony);
        ArgumentNullException.ThrowIfNull(time);
        (_options, _telephony, _time) = (options.Value, telephony.Value, time);
        _zone = _options.TimeZone.Length == 0 ? time.LocalTimeZone : TimeZoneInfo.FindSystemTimeZoneById(_options.TimeZone);
        foreach (var warning in RouteRules.Warnings(_options))
            logger.RouteIsOdd(warning);
    }

    /// <summary>The time that the routes go by.</summary>
    public DateTimeOffset Now => TimeZoneInfo.ConvertTime(_time.GetUtcNow(), _zone);

    /// <summary>What becomes of a call that comes now.</summary>
    public RouteDecision Find(RouteQuery query) => Find(query, Now);

    /// <summary>What becomes of a call.</summary>
    /// <param name="query">The call.</param>
    /// <param name="at">When it comes.</param>
    public RouteDecision Find(RouteQuery query, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(query);
        var now = TimeZoneInfo.ConvertTime(at, _zone).DateTime;
        for (var i = 0; i < _options.Routes.Count; i++)
        {
            if (RouteMatch.Misfit(_options.Routes[i], query, now) is null)
                return Decide(_options.Routes[i], $"{AgentOptions.Section}:Routes:{i}");
        }
        if (ByNumber(query.Dialled) is { } listed)
            return new RouteDecision(listed, 0, $"{AgentOptions.Section}:Profiles:{listed.Name}:Numbers");
        if (query.Trunk is { } trunk && _telephony.Trunks.TryGetValue(trunk, out var settings) && Named(settings.Agent) is { } own)
            return new RouteDecision(own, 0, $"{TelephonyOptions.Section}:Trunks:{trunk}:Agent");
        return new RouteDecision(Named(_options.Default), 404, $"{AgentOptions.Section}:Default");
    }

    /// <summary>The agent that makes a call: the one of that name, or the default one when none is named; null when there is none.</summary>
    public SelectedAgent? Caller(string? name) => Named(name ?? _options.Default);

    /// <summary>Why each route before the one that decides does not fit, by its number in the list.</summary>
    public IEnumerable<(int Route, string Setting)> Misfits(RouteQuery query, DateTimeOffset at)
    {
        var now = TimeZoneInfo.ConvertTime(at, _zone).DateTime;
        for (var i = 0; i < _options.Routes.Count && RouteMatch.Misfit(_options.Routes[i], query, now) is { } setting; i++)
            yield return (i, setting);
    }

    private RouteDecision Decide(AgentRoute route, string by) => route.Reject > 0 ? new RouteDecision(null, route.Reject, by) : new RouteDecision(Named(route.Agent), 404, by);

    private SelectedAgent? Named(string name) => _options.Profiles.TryGetValue(name, out var profile) ? new SelectedAgent(name, profile) : null;

    private SelectedAgent? ByNumber(string dialled)
    {
        SelectedAgent? best = null;
        var bestLength = -1;
        foreach (var (name, profile) in _options.Profiles)
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
