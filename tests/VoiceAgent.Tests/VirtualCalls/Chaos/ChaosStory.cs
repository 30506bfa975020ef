using System.Globalization;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>A random call in words, for who looks for the cause of a broken law: what was planned, what its record says, what its connections saw.</summary>
internal static class ChaosStory
{
    private const int LongestMessage = 200;

    public static string Of(ChaosCall call)
    {
        double At(long timestamp) => call.Clock.GetElapsedTime(0, timestamp).TotalMilliseconds;
        var lines = call.Schedule.Steps.Select(step => ((double)step.AtMs, $"PLAN {step.Name}"))
            .Concat(call.Record.Timeline.Select(entry => (entry.AtMs, $"call {entry.Kind} {entry.Text}")))
            .Concat(call.Sessions.SelectMany((session, i) => session.Events.Select(e => (At(e.Timestamp), $"   connection {i + 1} {e.Kind} {e.Text}"))))
            .Concat(call.Sessions.SelectMany((session, i) => session.Messages.Select(m => (At(m.Timestamp), $"   connection {i + 1} <- {Shorten(m.Json)}"))))
            .OrderBy(line => line.Item1)
            .Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Item1,9:F0} {line.Item2}"));
        return $"seed {call.Seed}: {call.Schedule.Setting}\n{string.Join('\n', lines)}";
    }

    private static string Shorten(string json) => json[..Math.Min(json.Length, LongestMessage)];
}
