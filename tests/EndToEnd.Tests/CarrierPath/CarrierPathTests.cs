using System.Text;
using EndToEnd.Tests.Peers;
using Support;

namespace EndToEnd.Tests.CarrierPath;

/// <summary>Goal A24: what carriers and their phones do, by each of three peers, all through a proxy that stays in the route.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class CarrierPathTests : IDisposable
{
    private const int AtOnce = 9;

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task A24_Every_peer_does_through_kamailio_what_it_can_do()
    {
        Assert.SkipUnless(Sipp.IsInstalled && Baresip.IsInstalled && Linphone.IsInstalled && Kamailio.IsInstalled,
            $"{Sipp.Missing} {Baresip.Missing} {Linphone.Missing} {Kamailio.Missing}");
        await using var road = await CarrierRoad.StartAsync(_authority);
        await using var slow = await CarrierRoad.StartAsync(_authority, isSlow: true);
        List<PathCell> cells = [.. new SippCells(road, slow).All, .. new BaresipCells(road, slow).All, .. new LinphoneCells(road, slow).All];

        await Parallel.ForEachAsync(cells.Where(cell => cell.Run is not null), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (cell, _) => await cell.JudgeAsync());

        TestContext.Current.TestOutputHelper?.WriteLine(Table(cells));
        var failures = cells.Where(cell => cell.Failure is not null).Select(cell => cell.Failure).ToList();
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    private static string Table(List<PathCell> cells)
    {
        var peers = cells.Select(cell => cell.Peer).Distinct().ToList();
        var text = new StringBuilder("| through kamailio | ").AppendJoin(" | ", peers).AppendLine(" |").Append("|---|").AppendLine(string.Concat(peers.Select(_ => "---|")));
        foreach (var row in cells.GroupBy(cell => cell.What))
            text.Append("| ").Append(row.Key).Append(" | ").AppendJoin(" | ", row.Select(Mark)).AppendLine(" |");
        return text.ToString();
    }

    private static string Mark(PathCell cell) => cell.Run is null ? $"– ({cell.Text})" : cell.Failure is null ? $"yes: {cell.Text}" : $"**no**: {cell.Text}";
}
