using System.Text.Json;
using Telephony.Rtp;
using Tools;
using Tools.Catalog;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.PhoneTools;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Tests.PhoneTools;

/// <summary>What the model is offered, and what becomes of its arguments before they reach the call.</summary>
public sealed class PhoneFunctionsTests
{
    private static readonly AgentProfile Agent = new()
    {
        Transfers = { ["sales"] = new() { Target = "100", Description = "orders and prices" }, ["desk"] = new() { Target = "sip:desk@example.com" } },
    };

    [Fact]
    public void Every_tool_is_offered_where_the_call_can_do_it()
    {
        Assert.Equal(["end_call", "transfer_call", "send_digits", "hold_caller", "remember_note"], Names(new FakeControl(), Agent));
        Assert.Equal(["end_call", "transfer_call", "hold_caller", "remember_note"], Names(new FakeControl { CanSendDigits = false }, Agent));
        Assert.Equal(["end_call", "send_digits", "hold_caller", "remember_note"], Names(new FakeControl { CanTransfer = false }, Agent));
        Assert.Equal(["end_call", "send_digits", "hold_caller", "remember_note"], Names(new FakeControl(), new AgentProfile()));
        Assert.Equal(["end_call", "transfer_call", "send_digits", "remember_note"], Names(new FakeControl { CanHold = false }, Agent));
        Assert.Equal(["end_call", "transfer_call", "send_digits", "hold_caller", "remember_note", "answered_by"], Names(new FakeControl { IsOutbound = true }, Agent));
    }

    [Fact]
    public void Tools_of_others_and_configured_rules_stay()
    {
        var other = new Tool(Microsoft.Extensions.AI.AIFunctionFactory.Create(() => 1, "one"), new ToolPolicy());
        var given = 0;
        var ended = PhoneFunctions.Unbound[0] with { Policy = PhoneFunctions.Unbound[0].Policy with { Confirm = true } };
        var set = PhoneFunctions.Bind(new ToolSet([other, ended], () => given++), new FakeControl(), Agent);
        Assert.Equal(["one", "end_call"], set.Tools.Select(tool => tool.Name));
        Assert.True(set.Find("end_call")!.Policy.Confirm);
        set.Dispose();
        Assert.Equal(1, given);
    }

    [Fact]
    public void Every_declaration_can_be_told_to_the_model()
    {
        using var set = PhoneFunctions.Bind(new ToolSet(PhoneFunctions.Unbound), new FakeControl(), Agent);
        Assert.All(set.Tools, tool => Assert.Null(ToolDeclarations.Fault(tool)));
        var transfer = ToolDeclarations.Of(set)[1];
        var target = JsonDocument.Parse($"{transfer.Parameters}").RootElement.GetProperty("properties").GetProperty("target");
        Assert.Equal(["sales", "desk"], target.GetProperty("enum").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("sales: orders and prices; desk", target.GetProperty("description").GetString());
    }

    [Theory]
    [InlineData("end_call", """{"reason":"done\nwith it"}""", "end done with it")]
    [InlineData("end_call", "{}", "end")]
    [InlineData("transfer_call", """{"target":"Sales"}""", "transfer sales 100")]
    [InlineData("transfer_call", """{"target":"the boss"}""", "error 'the boss' is not among those to whom a caller can be transferred: sales, desk.")]
    [InlineData("send_digits", """{"digits":"12#"}""", "digits 12#")]
    [InlineData("send_digits", """{"digits":"+49"}""", "error These digits cannot be sent: use 1 to 32 of 0-9, *, #, A-D; a comma waits two seconds, a w half a second.")]
    [InlineData("send_digits", """{"digits":"111111111111111111111111111111111"}""", "error These digits cannot be sent: use 1 to 32 of 0-9, *, #, A-D; a comma waits two seconds, a w half a second.")]
    [InlineData("hold_caller", "{}", "hold 30")]
    [InlineData("hold_caller", """{"seconds":500}""", "hold 120")]
    [InlineData("hold_caller", """{"seconds":-1}""", "hold 1")]
    [InlineData("remember_note", """{"text":" call back at 5 "}""", "note call back at 5")]
    [InlineData("remember_note", """{"text":" "}""", "error A note has 1 to 500 characters.")]
    [InlineData("answered_by", """{"who":"person"}""", "answered by Person")]
    [InlineData("answered_by", """{"who":" Voicemail"}""", "answered by Voicemail")]
    [InlineData("answered_by", """{"who":"unclear"}""", "answered by Unclear")]
    [InlineData("answered_by", """{"who":"2"}""", "error Say person, voicemail or unclear.")]
    public async Task Arguments_reach_the_call_or_are_refused_in_words(string name, string arguments, string expected)
    {
        var control = new FakeControl { IsOutbound = true };
        using var set = PhoneFunctions.Bind(new ToolSet(PhoneFunctions.Unbound), control, Agent);
        var given = JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments)!;
        var result = Assert.IsType<ToolResult>(await set.Find(name)!.Function.InvokeAsync(new(given)));
        Assert.Equal(expected, result.Error is { } error ? $"error {error}" : $"{result.Value}");
    }

    [Fact]
    public async Task Without_a_call_every_tool_says_so()
    {
        var result = Assert.IsType<ToolResult>(await PhoneFunctions.Unbound[0].Function.InvokeAsync([]));
        Assert.Equal("There is no phone call.", result.Error);
    }

    private static IEnumerable<string> Names(ICallControl control, AgentProfile agent)
    {
        using var set = PhoneFunctions.Bind(new ToolSet(PhoneFunctions.Unbound), control, agent);
        return [.. set.Tools.Select(tool => tool.Name)];
    }

    /// <summary>Tells what it was asked for.</summary>
    private sealed class FakeControl : ICallControl
    {
        public bool CanTransfer { get; init; } = true;

        public bool CanSendDigits { get; init; } = true;

        public bool CanHold { get; init; } = true;

        public bool IsOutbound { get; init; }

        public bool IsRecorded { get; init; }

        public Task<ToolResult> EndAsync(string reason, CancellationToken cancellation) => Told($"end {reason}");

        public Task<ToolResult> TransferAsync(string name, TransferOption target, string briefing, CancellationToken cancellation) => Told($"transfer {name} {target.Target} {briefing}");

        public Task<ToolResult> SendDigitsAsync(DigitSequence digits, CancellationToken cancellation) => Told($"digits {digits.Text}");

        public Task<ToolResult> HoldAsync(TimeSpan length, CancellationToken cancellation) => Told($"hold {length.TotalSeconds}");

        public Task<ToolResult> NoteAsync(string text, CancellationToken cancellation) => Told($"note {text}");

        public Task<ToolResult> RecordAsync(bool isPause, CancellationToken cancellation) => Told($"record {!isPause}");

        public Task<ToolResult> AnsweredByAsync(AnsweredBy who, CancellationToken cancellation) => Told($"answered by {who}");

        private static Task<ToolResult> Told(string what) => Task.FromResult(ToolResult.Ok(what.Trim()));
    }
}
