using System.Text.Json;

namespace GeminiLive.Tests;

/// <summary>Row A17 of the goals: another model or region takes over, with what was said, and without a second greeting.</summary>
public sealed class LiveFallbackTests
{
    private const string Handle = """{"sessionResumptionUpdate":{"newHandle":"h-1","resumable":true}}""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Target_that_dies_in_mid_call_is_followed_by_the_next_one_which_knows_what_was_said()
    {
        await using var rig = Rig("gemini-3.8-live");
        var first = await TalkAsync(rig);
        rig.Plans(() => LiveRig.Refused(503)).Plans(() => LiveRig.Refused(503));
        first.Closes(code: null);
        await rig.RunUntil(() => rig.Story.OfType<Resumed>().Any());

        Assert.InRange(Now(rig), TimeSpan.Zero, Limit);
        Assert.Equal(["first", "first", "first", "second"], rig.Addresses.Select(a => a.Host));
        Assert.False(rig.Socket.Setup.GetProperty("sessionResumption").TryGetProperty("handle", out _));
        await rig.Until(() => rig.Socket.SentControl.Count() >= 2);
        var content = Content(rig.Socket.SentControl.ElementAt(1));
        Assert.Equal(["model:Hello, who is there?", "user:It is Ada.", "model:Hello, Ada."], Turns(content).Take(3));
        Assert.Equal("user", content.GetProperty("turns").EnumerateArray().Last().GetProperty("role").GetString());
        Assert.False(content.TryGetProperty("turnComplete", out var complete) && complete.GetBoolean());
        Assert.DoesNotContain(rig.Socket.SentControl, m => m.Contains("Greet the caller", StringComparison.Ordinal));
        Assert.Equal(0, rig.Overlaps);
    }

    [Fact]
    public async Task Family_with_a_history_of_its_own_is_told_it_silently_before_anything_else()
    {
        await using var rig = Rig("gemini-3.1-flash-live-preview");
        var first = await TalkAsync(rig);
        await rig.CallerIsHeard();
        rig.Speak(200);
        first.Closes(1011, "You exceeded your current quota, please check your plan and billing details.");
        await rig.UntilTold<Resumed>();
        await rig.Until(() => rig.Socket.SentControl.Count() >= 3);

        Assert.Equal(["first", "second"], rig.Addresses.Select(a => a.Host));
        Assert.True(rig.Socket.Setup.GetProperty("historyConfig").GetProperty("initialHistoryInClientContent").GetBoolean());
        Assert.True(Content(rig.Socket.Sent[1]).GetProperty("turnComplete").GetBoolean());
        Assert.Contains("Hello?", Turns(Content(rig.Socket.Sent[1])).Last(), StringComparison.Ordinal);
        Assert.Contains("realtimeInput", rig.Socket.SentControl.ElementAt(2), StringComparison.Ordinal);
        Assert.Contains("waiting for an answer", rig.Socket.SentControl.ElementAt(2), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Target_that_does_not_answer_the_setup_is_left_soon(bool duringResume)
    {
        await using var rig = Rig("gemini-3.8-live");
        var silent = new ScriptedSocket(rig.Pulse) { AnswersSetup = false };
        var first = duringResume ? await TalkAsync(rig) : null;
        rig.Plans(silent);
        first?.Closes(code: null);
        var connecting = duringResume ? rig.UntilTold<Resumed>() : rig.Connect();
        await rig.RunUntil(() => rig.Sockets.Count(s => s.Sent.Count > 0) >= (duringResume ? 3 : 2));
        await connecting;

        Assert.True(silent.IsDisposed);
        Assert.Equal("second", rig.Addresses[^1].Host);
        Assert.InRange(Now(rig), rig.Options.FallbackAfter, Limit);
        Assert.Equal(0, rig.Overlaps);
    }

    [Fact]
    public async Task Session_begins_at_the_next_target_while_the_first_is_known_to_be_down_and_at_the_first_again_afterwards()
    {
        await using var rig = Rig("gemini-3.8-live");
        var breaker = rig.Gate.For(rig.Client.Target);
        for (var i = 0; i < 5; i++)
            breaker.Failed();
        await rig.Connect();
        Assert.Equal(["second"], rig.Addresses.Select(a => a.Host));

        breaker.Succeeded();
        await using var later = Rig("gemini-3.8-live");
        await later.Connect();
        Assert.Equal(["first"], later.Addresses.Select(a => a.Host));
    }

    [Fact]
    public async Task Session_that_no_target_takes_has_failed()
    {
        await using var rig = Rig("gemini-3.8-live");
        var first = await TalkAsync(rig);
        rig.Default = () => rig.Take(LiveRig.Closing(rig.Pulse, 1008, "Your project has been denied access."));
        first.Closes(code: null);
        await rig.RunUntil(() => rig.Story.OfType<LiveFailed>().Any());

        Assert.Equal(["first", "first", "first", "second"], rig.Addresses.Select(a => a.Host));   // with the handle, and once without
        Assert.Equal(LiveFailureKind.Refused, rig.Story.OfType<LiveFailed>().Single().Failure.Kind);
    }

    [Fact]
    public async Task Greeting_that_never_went_out_is_asked_for_once_in_the_way_of_the_next_family()
    {
        await using var rig = Rig("gemini-3.1-flash-live-preview");
        var first = await rig.Connect();
        first.IsStuck = true;
        rig.Client.StartGreeting();
        await rig.Until(() => first.SentControl.Count() == 2);
        first.Closes(1011, "RESOURCE_EXHAUSTED");
        await rig.RunUntil(() => rig.Story.OfType<Resumed>().Any());
        await rig.Until(() => rig.Socket.SentControl.Count() >= 2);
        rig.Client.SendText("(A mark.)", expectsAnswer: false);
        await rig.Until(() => rig.Socket.SentControl.Any(m => m.Contains("A mark", StringComparison.Ordinal)));

        Assert.Contains("realtimeInput", Assert.Single(rig.Socket.SentControl, m => m.Contains("Greet the caller", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_of_a_function_that_the_lost_target_called_is_told_to_the_next_one()
    {
        await using var rig = Rig("gemini-3.8-live");
        var first = await TalkAsync(rig);
        first.Says("""{"toolCall":{"functionCalls":[{"name":"get_weather","args":{},"id":"fc_1"}]}}""");
        await rig.UntilTold<ToolCallsRequested>();
        first.Closes(1011, "RESOURCE_EXHAUSTED");
        await rig.UntilTold<Resumed>();
        rig.Client.Input.Respond([new LiveToolResponse("fc_1", "get_weather", JsonDocument.Parse("""{"output":"foggy"}""").RootElement)]);
        await rig.Until(() => rig.Socket.Sent.Any(m => m.Contains("foggy", StringComparison.Ordinal)));

        Assert.DoesNotContain(rig.Socket.Sent, m => m.Contains("toolResponse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Waiting_between_attempts_takes_nothing_of_the_time_that_a_target_has()
    {
        await using var rig = Rig("gemini-3.8-live");
        var first = await TalkAsync(rig);
        rig.Options.FallbackAfter = TimeSpan.FromMilliseconds(20);   // shorter than any wait, longer than an attempt here
        rig.Default = () => Now(rig) < TimeSpan.FromSeconds(5) ? LiveRig.Refused(503) : rig.Take(new ScriptedSocket(rig.Pulse));
        first.Closes(code: null);
        await rig.RunUntil(() => rig.Sockets.Count == 2);
        await rig.UntilTold<Resumed>();

        Assert.Equal(2, rig.Sockets.Count);
    }

    [Fact]
    public async Task Text_that_waits_is_written_in_the_way_of_the_model_that_takes_over()
    {
        await using var rig = Rig("gemini-3.1-flash-live-preview");
        var first = await TalkAsync(rig);
        rig.Plans(() => LiveRig.Refused(503)).Plans(() => LiveRig.Refused(503));
        first.Closes(code: null);
        await rig.UntilTold<ConnectionLost>();
        rig.Client.SendText("What now?", expectsAnswer: true);
        await rig.RunUntil(() => rig.Story.OfType<Resumed>().Any());
        await rig.Until(() => rig.Socket.SentControl.Any(m => m.Contains("What now?", StringComparison.Ordinal)));

        Assert.Contains("realtimeInput", rig.Socket.SentControl.Single(m => m.Contains("What now?", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Greeting_that_waits_is_asked_for_once_by_the_model_that_takes_over()
    {
        await using var rig = Rig("gemini-3.1-flash-live-preview");
        var first = await rig.Connect();
        rig.Plans(() => LiveRig.Refused(503)).Plans(() => LiveRig.Refused(503));
        first.Closes(code: null);
        await rig.UntilTold<ConnectionLost>();
        rig.Client.StartGreeting();
        await rig.RunUntil(() => rig.Story.OfType<Resumed>().Any());
        await rig.Settle();

        Assert.Single(rig.Socket.SentControl, m => m.Contains("Greet the caller", StringComparison.Ordinal));
    }

    [Fact]
    public async Task History_that_is_too_much_is_cut_and_then_left_out()
    {
        var rig = new LiveRig();
        await using var end = rig;
        var first = await rig.Connect();
        for (var i = 0; i < 60; i++)
        {
            first.Says($"{{\"serverContent\":{{\"inputTranscription\":{{\"text\":\"{new string('a', 99)} \"}}}}}}");
            first.SaysAudio([1], $",\"outputTranscription\":{{\"text\":\"{new string('b', 100)}\"}},\"turnComplete\":true");
        }
        await rig.Settle();
        const string Mark = "(Nothing more.)";
        bool IsMark(string message) => message.Contains(Mark, StringComparison.Ordinal);
        int SeedBytes() => rig.Socket.SentControl.Skip(1).Where(message => !IsMark(message)).Sum(m => m.Length);
        var sizes = new List<int>();
        for (var i = 1; i <= 3; i++)
        {
            rig.Socket.Closes(i == 1 ? 1008 : 1007, i == 1 ? "Requested entity was not found." : "Request contains an invalid argument.");
            await rig.RunUntil(() => rig.Story.OfType<Resumed>().Count() == i);
            rig.Client.SendText(Mark, expectsAnswer: false);   // goes out behind all else
            await rig.Until(() => rig.Socket.SentControl.Any(IsMark));
            sizes.Add(SeedBytes());
        }

        Assert.InRange(sizes[0], 12_000, 20_000);
        Assert.InRange(sizes[1], 1_000, 3_000);
        Assert.Equal(0, sizes[2]);
    }

    private static LiveRig Rig(string fallbackModel)
    {
        var options = new LiveOptions { ApiKey = "k", Endpoint = "ws://first/path" };
        options.Fallbacks.Add(new LiveFallbackOptions { Endpoint = "ws://second/path", Model = fallbackModel });
        return new LiveRig(options, change: config => config with
        {
            Functions = [new LiveFunction("get_weather", "Weather.", Parameters: null, LiveBehavior.Blocking)],
        });
    }

    /// <summary>Greeting, a word of the caller, an answer; idle at the end.</summary>
    private static async Task<ScriptedSocket> TalkAsync(LiveRig rig)
    {
        var first = await rig.Connect();
        rig.Client.StartGreeting();
        await rig.Until(() => first.SentControl.Count() == 2);
        first.SaysAudio([1], ",\"outputTranscription\":{\"text\":\"Hello, who is there?\"},\"turnComplete\":true");
        first.Says("""{"serverContent":{"inputTranscription":{"text":"It is Ada."}}}""");
        first.SaysAudio([1], ",\"outputTranscription\":{\"text\":\"Hello, Ada.\"},\"turnComplete\":true");
        first.Says(Handle);
        await rig.Settle();
        return first;
    }

    private static TimeSpan Now(LiveRig rig) => TimeSpan.FromTicks(rig.Clock.GetTimestamp());

    private static JsonElement Content(string message) => JsonDocument.Parse(message).RootElement.GetProperty("clientContent");

    private static IEnumerable<string> Turns(JsonElement content) =>
        content.GetProperty("turns").EnumerateArray().Select(turn => $"{turn.GetProperty("role").GetString()}:{turn.GetProperty("parts")[0].GetProperty("text").GetString()}");
}
