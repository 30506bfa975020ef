using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Tools.Plugins;

namespace Tools.Tests.Plugins;

/// <summary>The example of docs/tools.md, as it stands there.</summary>
public sealed class PluginExampleTests
{
    [Fact]
    public async Task Example_is_a_plugin_whose_tool_answers()
    {
        var tool = Assert.Single(new ShopPlugin().CreateTools(new NoHost()));
        var caller = new ToolContext { CallId = "c1", Agent = "a", CallerNumber = "+4930" };
        var answer = await tool.Function.InvokeAsync(caller.With(new Dictionary<string, object?>(StringComparer.Ordinal) { ["number"] = JsonElement.Parse("\"A7\"") }));

        Assert.Equal("where_is_my_order", tool.Name);
        Assert.Equal("It is on its way and arrives on Monday.", answer);
    }

    [Fact]
    public void Example_is_the_one_of_the_document()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "tools.md"));
        var start = document.IndexOf("```csharp\n", StringComparison.Ordinal) + 10;
        var example = document[start..document.IndexOf("```", start, StringComparison.Ordinal)];
        Assert.Contains(Lines(example), Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Tools.Tests", "Plugins", "PluginExampleTests.cs"))), StringComparison.Ordinal);
    }

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

#pragma warning disable CA1822 // as a plugin's author writes it
    public sealed class ShopPlugin : IToolPlugin
    {
        public IEnumerable<Tool> CreateTools(IToolPluginHost host) => ToolMethods.Of(this);

        [Tool(Idempotent = true), Description("Tells where the caller's order is.")]
        public async Task<string> WhereIsMyOrder([Description("As printed on the bill.")] string number, ToolContext caller, CancellationToken cancellation)
        {
            var order = await Orders.FindAsync(number, caller.CallerNumber, cancellation);
            return order is null ? "There is no such order." : $"It is {order.Status} and arrives on {order.Day:dddd}.";
        }
    }
#pragma warning restore CA1822

    private static class Orders
    {
        public static Task<Order?> FindAsync(string number, string caller, CancellationToken cancellation) =>
            Task.FromResult(number == "A7" && caller == "+4930" && !cancellation.IsCancellationRequested ? new Order("on its way", new DateTime(2026, 1, 5, 0, 0, 0, DateTimeKind.Utc)) : null);
    }

    private sealed record Order(string Status, DateTime Day);

    private sealed class NoHost : IToolPluginHost
    {
        public IConfiguration Settings { get; } = new ConfigurationBuilder().Build();

        public ILoggerFactory Loggers => NullLoggerFactory.Instance;

        public TimeProvider Time => TimeProvider.System;
    }
}
