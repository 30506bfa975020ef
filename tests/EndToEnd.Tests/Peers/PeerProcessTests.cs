namespace EndToEnd.Tests.Peers;

public sealed class PeerProcessTests
{
    [Fact]
    public async Task Process_that_does_not_end_in_time_is_killed()
    {
        using var folder = new PeerFolder("sleep");
        await using var process = PeerProcess.Start("sleep", folder.Path, ["60"]);
        Assert.Null(await process.WaitForExitAsync(TimeSpan.FromMilliseconds(100)));
        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task Output_and_exit_code_are_kept_and_input_is_closed()
    {
        using var folder = new PeerFolder("sh");
        await using var process = PeerProcess.Start("sh", folder.Path, ["-c", "cat; pwd; echo wrong >&2; exit 7"]);
        Assert.Equal(7, await process.WaitForExitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains(folder.Path, process.Output, StringComparison.Ordinal);
        Assert.Contains("wrong", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void No_port_is_given_twice_in_a_row()
    {
        var ports = Enumerable.Range(0, 20).Select(_ => PeerPorts.Take(4)).ToList();
        Assert.Equal(ports.Count, ports.Distinct().Count());
        Assert.All(ports, port => Assert.Equal(0, port % 2));
    }
}
