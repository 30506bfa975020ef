using Microsoft.Extensions.DependencyInjection;
using VoiceAgent.Hosting.Configuration;

namespace VoiceAgent.Tests.Hosting.Configuration;

/// <summary>What has the configuration read anew: a changed file, once it has come to rest, and SIGHUP.</summary>
public sealed class ConfigurationWatchTests
{
    [Fact]
    public async Task Changed_file_is_in_use_soon()
    {
        await using var rig = await ReloadRig.StartAsync();
        await using var watch = await StartAsync(rig);
        rig.Write(("Calls:MaxCalls", "7"));
        await watch.UntilAsync(() => rig.Table.MaxCalls == 7);
    }

    [Fact]
    public async Task File_that_changed_while_the_service_started_is_in_use_soon()
    {
        await using var rig = await ReloadRig.StartAsync();
        rig.Write(("Calls:MaxCalls", "7"));
        await using var watch = await StartAsync(rig);
        await watch.UntilAsync(() => rig.Table.MaxCalls == 7);
    }

    [Fact]
    public async Task File_in_the_middle_of_being_written_changes_nothing_and_is_told_once()
    {
        await using var rig = await ReloadRig.StartAsync();
        await using var watch = await StartAsync(rig);
        await File.WriteAllTextAsync(rig.File, "{ \"Calls\": { \"MaxCalls\": 9");
        await watch.UntilAsync(() => Refusals(rig) == 1);
        for (var i = 0; i < 20; i++)
            await watch.LookAsync();
        Assert.Equal((1, 50), (Refusals(rig), rig.Table.MaxCalls));

        rig.Write(("Calls:MaxCalls", "7"));
        await watch.UntilAsync(() => rig.Table.MaxCalls == 7);
    }

    [Fact]
    public async Task File_that_may_be_read_later_is_read_then_unchanged_as_it_is()
    {
        await using var rig = await ReloadRig.StartAsync();
        await using var watch = await StartAsync(rig);
        rig.Write(("Calls:MaxCalls", "7"));
        await using (new FileStream(rig.File, FileMode.Open, FileAccess.Read, FileShare.None))
            await watch.UntilAsync(() => Refusals(rig) == 1);
        Assert.Equal(50, rig.Table.MaxCalls);

        await watch.UntilAsync(() => rig.Table.MaxCalls == 7);
    }

    [Fact]
    public async Task Link_that_leads_elsewhere_and_an_included_file_are_changes()
    {
        await using var rig = await ReloadRig.StartAsync();
        rig.Write(("Include", """[ "more.json" ]"""));
        var (one, other) = (rig.PathOf("one.json"), rig.PathOf("other.json"));
        await File.WriteAllTextAsync(one, "{}");
        await File.WriteAllTextAsync(other, """{ "Calls": { "MaxCalls": 7 } }""");
        File.CreateSymbolicLink(rig.PathOf("more.json"), one);
        await rig.Reload.RunAsync(isWanted: true, awaitsSilent: true, CancellationToken.None);
        await using var watch = await StartAsync(rig);

        File.Delete(rig.PathOf("more.json"));
        File.CreateSymbolicLink(rig.PathOf("more.json"), other);
        await watch.UntilAsync(() => rig.Table.MaxCalls == 7);
        await File.WriteAllTextAsync(other, """{ "Calls": { "MaxCalls": 70 } }""");
        await watch.UntilAsync(() => rig.Table.MaxCalls == 70);
    }

    [Fact]
    public async Task Signal_reads_anew_what_looks_unchanged()
    {
        await using var rig = await ReloadRig.StartAsync();
        await using var watch = await StartAsync(rig);
        rig.Services.GetRequiredService<ReloadSignal>().Trigger();
        await watch.UntilAsync(() => rig.Log.Any(line => line.EndsWith("was read anew; no setting has changed", StringComparison.Ordinal)));
    }

    private static int Refusals(ReloadRig rig) => rig.Log.Count(line => line.StartsWith("Error: The changed configuration is refused", StringComparison.Ordinal));

    private static async Task<Watching> StartAsync(ReloadRig rig)
    {
        var watch = rig.Services.GetRequiredService<ConfigurationWatch>();
        await watch.StartAsync(CancellationToken.None);
        return new Watching(rig, watch);
    }

    private sealed class Watching(ReloadRig rig, ConfigurationWatch watch) : IAsyncDisposable
    {
        /// <summary>Half a second passes, and what follows from that has a moment.</summary>
        public async Task LookAsync()
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Delay(2);
        }

        public async Task UntilAsync(Func<bool> isSo)
        {
            for (var i = 0; !isSo(); i++)
            {
                Assert.True(i < 5_000, "It never came to that.");
                await LookAsync();
            }
        }

        public ValueTask DisposeAsync() => new(watch.StopAsync(CancellationToken.None));
    }
}
