using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using GeminiLive;
using Simulation.Live;
using Support;
using Tools;
using Tools.Invocation;
using Tools.Plugins;
using VoiceAgent.Calls;
using VoiceAgent.Tests.VirtualCalls;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Tests.ToolCalls;

/// <summary>Tools in whole calls: what goes over the wire, what is withdrawn, and what remains in the record.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class ToolBridgeTests
{
    private const string Without = "gemini-3.1-flash-live-preview";

    private static readonly short[] Words = Tone.Sine(24_000, 500, 24_000, 6_000);

    [Fact]
    public async Task Calls_of_one_message_run_side_by_side_and_are_answered_in_one()
    {
        var (first, second) = (new StagedTool("first", new ToolPolicy()), new StagedTool("second", new ToolPolicy()));
        await using var call = new VirtualCall(tools: [first.Tool, second.Tool]);
        call.Start();
        call.Do(call.Session.CallToolsAsync(("first", "{}"), ("second", "{}")));
        call.Run(100);
        Assert.Equal((1, 1), (first.Started, second.Started));
        second.Complete("B");
        call.Run(200);
        Assert.Empty(Responses(call));
        first.Complete("A");
        call.Run(40);
        Assert.Equal(["first", "second"], Responses(call).Select(response => response.GetProperty("name").GetString()));
        Assert.Single(call.Session.Messages, message => message.Json.Contains("toolResponse", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gemini-3.8-live")]
    [InlineData(Without)]
    public async Task Withdrawn_call_is_cancelled_and_never_answered(string model)
    {
        var tool = new StagedTool("book", new ToolPolicy { Idempotent = true });
        await using var call = New(model, tool.Tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(100);
        call.Do(call.Session.CancelToolAsync());
        call.Run(500);
        Assert.Equal(1, tool.Cancelled);
        Assert.Empty(Responses(call));
        call.Line.HangUp();
        call.Run(200);
        var entry = Assert.Single(call.Record.Tools);
        Assert.Equal((ToolOutcome.Cancelled, ToolDelivery.Never, false), (entry.Outcome, entry.Delivered, entry.HeardByCaller!.Value));
    }

    [Fact]
    public async Task Caller_who_hangs_up_ends_the_work_and_the_record_waits_for_its_end()
    {
        var undone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = new StagedTool("book", new ToolPolicy());
        var undoing = tool.Tool with
        {
            Compensate = async (_, _, _, _) =>
            {
                await undone.Task;
                return "The booking was taken back.";
            },
        };
        var call = new VirtualCall(tools: undoing);
        call.Start();
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(100);
        call.Line.HangUp();
        call.Run(500);
        Assert.Equal(1, tool.Cancelled);
        Assert.True(call.Session.Closed.IsCompleted, "a session that nobody hears stays open");
        Assert.Equal(0, call.Record.DurationMs);
        undone.SetResult();
        call.Run(200);
        Assert.Equal(ToolOutcome.Compensated, Assert.Single(call.Record.Tools).Outcome);
        Assert.True(call.Record.DurationMs > 0);
        await call.DisposeAsync();
        Assert.Equal(1, call.ToolSetsReturned);
    }

    [Fact]
    public async Task Caller_who_hangs_up_in_mid_sentence_has_heard_up_to_there_with_tools_too()
    {
        var tool = new StagedTool("book", new ToolPolicy { Behavior = ToolBehavior.NonBlocking });
        await using var call = new VirtualCall(tools: tool.Tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("book"));
        var frame = call.Line.Audible.Count;
        call.Do(call.Session.SayAsync(Tone.Sine(24_000, 500, 24_000 * 5, 6_000), "one two three four five"));
        call.RunUntil(() => call.Line.Audible.Skip(frame).Count(audible => audible) == 100, 6_000);
        call.Line.HangUp();
        call.Run(200);
        Assert.InRange(Assert.Single(call.Record.Transcript).AudioPlayedMs!.Value, 1_980, 2_020);
    }

    [Fact]
    public async Task Call_without_an_id_is_answered_without_one()
    {
        var tool = new StagedTool("book", new ToolPolicy());
        await using var call = New("gemini-live-2.5-flash-native-audio", tool.Tool, LiveBackend.Vertex);
        call.Start();
        call.Do(call.Session.SendRawAsync(Encoding.UTF8.GetBytes("""{"toolCall":{"functionCalls":[{"name":"book","args":{}}]}}""")));
        call.Run(100);
        tool.Complete("done");
        call.Run(40);
        var answer = JsonDocument.Parse(call.Live.Sessions[0].Messages.Last(message => message.Json.Contains("toolResponse", StringComparison.Ordinal)).Json)
            .RootElement.GetProperty("toolResponse").GetProperty("functionResponses")[0];
        Assert.False(answer.TryGetProperty("id", out _));
    }

    [Fact]
    public async Task What_is_refused_at_once_gets_its_true_answer_and_no_placeholder()
    {
        var tool = ToolMethods.From((int number) => number, "order", "Finds an order.", new ToolPolicy { Behavior = ToolBehavior.NonBlocking });
        await using var call = New(Without, tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("order"));
        call.Run(500);
        var answer = Assert.Single(Responses(call));
        Assert.Contains("number", answer.GetProperty("response").GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(call.Session.Messages, message => message.Json.Contains("earlier tool call", StringComparison.Ordinal));
    }

    [Fact]
    public async Task News_go_as_answers_that_continue_and_the_last_one_ends_them()
    {
        var tool = new StagedTool("courier", new ToolPolicy { Behavior = ToolBehavior.NonBlocking });
        await using var call = new VirtualCall(tools: tool.Tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("courier"));
        call.Run(100);
        tool.Progress!.Report("asking two couriers");
        call.Run(100);
        tool.Complete("courier A, 25 minutes");
        call.Run(100);
        Assert.Equal([true, false], Responses(call).Select(response => response.GetProperty("willContinue").GetBoolean()));
    }

    [Fact]
    public async Task News_in_words_say_that_it_is_not_over_and_give_way_to_the_result()
    {
        var tool = new StagedTool("courier", new ToolPolicy { Behavior = ToolBehavior.NonBlocking });
        await using var call = New(Without, tool.Tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("courier"));
        call.Run(200);
        call.Do(call.Session.SayAsync(Words, "I ask the couriers."));
        call.Run(1_500);
        tool.Progress!.Report("asking two couriers");
        call.Run(100);
        Assert.Contains("\"finished\":false", Plain(Texts(call)[^1]), StringComparison.Ordinal);
        call.Do(call.Session.SayAsync(Words, "Two were asked."));
        call.Run(100);
        tool.Progress!.Report("one has answered");
        call.Run(1_200);   // news are told once a second at most
        tool.Complete("courier A");
        call.Run(3_500);
        Assert.DoesNotContain(Texts(call), text => text.Contains("courier A", StringComparison.Ordinal) && text.Contains("finished", StringComparison.Ordinal));
        Assert.Single(Texts(call), text => text.Contains("courier A", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fallback_that_cannot_wait_is_told_the_result_in_its_own_way()
    {
        var tool = new StagedTool("book", new ToolPolicy { Behavior = ToolBehavior.NonBlocking });
        var options = new LiveOptions();
        await using var call = new VirtualCall(liveOptions: options, tools: tool.Tool);
        options.Fallbacks.Add(new LiveFallbackOptions { Model = Without });
        call.Start();
        call.Do(call.Session.SayAsync(Words, "Hello."));
        call.Run(1_500);
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(200);
        Assert.Empty(Responses(call));
        call.Live.Faults.RefuseHandles = true;
        call.Do(call.Session.AbortAsync());
        call.Run(500);
        tool.Complete("R-4417");
        call.Run(500);
        Assert.Contains(call.Session.Messages, message => message.Json.Contains("R-4417", StringComparison.Ordinal));
        Assert.DoesNotContain(call.Session.Messages, message => message.Json.Contains("toolResponse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Same_call_twice_acts_once_and_is_told_once_in_words()
    {
        var tool = new StagedTool("book", new ToolPolicy { Behavior = ToolBehavior.NonBlocking });
        await using var call = New(Without, tool.Tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(300);
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(300);
        Assert.Equal(2, Responses(call).Count);   // both were answered with "started"
        tool.Complete("R-4417");
        call.Do(call.Session.SayAsync(Words, "One moment."));
        call.Run(3_500);
        Assert.Equal(1, tool.Started);
        Assert.Single(Texts(call), text => text.Contains("R-4417", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Key_on_the_phone_counts_as_the_callers_word()
    {
        var tool = new StagedTool("cancel_order", new ToolPolicy { Confirm = true });
        await using var call = new VirtualCall(tools: tool.Tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("cancel_order"));
        call.Run(100);
        call.Line.Press('7');   // nobody has asked anything yet
        call.Line.Press('#');
        call.Run(100);
        call.Do(call.Session.CallToolAsync("cancel_order"));
        call.Run(100);
        Assert.Equal(0, tool.Started);
        call.Do(call.Session.SayAsync(Words, "Shall I cancel it? Press 1."));
        call.Run(500);
        call.Line.Press('1');
        call.Line.Press('#');
        call.Run(100);
        call.Do(call.Session.CallToolAsync("cancel_order"));
        call.Run(100);
        Assert.Equal(1, tool.Started);
    }

    [Fact]
    public async Task Confirmation_counts_what_the_caller_says_after_the_question()
    {
        var tool = new StagedTool("cancel_order", new ToolPolicy { Confirm = true });
        await using var call = new VirtualCall(tools: tool.Tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("cancel_order"));
        call.Run(100);
        call.Do(call.Session.CallToolAsync("cancel_order"));
        call.Run(100);
        Assert.Equal((0, 2), (tool.Started, Responses(call).Count));
        call.Do(call.Session.SendTranscriptAsync("Cancel my order."));   // late words from before the question
        call.Do(call.Session.CallToolAsync("cancel_order"));
        call.Run(100);
        Assert.Equal(0, tool.Started);
        call.CallerSays(600);   // before the agent has asked
        call.Run(500);
        call.Do(call.Session.CallToolAsync("cancel_order"));
        call.Run(100);
        Assert.Equal(0, tool.Started);
        call.Do(call.Session.SayAsync(Words, "Shall I cancel it?"));
        call.Run(2_000);
        call.CallerSays(600);
        call.Run(500);
        call.Do(call.Session.CallToolAsync("cancel_order"));
        call.Run(100);
        Assert.Equal(1, tool.Started);
    }

    [Fact]
    public async Task Record_tells_each_call_of_a_tool_without_its_secrets()
    {
        var tool = ToolMethods.From((string number, string pin) => $"order {number} is ready", "order", "Finds an order.", new ToolPolicy());
        await using var call = new VirtualCall(tools: tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("order", """{"number":"4417","pin":"9876"}"""));
        call.Run(100);
        call.Do(call.Session.SayAsync(Words, "It is ready."));
        call.Run(1_500);
        call.Line.HangUp();
        call.Run(200);

        var json = JsonDocument.Parse(RecordFile.ToJson(call.Record)).RootElement;
        var entry = Assert.Single(json.GetProperty("tools").EnumerateArray());
        Assert.Equal("order", entry.GetProperty("tool").GetString());
        Assert.Equal("Succeeded", entry.GetProperty("outcome").GetString());
        Assert.Equal("Blocking", entry.GetProperty("behavior").GetString());
        Assert.Equal("Response", entry.GetProperty("delivered").GetString());
        Assert.True(entry.GetProperty("heardByCaller").GetBoolean());
        Assert.True(entry.GetProperty("resultBytes").GetInt32() > 0);
        Assert.Contains("4417", entry.GetProperty("arguments").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("9876", json.GetRawText(), StringComparison.Ordinal);
        Assert.Contains(json.GetProperty("timeline").EnumerateArray(), step => step.GetProperty("kind").GetString() == "Tool" && step.GetProperty("text").GetString()!.Contains("Succeeded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_count_calls_of_tools_by_their_end()
    {
        var sums = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name.StartsWith("voiceagent.tools.", StringComparison.Ordinal))
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        void Add<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
            where T : struct, IConvertible => sums.AddOrUpdate(instrument.Name, _ => value.ToDouble(null), (_, sum) => sum + value.ToDouble(null));
        listener.SetMeasurementEventCallback<long>(Add);
        listener.SetMeasurementEventCallback<double>(Add);
        listener.Start();
        var tool = new StagedTool("look", new ToolPolicy());
        await using var call = new VirtualCall(tools: tool.Tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("look"));
        call.Run(100);
        Assert.Equal(1, sums["voiceagent.tools.running"]);
        call.Run(400);
        tool.Complete("found");
        call.Run(100);
        Assert.Equal((0, 1), (sums["voiceagent.tools.running"], sums["voiceagent.tools.calls"]));
        Assert.InRange(sums["voiceagent.tools.duration"], 480, 520);
        Assert.InRange(sums["voiceagent.tools.start_delay"], 0, 20);
        Assert.InRange(sums["voiceagent.tools.delivery_delay"], 0, 20);
    }

    private static VirtualCall New(string model, Tool tool, LiveBackend backend = LiveBackend.DeveloperApi)
    {
        var options = new LiveOptions { Model = model, Backend = backend.ToString() };
        if (backend == LiveBackend.Vertex)
            (options.Project, options.Location) = ("project", "us-central1");
        return new VirtualCall(liveOptions: options, tools: tool);
    }

    private static List<JsonElement> Responses(VirtualCall call) =>
        [.. call.Session.Messages.Select(message => JsonDocument.Parse(message.Json).RootElement).Where(message => message.TryGetProperty("toolResponse", out _))
            .SelectMany(message => message.GetProperty("toolResponse").GetProperty("functionResponses").EnumerateArray())];

    private static List<string> Texts(VirtualCall call) => [.. call.Session.Events.Where(happened => happened.Kind == SessionEventKind.TextReceived).Select(happened => happened.Text)];

    private static string Plain(string text) => text.Replace(" ", "", StringComparison.Ordinal);
}
