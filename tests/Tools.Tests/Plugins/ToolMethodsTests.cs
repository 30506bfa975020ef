using System.ComponentModel;
using System.Text.Json;
using Tools.Plugins;

namespace Tools.Tests.Plugins;

public sealed class ToolMethodsTests
{
    private static readonly ToolContext Context = new() { CallId = "c1", Agent = "reception", CallerNumber = "+4930", Time = new Support.ManualTimeProvider() };

    [Fact]
    public void Methods_become_tools_in_the_order_in_which_they_are_written()
    {
        var tools = ToolMethods.Of(new Shop());

        Assert.Equal(["where_is_my_order", "book", "count"], tools.Select(tool => tool.Name));
        Assert.Equal("Looks up an order.", tools[0].Function.Description);
        Assert.Equal("Books a table.", tools[1].Function.Description);
    }

    [Fact]
    public void What_comes_from_the_run_is_hidden_from_the_model()
    {
        Assert.Equal(
            """{"type":"object","properties":{"orderNumber":{"description":"As printed on the bill.","type":"string"},"kind":{"type":"string","enum":["Phone","Web"]},"line":{"type":"integer","default":1}},"required":["orderNumber","kind"]}""",
            ToolMethods.Of(new Shop())[0].Function.JsonSchema.GetRawText());
        Assert.Equal("""{"type":"object","properties":{}}""", ToolMethods.Of(new Shop())[2].Function.JsonSchema.GetRawText());
    }

    [Fact]
    public async Task Method_gets_its_arguments_the_context_and_the_clock()
    {
        var result = await Invoke(ToolMethods.Of(new Shop())[0], """{ "orderNumber": "A7", "kind": "Web" }""");

        Assert.Equal(new Order("A7 Web 1 +4930", Context.Time.GetUtcNow()), result);
    }

    [Fact]
    public async Task Progress_reaches_the_run_and_a_result_of_its_own_kind_is_handed_on_as_it_is()
    {
        var news = new Progress();
        var result = Assert.IsType<ToolResult>(await Invoke(ToolMethods.Of(new Shop())[1], "{}", Context with { Progress = news }));

        Assert.Equal(["Looking for a table"], news.Told);
        Assert.Equal(ToolScheduling.Interrupt, result.Scheduling);
        Assert.Null(await Invoke(ToolMethods.Of(new Shop())[2], "{}"));
    }

    [Fact]
    public async Task Attribute_gives_the_policy_and_the_way_to_undo()
    {
        var book = ToolMethods.Of(new Shop())[1];

        Assert.Equal(
            new ToolPolicy
            {
                Behavior = ToolBehavior.NonBlocking,
                Timeout = TimeSpan.FromSeconds(20),
                Confirm = true,
                Filler = new ToolFiller { Text = "One moment" },
                Offer = "a call back",
            },
            book.Policy);
        Assert.Equal("undone for +4930", await book.Compensate!(Context, default, null, CancellationToken.None));
        Assert.Null(ToolMethods.Of(new Shop())[0].Compensate);
    }

    [Fact]
    public async Task Delegate_becomes_a_tool()
    {
        var tool = ToolMethods.From((int a, int b) => a + b, "add", "Adds.", new ToolPolicy { Idempotent = true });

        Assert.Equal(("add", "Adds.", true), (tool.Name, tool.Function.Description, tool.Policy.Idempotent));
        Assert.Equal(5, await Invoke(tool, """{ "a": 2, "b": 3 }"""));
        Assert.Equal(TimeSpan.FromSeconds(20), ToolMethods.From(new Shop().Book).Policy.Timeout);
    }

    [Fact]
    public void What_cannot_be_a_tool_is_refused_by_name()
    {
        Assert.Contains("NoTools has no public method with [Tool]", Assert.Throws<ToolSourceException>(() => ToolMethods.Of(new NoTools())).Message, StringComparison.Ordinal);
        Assert.Contains("BadTools.Find", Assert.Throws<ToolSourceException>(() => ToolMethods.Of(new BadTools())).Message, StringComparison.Ordinal);
        Assert.Contains("""Undo = "Nothing" is no method""", Assert.Throws<ToolSourceException>(() => ToolMethods.Of(new BadUndo())).Message, StringComparison.Ordinal);
    }

    private static ValueTask<object?> Invoke(Tool tool, string json, ToolContext? context = null) =>
        tool.Function.InvokeAsync((context ?? Context).With(JsonSerializer.Deserialize<Dictionary<string, object?>>(json)!));

    internal enum Kind
    {
        Phone,
        Web,
    }

    internal sealed record Order(string Text, DateTimeOffset At);

    private sealed class Shop
    {
        private readonly string _undone = "undone";

        [Tool(Idempotent = true, Description = "Looks up an order.")]
        public static async Task<Order> WhereIsMyOrderAsync(
            [Description("As printed on the bill.")] string orderNumber, Kind kind, ToolContext caller, TimeProvider time, CancellationToken cancellation, int line = 1)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            return new Order($"{orderNumber} {kind} {line} {caller.CallerNumber}", time.GetUtcNow());
        }

        [Tool(Behavior = ToolBehavior.NonBlocking, TimeoutSeconds = 20, Confirm = true, Filler = "One moment", Offer = "a call back", Undo = nameof(Unbook))]
        [Description("Books a table.")]
        public ToolResult Book(IProgress<string> progress)
        {
            progress.Report("Looking for a table");
            return ToolResult.Ok(new { table = 4 }, ToolScheduling.Interrupt);
        }

        [Tool]
        public static void Count()
        {
            // Nothing to return.
        }

        public static void NotATool() => throw new InvalidOperationException();

        private ValueTask<string> Unbook(ToolContext context, JsonElement arguments, JsonElement? result, CancellationToken cancellation) =>
            ValueTask.FromResult($"{_undone} for {context.CallerNumber}");
    }

    private sealed class NoTools;

    private sealed class BadTools
    {
        [Tool]
        public static void Find(out string found) => found = "";
    }

    private sealed class BadUndo
    {
        [Tool(Undo = "Nothing")]
        public static void Act()
        {
            // Never called.
        }
    }

    private sealed class Progress : IProgress<object>
    {
        public List<object> Told { get; } = [];

        public void Report(object value) => Told.Add(value);
    }
}
