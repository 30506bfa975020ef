using System.Text.Json;

namespace GeminiLive.Tests;

public sealed class LiveInputTests
{
    private static readonly LiveFunction Look = new("look", "Looks.", Parameters: null, LiveBehavior.NonBlocking);

    [Theory]
    [InlineData("gemini-3.8-live", """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"hi"}]}],"turnComplete":true}}""")]
    [InlineData("gemini-3.1-flash-live-preview", """{"realtimeInput":{"text":"hi"}}""")]
    public async Task Text_goes_in_the_way_of_the_model_s_family(string model, string expected)
    {
        await using var rig = new LiveRig(model: model);
        var socket = await rig.Connect();
        Assert.True(rig.Client.Input.SendText("hi"));
        await rig.Until(() => socket.SentControl.Count() == 2);
        Assert.Equal(expected, socket.SentControl.Last());
    }

    [Fact]
    public async Task Pictures_go_at_most_once_a_second()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        Assert.True(rig.Client.Input.SendVideo([1, 2, 3]));
        rig.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(rig.Client.Input.SendVideo([1, 2, 3]));
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(rig.Client.Input.SendVideo([4]));
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(rig.Client.Input.SendVideo([]));
        Assert.False(rig.Client.Input.SendVideo(new byte[300_000]));
        await rig.Until(() => socket.SentControl.Count() == 3);
    }

    [Fact]
    public async Task Marks_of_activity_belong_to_manual_detection_and_the_end_of_audio_to_the_automatic_one()
    {
        await using var rig = new LiveRig();
        await rig.Connect();
        Assert.True(rig.Client.Input.EndAudioStream());
        Assert.False(rig.Client.Input.StartActivity());
        Assert.False(rig.Client.Input.EndActivity());

        await using var manual = new LiveRig(Manual());
        await manual.Connect();
        Assert.False(manual.Client.Input.EndAudioStream());
        Assert.True(manual.Client.Input.StartActivity());
        Assert.True(manual.Client.Input.EndActivity());
    }

    [Fact]
    public async Task Call_of_a_declared_function_waits_for_its_answer()
    {
        await using var rig = new LiveRig(change: config => config with { Functions = [Look] });
        var socket = await rig.Connect();
        socket.Says("""{"toolCall":{"functionCalls":[{"id":"fc_1","name":"look","args":{}},{"id":"fc_2","name":"other"}]}}""");
        await rig.Until(() => socket.SentControl.Count() == 2);
        var call = rig.Story.OfType<ToolCallsRequested>().Single().Calls[0];
        Assert.True(rig.Client.Input.Respond([LiveToolResponse.Output(call, "seen", LiveScheduling.Interrupt)]));
        await rig.Until(() => socket.SentControl.Count() == 3);

        Assert.Equal(["fc_2", "fc_1"], socket.SentControl.Skip(1).Select(message =>
            JsonDocument.Parse(message).RootElement.GetProperty("toolResponse").GetProperty("functionResponses")[0].GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Late_answer_to_a_call_that_the_restored_session_never_made_goes_as_a_text()
    {
        await using var rig = new LiveRig(change: config => config with { Functions = [Look] });
        var socket = await rig.Connect();
        socket.Says("""{"sessionResumptionUpdate":{"newHandle":"h","resumable":true}}""");
        socket.Says("""{"toolCall":{"functionCalls":[{"id":"fc_1","name":"look","args":{}}]}}""");
        await rig.UntilTold<ToolCallsRequested>();
        socket.Closes(1011, "gone");
        await rig.UntilTold<Resumed>();
        Assert.True(rig.Client.Input.Respond([LiveToolResponse.Output(new LiveToolCall("fc_1", "look", "{}"), "seen")]));
        await rig.Until(() => rig.Socket.SentControl.Any(message => message.Contains("earlier tool call look{} returned", StringComparison.Ordinal)));

        Assert.DoesNotContain(rig.Socket.SentControl, message => message.Contains("toolResponse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changed_context_is_told_where_the_model_takes_it_and_holds_for_later_connections()
    {
        await using var rig = new LiveRig(change: config => config with
        {
            Targets = [.. config.Targets.Select(target => target with { Profile = target.Profile with { SupportsContextUpdate = true } })],
        });
        var socket = await rig.Connect();
        Assert.False(rig.Client.Input.UpdateContext(null, null));
        Assert.True(rig.Client.Input.UpdateContext("Be brief.", [Look]));
        await rig.Until(() => socket.SentControl.Count() == 2);
        var update = JsonDocument.Parse(socket.SentControl.Last()).RootElement.GetProperty("contextUpdate");
        Assert.Equal("Be brief.", update.GetProperty("systemInstruction").GetProperty("parts")[0].GetProperty("text").GetString());
        Assert.Equal("look", update.GetProperty("tools").GetProperty("tools")[0].GetProperty("functionDeclarations")[0].GetProperty("name").GetString());

        socket.Closes(1011, "gone");
        await rig.UntilTold<Resumed>();
        Assert.Equal("Be brief.", rig.Socket.Setup.GetProperty("systemInstruction").GetProperty("parts")[0].GetProperty("text").GetString());
        Assert.Equal("look", rig.Socket.Setup.GetProperty("tools")[0].GetProperty("functionDeclarations")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Context_cannot_be_changed_where_the_model_has_no_message_for_it()
    {
        await using var rig = new LiveRig(model: "gemini-3.1-flash-live-preview");
        await rig.Connect();
        Assert.False(rig.Client.Input.UpdateContext("Be brief.", null));
    }

    [Fact]
    public async Task Nothing_is_taken_once_the_session_is_over()
    {
        await using var rig = new LiveRig();
        await rig.Connect();
        await rig.Client.CloseAsync();
        var input = rig.Client.Input;
        Assert.False(input.SendText("a") || input.SendContent([new(LiveRole.User, "a")], true) || input.SendVideo([1]) || input.EndAudioStream()
            || input.Respond([LiveToolResponse.Output(new LiveToolCall("1", "f", "{}"), "x")]) || input.UpdateContext("x", null));
    }

    [Fact]
    public async Task Manual_detection_marks_the_caller_s_turn_and_voids_what_the_model_says_at_once()
    {
        await using var rig = new LiveRig(Manual());
        var socket = await rig.Connect();
        Assert.True(socket.Setup.GetProperty("realtimeInputConfig").GetProperty("automaticActivityDetection").GetProperty("disabled").GetBoolean());
        rig.Speak(960, value: 0);
        socket.SaysAudio([1]);
        await rig.UntilTold<short[]>();
        rig.Speak(400, value: 5_000);
        await rig.UntilTold<string>();
        Assert.Contains("interrupted", rig.Story);
        socket.SaysAudio([2]);
        rig.Speak(600, value: 0);
        await rig.Until(() => socket.SentAudio > 30);
        rig.Speak(600, value: 0);
        await rig.Until(() => socket.SentControl.Count() == 3);
        await rig.Settle();

        Assert.Equal(["""{"realtimeInput":{"activityStart":{}}}""", """{"realtimeInput":{"activityEnd":{}}}"""], socket.SentControl.Skip(1));
        Assert.StartsWith("""{"realtimeInput":{"activityStart":{}}}""", socket.Sent[1], StringComparison.Ordinal);
        Assert.Equal([1], rig.Heard);   // what came after the mark is of the dead generation
    }

    [Fact]
    public async Task Silent_line_is_kept_alive_under_manual_detection()
    {
        await using var rig = new LiveRig(Manual());
        var socket = await rig.Connect();
        for (var i = 0; i < 20_000 && socket.SentAudio == 0; i++)
        {
            rig.Speak(200, value: 0);
            await Task.Yield();
        }
        await rig.Until(() => socket.SentAudio == 5);
        Assert.Single(socket.SentControl);
    }

    private static LiveOptions Manual()
    {
        var options = new LiveOptions { ApiKey = "k" };
        options.ActivityDetection.Mode = "Manual";
        return options;
    }
}
