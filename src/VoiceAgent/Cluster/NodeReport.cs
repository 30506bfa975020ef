using Storage;
using VoiceAgent.Calls;

namespace VoiceAgent.Cluster;

/// <summary>What a node tells the others of itself.</summary>
/// <param name="Process">What tells it from every other, also from itself before a restart.</param>
/// <param name="Name">Its <c>Database:Instance</c>.</param>
/// <param name="Sip">Where it takes calls.</param>
/// <param name="Http">Where it answers HTTP.</param>
/// <param name="ConsoleUrl">Where browsers reach its console; empty for nowhere.</param>
/// <param name="State">As <c>/health/ready</c> says it.</param>
/// <param name="Calls">Calls that run.</param>
/// <param name="MaxCalls">Calls that it takes.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Timeout">Silence after which it is lost.</param>
internal sealed record NodeReport(string Process, string Name, string Sip, string Http, string ConsoleUrl, string State, int Calls, int MaxCalls, string Version, TimeSpan Timeout);

/// <summary>Nodes that were not heard of for their time.</summary>
/// <param name="Noticed">Names of those that nobody had missed before.</param>
/// <param name="HaveLeftOpen">Whether there are any whose records nobody has closed yet.</param>
internal sealed record LostNodes(IReadOnlyList<string> Noticed, bool HaveLeftOpen);

/// <summary>A call as the others see it.</summary>
internal sealed record CallRow(string CallId, string Direction, string Caller, string Dialled, string Trunk, string Agent, string State, string StartedAt)
{
    /// <summary>A running call at this moment; any thread.</summary>
    public static CallRow Of(CallSession session)
    {
        var record = session.Record;
        return new(record.CallId, $"{record.Direction}", record.CallerNumber ?? "", record.DialledNumber, record.Trunk ?? "", record.Agent, $"{session.State}", DatabaseText.From(record.StartedAt));
    }
}

/// <summary>What has changed among a node's calls since the others were told.</summary>
/// <param name="All">All of them now.</param>
/// <param name="Changed">Those that are new or otherwise.</param>
/// <param name="Ended">Ids of those that are over.</param>
/// <param name="IsWhole">Whether what the others have is to be forgotten: it is not known.</param>
internal sealed record CallChanges(IReadOnlyCollection<CallRow> All, IReadOnlyCollection<CallRow> Changed, IReadOnlyCollection<string> Ended, bool IsWhole)
{
    /// <summary>Compares.</summary>
    /// <param name="told">What the others have; null when that is not known.</param>
    /// <param name="now">All calls now, by their ids.</param>
    public static CallChanges Between(IReadOnlyDictionary<string, CallRow>? told, IReadOnlyDictionary<string, CallRow> now) => told is null
        ? new([.. now.Values], [.. now.Values], [], IsWhole: true)
        : new([.. now.Values], [.. now.Values.Where(row => !told.TryGetValue(row.CallId, out var before) || before != row)], [.. told.Keys.Where(id => !now.ContainsKey(id))], IsWhole: false);
}
