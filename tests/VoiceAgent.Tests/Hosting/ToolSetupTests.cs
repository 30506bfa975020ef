using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Support;
using Tools;
using Tools.Catalog;
using Tools.Ledger;
using VoiceAgent.Hosting;

namespace VoiceAgent.Tests.Hosting;

/// <summary>The tools of the configuration in the service: loaded before calls are taken, refused in words, exchanged while it runs.</summary>
public sealed class ToolSetupTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tools");
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("Agents:Profiles:reception:GoogleSearch", "true",
        "Agents:Profiles:reception:Tools is not possible: gemini-2.5-flash-native-audio-latest does not take GoogleSearch together with functions; leave one of them out.")]
    [InlineData("Agents:Profiles:reception:Tools:1", "crn", "Agents:Profiles:reception:Tools:1 = 'crn' is no tool and no source of tools; there are: ")]
    [InlineData("Tools:Http:shop:AllowedHosts:0", "", "Tools:Http:shop")]
    [InlineData("Tools:Plugins:mail:Assembly", "mail.dll", "Tools:Plugins:mail:Assembly = 'mail.dll': there is no file ")]
    public async Task What_is_wrong_with_the_tools_refuses_the_start(string key, string value, string said)
    {
        await using var services = Services(("Agents:Profiles:reception:Model", "gemini-2.5-flash-native-audio-latest"), (key, value));
        var refused = await Assert.ThrowsAsync<ToolSourceException>(() => services.GetRequiredService<ToolCatalog>().LoadAsync(CancellationToken.None));

        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_goes_with_functions_on_a_model_that_has_both()
    {
        await using var services = Services(("Agents:Profiles:reception:GoogleSearch", "true"));
        await services.GetRequiredService<ToolCatalog>().LoadAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Service_without_tools_touches_no_database()
    {
        await using var services = Services(("Agents:Profiles:reception:Tools:0", null));
        await services.GetRequiredService<ToolLedger>().DisposeAsync();
        Assert.Empty(_folder.GetFiles("*.db"));
    }

    [Fact]
    public async Task Ledger_opens_when_a_tool_needs_it_and_refuses_as_long_as_it_cannot()
    {
        var folder = Path.Combine(_folder.FullName, "data");
        await File.WriteAllTextAsync(folder, "a file where the folder should be");
        await using var services = Services(("Database:ConnectionString", $"Data Source={folder}/test.db"));
        var ledger = services.GetRequiredService<IToolLedger>();
        Assert.False(await ledger.IntendAsync(new LedgerIntent("k1", "c1", "book", "{}"), CancellationToken.None));

        File.Delete(folder);
        Assert.False(await ledger.IntendAsync(new LedgerIntent("k1", "c1", "book", "{}"), CancellationToken.None));
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(await ledger.IntendAsync(new LedgerIntent("k1", "c1", "book", "{}"), CancellationToken.None));
        Assert.Equal("k1", Assert.Single(await ledger.ListAsync(new LedgerQuery(), CancellationToken.None)).Key);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ServiceProvider Services(params (string Key, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Agents:Profiles:reception:Tools:0"] = "shop",
            ["Tools:Http:shop:AllowedHosts:0"] = "shop.example",
            ["Tools:Http:shop:Tools:find_order:Url"] = "https://shop.example/orders",
            ["Tools:Http:shop:Tools:find_order:Description"] = "Looks up the caller's order.",
            ["Database:ConnectionString"] = $"Data Source={_folder.FullName}/test.db",
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        return Services(new ConfigurationBuilder().AddInMemoryCollection(all.Where(setting => setting.Value is not null)).Build(), _ => { });
    }

    private ServiceProvider Services(IConfiguration configuration, Action<IServiceCollection> more)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddVoiceAgent(configuration, AppContext.BaseDirectory);
        services.AddSingleton<TimeProvider>(_time);
        more(services);
        return services.BuildServiceProvider();
    }
}
