using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Support;
using Tools.Invocation;
using Tools.Plugins;

namespace Tools.Tests.Plugins;

/// <summary>Plugins as they are built and laid into the folder: loaded, run, unloaded, or refused in words.</summary>
public sealed class PluginFactoryTests : IDisposable
{
    private static readonly string Built = Path.Combine(Repository.Root, "tests", "Plugins");
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
    private static readonly ToolContext Caller = new() { CallId = "c1", Agent = "a", CallerNumber = "+4930" };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("plugins");

    [Fact]
    public async Task Plugin_gives_tools_with_its_settings()
    {
        Install("First");
        await using var source = Source("First", ("First:Settings:Greeting", "hello"));
        var tool = (await source.LoadAsync(CancellationToken.None))[0];

        Assert.Equal(("First", "first_words", "Says what the first plugin was told.", true, true), (source.Name, tool.Name, tool.Function.Description, tool.MayBlock, tool.Policy.Idempotent));
        Assert.Equal("""{"text":"hello Ada from +4930","words":"version 1 of the words","tones":["Kind"]}""", await InvokeAsync(tool, """{ "name": "Ada" }"""));
    }

    [Fact]
    public async Task Two_plugins_bring_two_versions_of_one_dependency()
    {
        Install("First");
        Install("Second");
        await using var first = Source("First");
        await using var second = Source("Second");

        var texts = new[]
        {
            await InvokeAsync((await first.LoadAsync(CancellationToken.None))[0], """{ "name": "Ada" }"""),
            await InvokeAsync((await second.LoadAsync(CancellationToken.None))[0], "{}"),
        };

        Assert.Contains("version 1 of the words", texts[0], StringComparison.Ordinal);
        Assert.Equal("\"version 2 of the words\"", texts[1]);
    }

    [Fact]
    public async Task Assembly_can_be_replaced_while_it_is_loaded()
    {
        Install("First");
        await using var first = Source("First");
        await first.LoadAsync(CancellationToken.None);

        File.Copy(Path.Combine(Built, "Second", "bin", Configuration, "net10.0", "Second.dll"), Path.Combine(_folder.FullName, "First", "First.dll"), overwrite: true);
        Install("Second", into: "First");
        await using var replaced = Source("First");

        Assert.Equal("second_words", Assert.Single(await replaced.LoadAsync(CancellationToken.None)).Name);
    }

    [Fact]
    public async Task Closed_plugin_is_disposed_and_leaves_the_process()
    {
        Install("First");
        var log = new LogList();
        var context = await LoadRunCloseAsync(log);
        for (var i = 0; i < 100 && context.IsAlive; i++)
        {
            // The JSON library forgets a type when it has not seen it for a second, and only when it meets another one.
            new DefaultJsonTypeInfoResolver().GetTypeInfo(typeof(LogList), new JsonSerializerOptions());
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(50);
        }

        Assert.Equal(["disposed"], log.Lines);
        Assert.False(context.IsAlive);
    }

    [Theory]
    [InlineData("Words", "it has no public class that implements IToolPlugin.")]
    [InlineData("text", "it is no .NET assembly.")]
    [InlineData("Throwing", "InvalidOperationException while it was loaded: no licence.")]
    [InlineData("Double", "it has 2 classes that implement IToolPlugin (One, Two); leave one of them public.")]
    [InlineData("TooNew", "it was built against Tools 99.0.0.0, and this service has ")]
    public async Task What_is_no_plugin_is_refused_in_words(string assembly, string said)
    {
        Install("First");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "First", "text.dll"), "not at all");
        EmittedPlugin.Write(Path.Combine(_folder.FullName, "First", "Throwing.dll"), "Thrower");
        EmittedPlugin.Write(Path.Combine(_folder.FullName, "First", "Double.dll"), "One", "Two");
        EmittedPlugin.WriteTooNew(Path.Combine(_folder.FullName, "First", "TooNew.dll"));

        await using var source = Source("x", ("x:Assembly", $"First/{assembly}.dll"));
        var refused = await Assert.ThrowsAsync<ToolSourceException>(async () => await source.LoadAsync(CancellationToken.None));

        Assert.StartsWith($"Tools:Plugins:x: {Path.Combine(_folder.FullName, "First", assembly)}.dll cannot be used as a plugin: {said}", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.MayPass);
    }

    [Fact]
    public void Missing_files_are_all_told_with_the_place_where_they_were_looked_for()
    {
        var refused = Assert.Throws<ToolSourceException>(() => Sources(("a:Assembly", "a.dll"), ("b:Settings:X", "1")));

        Assert.Equal(
            [
                $"Tools:Plugins:a:Assembly = 'a.dll': there is no file {_folder.FullName}/a.dll; put the plugin there, or correct this or Tools:PluginFolder.",
                $"Tools:Plugins:b:Assembly = 'b/b.dll': there is no file {_folder.FullName}/b/b.dll; put the plugin there, or correct this or Tools:PluginFolder.",
            ],
            refused.Message.Split('\n'));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> LoadRunCloseAsync(LogList log)
    {
        var source = Sources(log, ("First:Settings:Greeting", "hello")).Single();
        var tool = (await source.LoadAsync(CancellationToken.None))[0];
        await InvokeAsync(tool, """{ "name": "Ada" }""");
        var context = new WeakReference(AssemblyLoadContext.All.Single(loaded => loaded.Name == "First" && loaded.Assemblies.Contains(tool.Function.UnderlyingMethod!.DeclaringType!.Assembly)));
        await source.DisposeAsync();
        return context;
    }

    private static async Task<string> InvokeAsync(Tool tool, string json)
    {
        var result = await tool.Function.InvokeAsync(Caller.With(JsonSerializer.Deserialize<Dictionary<string, object?>>(json)!));
        var (response, _) = await ResultJson.OutputAsync(result, 1000, CancellationToken.None);
        return response.GetProperty("output").GetRawText();
    }

    private void Install(string plugin, string? into = null)
    {
        var target = _folder.CreateSubdirectory(into ?? plugin);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Built, plugin, "bin", Configuration, "net10.0")))
            File.Copy(file, Path.Combine(target.FullName, into is null ? Path.GetFileName(file) : Path.GetFileName(file).Replace(plugin, into, StringComparison.Ordinal)), overwrite: true);
    }

    private IToolSource Source(string name, params (string Key, string Value)[] settings) => Sources(settings.Length == 0 ? [($"{name}:Settings:X", "1")] : settings).Single();

    private IReadOnlyList<IToolSource> Sources(params (string Key, string Value)[] settings) => Sources(new LogList(), settings);

    private IReadOnlyList<IToolSource> Sources(LogList log, params (string Key, string Value)[] settings)
    {
        var all = settings.Select(setting => KeyValuePair.Create("Tools:Plugins:" + setting.Key, (string?)setting.Value)).Append(new("Tools:PluginFolder", _folder.Name));
        var root = new ConfigurationBuilder().AddInMemoryCollection(all).Build();
        return new PluginFactory(_folder.Parent!.FullName, log, new ManualTimeProvider()).Create(root.GetSection("Tools"));
    }

    private sealed class LogList : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
