using Simulation.Live;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>
/// The result of every function call is known to the model in the end, and told once on a connection: follows what each connection learned, and what
/// a resumption at an earlier handle made the model forget.
/// </summary>
internal static class ChaosToolLaw
{
    // What is answered at the end of a call may be on its way still.
    private const int SettlingMs = 8_000;

    private const int BlamesContent = 1007;

    private enum Told
    {
        AsResponse,
        InWords,
        AsHistory,
    }

    public static IEnumerable<string> Broken(ChaosCall call)
    {
        var sessions = call.Sessions.Where(session => session.Events.Any(e => e.Kind == SessionEventKind.SetupCompleted)).ToList();
        var wasCalm = WasCalm(sessions, call);
        foreach (var tool in call.Tools.Calls.Where(tool => tool is { AnsweredAtMs: not null, IsCancelled: false }))
        {
            var name = $"{tool.Call.Name} {tool.Call.Id} {tool.Number}, answered at {tool.AnsweredAtMs} ms";
            if (tool is { WasTaken: false, CameTooLate: false })
                yield return $"the answer was not wanted: {name}";
            if (Follow(sessions, tool, out var twice) is false && wasCalm && tool.WasTaken && tool.AnsweredAtMs + SettlingMs < call.Record.DurationMs)
                yield return $"the answer is lost: {name}";
            if (twice is not null)
                yield return $"connection {twice} was told more than once: {name}";
        }
    }

    /// <summary>The last connection was up for a while when the call ended, and no history was cut since the service had taken offence at it.</summary>
    private static bool WasCalm(List<SimulatedSession> sessions, ChaosCall call)
    {
        if (sessions.Count == 0 || sessions[^1] != call.Sessions[^1] || sessions[^1].Events.Any(e => e.Kind == SessionEventKind.Frozen))
            return false;
        var offences = sessions.Count(session => session.Events[^1].Text.Contains($"server {BlamesContent}", StringComparison.Ordinal));
        var lifeMs = call.Record.DurationMs - call.Clock.GetElapsedTime(0, sessions[^1].Messages[0].Timestamp).TotalMilliseconds;
        return offences == 0 && lifeMs > SettlingMs && sessions[^1].Events[^1].Text.StartsWith("client", StringComparison.Ordinal);
    }

    /// <returns>True when the model knows the result in the end.</returns>
    private static bool Follow(List<SimulatedSession> sessions, ChaosToolCall tool, out string? twice)
    {
        var isKnown = false;
        var knownAt = new Dictionary<string, bool>(StringComparer.Ordinal);
        twice = null;
        foreach (var session in sessions)
        {
            isKnown = session.ResumedHandle.Length > 0 && knownAt.GetValueOrDefault(session.ResumedHandle);
            var steps = Steps(session, tool).ToList();
            foreach (var (_, told, handle) in steps)
            {
                isKnown |= told is not null;
                if (handle is not null)
                    knownAt[handle] = isKnown;
            }
            if (steps.Count(step => step.Told == Told.AsResponse) > 1 || steps.Count(step => step.Told == Told.InWords) > 1)
                twice ??= $"{sessions.IndexOf(session) + 1}";
        }
        return isKnown;
    }

    /// <summary>When the model learned the result, and when it was given a handle to come back to that.</summary>
    private static IEnumerable<(long Timestamp, Told? Told, string? Handle)> Steps(SimulatedSession session, ChaosToolCall tool)
    {
        var handles = session.Events.Where(e => e.Kind == SessionEventKind.HandleIssued).Select(e => (e.Timestamp, (Told?)null, (string?)e.Text));
        var responses = session.Events.Where(e => e.Kind == SessionEventKind.ToolResponseReceived && e.Text.Split(' ')[0] == tool.Call.Id)
            .Select(e => (e.Timestamp, (Told?)Told.AsResponse, (string?)null));
        var words = session.Messages
            .Select((message, i) => (message.Timestamp, message.Json, IsHistory: i == 1 && session.ResumedHandle.Length == 0))
            .Where(message => message.Json.Contains(tool.Number, StringComparison.Ordinal) && !message.Json.Contains("toolResponse", StringComparison.Ordinal))
            .Select(message => (message.Timestamp, (Told?)(message.IsHistory ? Told.AsHistory : Told.InWords), (string?)null));
        return handles.Concat(responses).Concat(words).OrderBy(step => step.Timestamp).ThenBy(step => step.Item3 is not null);
    }
}
