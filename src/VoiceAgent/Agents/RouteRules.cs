using System.Buffers;

namespace VoiceAgent.Agents;

/// <summary>What is wrong with routes: a sentence for each fault, with key, value and remedy; and what is only odd.</summary>
internal static class RouteRules
{
    private const string Key = $"{AgentOptions.Section}:{nameof(AgentOptions.Routes)}";

    // A token (RFC 3261 section 25.1).
    private static readonly SearchValues<char> HeaderName = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~");

    /// <summary>Faults that no call could be routed with.</summary>
    /// <param name="options">The agents and routes.</param>
    /// <param name="trunks">Names of the trunks, and the agent that each names; empty for none.</param>
    public static IEnumerable<string> Errors(AgentOptions options, IReadOnlyDictionary<string, string> trunks)
    {
        if (options.TimeZone.Length > 0 && !TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _))
            yield return $"Agents:TimeZone = '{options.TimeZone}' is not a time zone; use a name such as Europe/Berlin, or leave it empty.";
        foreach (var (trunk, agent) in trunks)
        {
            if (agent.Length > 0 && !options.Profiles.ContainsKey(agent))
                yield return $"Telephony:Trunks:{trunk}:Agent = '{agent}' is not an agent; use {Agents(options)}, or leave it empty.";
        }
        for (var i = 0; i < options.Routes.Count; i++)
        {
            foreach (var fault in Errors(options.Routes[i], options, trunks))
                yield return $"{Key}:{i}:{fault}";
        }
    }

    /// <summary>What works, but hardly as it was meant.</summary>
    public static IEnumerable<string> Warnings(AgentOptions options)
    {
        var last = options.Routes.ToList().FindIndex(RouteMatch.FitsAlways);
        if (last >= 0 && last < options.Routes.Count - 1)
            yield return $"{Key}:{last} fits every call, so those behind it are never asked.";
        for (var i = 0; i < options.Routes.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (Conditions(options.Routes[i]) == Conditions(options.Routes[j]))
                    yield return $"{Key}:{i} is never asked: {Key}:{j} says the same and comes first.";
            }
        }
    }

    private static IEnumerable<string> Errors(AgentRoute route, AgentOptions options, IReadOnlyDictionary<string, string> trunks)
    {
        if (route.Reject == 0 && route.Agent.Length == 0)
            yield return $"Agent = '' is not an agent; use {Agents(options)}, or a status in Reject.";
        if (route.Reject != 0 && route.Agent.Length > 0)
            yield return $"Reject = '{route.Reject}' and Agent = '{route.Agent}' exclude each other; leave one out.";
        if (route.Agent.Length > 0 && !options.Profiles.ContainsKey(route.Agent))
            yield return $"Agent = '{route.Agent}' is not an agent; use {Agents(options)}.";
        if (route.Reject is not 0 and not (>= 400 and <= 699))
            yield return $"Reject = '{route.Reject}' does not refuse a call; use 400 to 699, such as 486 or 603.";
        foreach (var trunk in route.Trunks.Where(pattern => !trunks.Keys.Any(name => Pattern.Fits(pattern, name, ignoreCase: true))))
            yield return $"Trunks has '{trunk}', which is no trunk; {(trunks.Count == 0 ? "there are none in Telephony:Trunks" : $"use {string.Join(" or ", trunks.Keys)}")}.";
        if (route.Header.Length > 0 && route.Header.AsSpan().ContainsAnyExcept(HeaderName))
            yield return $"Header = '{route.Header}' is not the name of a header; use one such as X-Queue.";
        if (route.Header.Length == 0 && route.HeaderValue != "*")
            yield return $"HeaderValue = '{route.HeaderValue}' belongs to no header; name it in Header.";
        var lists = new[] { (nameof(route.Dialled), route.Dialled), (nameof(route.To), route.To), (nameof(route.DivertedFrom), route.DivertedFrom), (nameof(route.Callers), route.Callers) };
        foreach (var (name, patterns) in lists)
        {
            foreach (var pattern in patterns.Where(pattern => string.IsNullOrWhiteSpace(pattern) || pattern.Any(char.IsWhiteSpace)))
                yield return $"{name} has '{pattern}', which fits no number; use one such as +4930* or leave it out.";
        }
    }

    private static string Agents(AgentOptions options) => string.Join(" or ", options.Profiles.Keys);

    private static string Conditions(AgentRoute route) => string.Join(
        '\n', string.Join(' ', route.Trunks), string.Join(' ', route.Dialled), string.Join(' ', route.To), string.Join(' ', route.DivertedFrom), string.Join(' ', route.Callers),
        route.Header, route.HeaderValue, string.Join(' ', route.Days), route.From, route.Until);
}
