namespace VoiceAgent.Agents;

/// <summary>One rule of <c>Agents:Routes</c>, applied.</summary>
internal static class RouteMatch
{
    /// <summary>Why a rule does not fit a call; null when it fits.</summary>
    /// <param name="route">The rule.</param>
    /// <param name="query">The call.</param>
    /// <param name="now">The time where the rules are at home.</param>
    public static string? Misfit(AgentRoute route, RouteQuery query, DateTime now)
    {
        if (!FitsAny(route.Trunks, query.Trunk ?? "", ignoreCase: true))
            return nameof(route.Trunks);
        if (!FitsAny(route.Dialled, query.Dialled))
            return nameof(route.Dialled);
        if (!FitsAny(route.To, query.To))
            return nameof(route.To);
        if (route.DivertedFrom.Count > 0 && !query.DivertedFrom.Any(number => FitsAny(route.DivertedFrom, number)))
            return nameof(route.DivertedFrom);
        if (!FitsCaller(route.Callers, query))
            return nameof(route.Callers);
        if (route.Header.Length > 0 && !query.Headers(route.Header).Any(value => Pattern.Fits(route.HeaderValue, value, ignoreCase: true)))
            return nameof(route.Header);
        return FitsTime(route, now) ? null : nameof(route.From);
    }

    /// <summary>Whether a rule fits whatever call comes, so that none behind it is ever asked.</summary>
    public static bool FitsAlways(AgentRoute route) =>
        route.Trunks.Count + route.Dialled.Count + route.To.Count + route.DivertedFrom.Count + route.Callers.Count + route.Days.Count == 0
        && route.Header.Length == 0 && route.From == route.Until;

    private static bool FitsAny(IReadOnlyList<string> patterns, string text, bool ignoreCase = false) =>
        patterns.Count == 0 || patterns.Any(pattern => Pattern.Fits(pattern, text, ignoreCase));

    private static bool FitsCaller(IReadOnlyList<string> patterns, RouteQuery query)
    {
        if (patterns.Count == 0)
            return true;
        if (query.Caller is { } number && patterns.Any(pattern => pattern != AgentRoute.Withheld && Pattern.Fits(pattern, number)))
            return true;
        return query.IsWithheld && patterns.Contains(AgentRoute.Withheld);
    }

    // Half open, by the clock on the wall: in the hour that comes twice a rule holds twice, and a time that is left out belongs to none.
    private static bool FitsTime(AgentRoute route, DateTime now)
    {
        var from = route.From ?? TimeOnly.MinValue;
        var until = route.Until ?? TimeOnly.MinValue;
        var time = TimeOnly.FromDateTime(now);
        if (from < until || until == TimeOnly.MinValue)
            return time >= from && (until == TimeOnly.MinValue || time < until) && FitsDay(route, now.DayOfWeek);
        if (from == until)
            return FitsDay(route, (time >= from ? now : now.AddDays(-1)).DayOfWeek);
        return time >= from ? FitsDay(route, now.DayOfWeek) : time < until && FitsDay(route, now.AddDays(-1).DayOfWeek);
    }

    private static bool FitsDay(AgentRoute route, DayOfWeek day) => route.Days.Count == 0 || route.Days.Contains(day);
}
