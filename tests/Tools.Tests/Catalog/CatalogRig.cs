using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Tools.Catalog;
using Tools.Plugins;

namespace Tools.Tests.Catalog;

/// <summary>A catalogue over sources that the test makes up: <c>Tools:Test:SOURCE = tool,tool</c>.</summary>
internal sealed class CatalogRig : IAsyncDisposable, IToolSourceFactory
{
    public CatalogRig(params (string Key, string? Value)[] settings)
    {
        Configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => setting.Value)).Build();
        Catalog = new ToolCatalog([this], Configuration, tool => tool.Name == "untellable" ? "it has no words" : null, Time, NullLoggerFactory.Instance)
        {
            AgentFaults = (agent, tools) => tools.Count > 3 ? [$"{agent} has too many tools."] : [],
        };
    }

    public ManualTimeProvider Time { get; } = new();

    public IConfigurationRoot Configuration { get; }

    public ToolCatalog Catalog { get; }

    /// <summary>Every source that was ever made, in order.</summary>
    public List<TestSource> Sources { get; } = [];

    /// <summary>Sources that do not answer.</summary>
    public HashSet<string> Down { get; } = [];

    /// <summary>Sources that never say anything.</summary>
    public HashSet<string> Hanging { get; } = [];

    /// <summary>Names of tools that are idempotent.</summary>
    public HashSet<string> Idempotent { get; } = [];

    /// <summary>Names of tools that may block their thread.</summary>
    public HashSet<string> Blocking { get; } = [];

    public Task LoadAsync() => Catalog.LoadAsync(CancellationToken.None);

    public async Task<string[]> FaultsAsync() => (await Assert.ThrowsAsync<ToolSourceException>(LoadAsync)).Message.Split('\n');

    /// <summary>Changes the configuration, and has it taken into use if nothing is wrong with it.</summary>
    public async Task ChangeAsync(params (string Key, string? Value)[] settings)
    {
        foreach (var (key, value) in settings)
            Configuration[key] = value;
        await using var prepared = await Catalog.PrepareAsync(Configuration, new ToolChange(), CancellationToken.None);
        if (prepared.Faults.Count == 0)
            prepared.Take();
    }

    public string[] Names(string agent)
    {
        using var set = Catalog.Rent(agent);
        return [.. set.Tools.Select(tool => tool.Name)];
    }

    /// <summary>Lets the clock run until something is so.</summary>
    public async Task UntilAsync(Func<bool> isSo)
    {
        for (var i = 0; !isSo(); i++)
        {
            Assert.True(i < 2_000, "It never came to that.");
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }
    }

    public IReadOnlyList<IToolSource> Create(IConfiguration tools)
    {
        if (tools["Broken"] is { } broken)
            throw new ToolSourceException($"Tools:Broken = '{broken}' is not usable.\nTools:Broken is wrong in a second way.");
        var made = tools.GetSection("Test").GetChildren().Select(source => new TestSource(this, source.Key, source.Value ?? "")).ToList();
        Sources.AddRange(made);
        return made;
    }

    public ValueTask DisposeAsync() => Catalog.DisposeAsync();
}

/// <summary>A source whose tools the test sets.</summary>
internal sealed class TestSource(CatalogRig rig, string name, string tools) : IToolSource
{
    public string Name => name;

    public Action? Changed { get; set; }

    public bool IsForeign => name.StartsWith("foreign", StringComparison.Ordinal);

    public string Tools { get; set; } = tools;

    public bool IsClosed { get; private set; }

    public int Loads { get; private set; }

    public ValueTask<IReadOnlyList<Tool>> LoadAsync(CancellationToken cancellation)
    {
        Loads++;
        if (rig.Hanging.Contains(name))
            return new ValueTask<IReadOnlyList<Tool>>(new TaskCompletionSource<IReadOnlyList<Tool>>().Task);
        if (rig.Down.Contains(name))
            throw new ToolSourceException("connection refused") { MayPass = true };
        if (Tools == "wrong")
            throw new ToolSourceException($"Tools:Test:{name} = 'wrong' is not usable.");
        return ValueTask.FromResult<IReadOnlyList<Tool>>([.. Tools.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Make)]);
    }

    public ValueTask DisposeAsync()
    {
        IsClosed = true;
        return ValueTask.CompletedTask;
    }

    private Tool Make(string tool) => ToolMethods.From(() => 1, tool, "", new ToolPolicy { Idempotent = rig.Idempotent.Contains(tool) }) with { MayBlock = rig.Blocking.Contains(tool) };
}
