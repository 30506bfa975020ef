using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Storage;
using Support;
using Support.Databases;
using Tools;

namespace Crm.Tests;

public sealed class CrmFactoryTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Database _service;

    public CrmFactoryTests() => _service = new Database(new DatabaseOptions { ConnectionString = $"Data Source={_folder.File("service.db")}" }, _time);

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void There_is_none_unless_it_is_enabled()
    {
        Assert.Empty(Create());
        Assert.Empty(Create(("SlotMinutes", "15")));
    }

    [Fact]
    public void All_faults_are_told_at_once_with_key_value_and_remedy()
    {
        var failure = Assert.Throws<ToolSourceException>(() => Create(
            ("Enabled", "true"), ("TimeZone", "Mars/Olympus"), ("CountryCode", "0049"), ("SlotMinutes", "7"), ("MinNotice", "-1"), ("BookAheadDays", "0"), ("ConnectionString", "Data Source=:memory:")));
        Assert.Equal(
            [
                "Crm:ConnectionString keeps everything in memory, which does not outlive the process; use Data Source=FILE.",
                "Crm:TimeZone = 'Mars/Olympus' is not a time zone; use a name such as Europe/Berlin.",
                "Crm:CountryCode = '0049' is not a country code; use 1 to 3 digits such as 49.",
                "Crm:SlotMinutes = '7' is not usable; use 5 to 240, a multiple of 5.",
                "Crm:MinNotice = '-1.00:00:00' is not usable; use 00:00:00 to 30.00:00:00.",
                "Crm:BookAheadDays = '0' is not usable; use 1 to 365.",
            ],
            failure.Message.Split('\n'));
    }

    [Fact]
    public void Unknown_key_is_refused() =>
        Assert.Contains("Colour", Assert.Throws<ToolSourceException>(() => Create(("Colour", "red"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Database_of_its_own_is_used_and_closed_with_the_source()
    {
        var source = Assert.Single(Create(("Enabled", "true"), ("ConnectionString", "Data Source=own/crm.db")));
        Assert.NotEmpty(await source.LoadAsync(TestContext.Current.CancellationToken));
        await source.DisposeAsync();

        Assert.Equal([_folder.File("own/crm.db")], Directory.GetFiles(_folder.File("own")));
        Assert.False(File.Exists(_folder.File("service.db")));
    }

    [Fact]
    public async Task Database_that_cannot_be_used_refuses_the_source_in_words()
    {
        await File.WriteAllTextAsync(_folder.File("crm.db"), new string('x', 4096), TestContext.Current.CancellationToken);
        var source = Assert.Single(Create(("Enabled", "true"), ("ConnectionString", "Data Source=crm.db")));

        var failure = await Assert.ThrowsAsync<ToolSourceException>(async () => await source.LoadAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith($"Tools:Crm: Database {_folder.File("crm.db")}: ", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.MayPass);
    }

    [Fact]
    public async Task Server_that_is_down_may_come_back()
    {
        var source = Assert.Single(Create(("Enabled", "true"), ("Provider", "PostgreSql"), ("ConnectionString", "Host=127.0.0.1;Port=1;Username=nobody")));
        var failure = await Assert.ThrowsAsync<ToolSourceException>(async () => await source.LoadAsync(TestContext.Current.CancellationToken));
        Assert.True(failure.MayPass);
        await source.DisposeAsync();
    }

    [Fact]
    public async Task Tools_have_the_rules_that_their_effects_need()
    {
        var tools = (await Assert.Single(Create(("Enabled", "true"))).LoadAsync(TestContext.Current.CancellationToken)).ToDictionary(tool => tool.Name, StringComparer.Ordinal);

        Assert.Equal(
            ["book_appointment", "cancel_appointment", "find_contact", "find_free_slots", "find_orders", "log_call_summary", "order_status"],
            tools.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["book_appointment", "cancel_appointment"], tools.Values.Where(tool => !tool.Policy.Idempotent).Select(tool => tool.Name).Order(StringComparer.Ordinal));
        Assert.True(tools["cancel_appointment"].Policy.Confirm);
        Assert.NotNull(tools["book_appointment"].Compensate);
        Assert.Equal((ToolBehavior.NonBlocking, ToolScheduling.Silent), (tools["log_call_summary"].Policy.Behavior, tools["log_call_summary"].Policy.Scheduling));
        Assert.All(tools.Values, tool => Assert.NotEmpty(tool.Function.Description));
    }

    private IReadOnlyList<IToolSource> Create(params (string Key, string Value)[] settings) => new CrmFactory(_service, _time, NullLoggerFactory.Instance, _folder.Path).Create(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Crm:{setting.Key}", (string?)setting.Value))).Build());
}
