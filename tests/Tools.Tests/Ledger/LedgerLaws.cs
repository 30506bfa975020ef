using Storage;
using Tools.Ledger;

namespace Tools.Tests.Ledger;

/// <summary>Holds what has happened in the world against what the ledger says.</summary>
/// <param name="database">The ledger's.</param>
/// <param name="ledger">Started after the last kill.</param>
/// <param name="world">Lines <c>effect KEY WISH</c>, <c>undo KEY</c>, <c>answer KEY OUTCOME</c>.</param>
internal sealed class LedgerLaws(Database database, DatabaseLedger ledger, IReadOnlyList<string> world)
{
    public async Task CheckAsync(int cuts, CancellationToken cancellation)
    {
        var entries = await EntriesAsync(cancellation);
        var effects = Lines("effect").ToList();

        Assert.Empty(Repeated(effects.Select(line => line[1])));   // at most once per key
        Assert.Empty(Repeated(effects.Select(line => line[2])));   // and per wish, however often the model says it
        Assert.Empty(Repeated(Lines("undo").Select(line => line[1])));
        Assert.All(effects, line => Assert.Contains(line[1], entries.Keys));   // intended before it was done
        Assert.DoesNotContain("Running", entries.Values);   // nothing hangs: its end is known, or is known to be unknown

        // An effect is recorded as done, as undone, or as unknown; nothing that has happened is called harmless.
        Assert.Empty(effects.Where(line => entries[line[1]] is not ("Succeeded" or "CancelledButDone" or "Compensated" or "Unknown")).Select(line => $"{line[1]}: {entries[line[1]]}"));
        // What was called done has happened.
        var done = effects.Select(line => line[1]).ToHashSet(StringComparer.Ordinal);
        Assert.All(entries.Where(entry => entry.Value is "Succeeded" or "CancelledButDone"), entry => Assert.Contains(entry.Key, done));
        // The model was told nothing that is not on record.
        Assert.Empty(Lines("answer").Where(line => line[2] == "Succeeded" && entries.GetValueOrDefault(line[1]) is not ("Succeeded" or "Compensated" or "CancelledButDone")).Select(line => string.Join(' ', line)));

        // Each cut run is listed for the operator; a process that was killed at its start may not have told what it had found.
        var unknown = await ledger.ListAsync(new LedgerQuery(OnlyUnknown: true, Limit: 10_000), cancellation);
        Assert.InRange(cuts, 0, unknown.Count);
        Assert.Equal(entries.Values.Count(outcome => outcome == "Unknown"), unknown.Count);
        Assert.Equal(unknown.Count, ledger.UnknownEntries);
        Assert.All(unknown, entry => Assert.Equal("The process ended before the result was written.", entry.Note));
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> values) => values.GroupBy(value => value, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);

    private IEnumerable<string[]> Lines(string kind) => world.Select(line => line.Split(' ')).Where(parts => parts[0] == kind && parts[^1] != "torn");

    private async Task<Dictionary<string, string>> EntriesAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenAsync(cancellation);
        if (database.Provider == DatabaseProvider.Sqlite)
            Assert.Equal("ok", await connection.Command("PRAGMA integrity_check").ScalarAsync<string>(cancellation));
        return (await connection.Command("SELECT key, outcome FROM tool_ledger").ListAsync(row => (Key: row.GetString(0), Outcome: row.GetString(1)), cancellation))
            .ToDictionary(entry => entry.Key, entry => entry.Outcome, StringComparer.Ordinal);
    }
}
