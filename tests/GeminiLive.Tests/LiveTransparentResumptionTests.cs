using System.Text;

namespace GeminiLive.Tests;

/// <summary>Vertex' transparent mode: written words that the restored session has not consumed are said again, once and in order.</summary>
public sealed class LiveTransparentResumptionTests
{
    private bool _isOn = true;

    [Theory]
    [InlineData(1, "a b c")]   // the history is number 1
    [InlineData(3, "b c")]     // after it a piece of audio
    [InlineData(5, "")]
    public void Words_beyond_the_last_consumed_number_are_kept(int consumed, string kept)
    {
        var messages = new UnconsumedMessages(() => _isOn);
        messages.Count();
        Say(messages, "a", isAudioFirst: true);
        Say(messages, "b");
        Say(messages, "c");
        messages.Consumed(consumed);
        Assert.Equal(kept, string.Join(' ', messages.Reopen().Select(TextOf)));

        Say(messages, "d");   // numbers begin anew
        messages.Consumed(0);
        Assert.Equal("d", TextOf(Assert.Single(messages.Reopen())));
    }

    [Fact]
    public void Nothing_is_kept_where_the_mode_is_off_nor_what_is_no_words()
    {
        var messages = new UnconsumedMessages(() => _isOn);
        messages.Keep(Encoding.UTF8.GetBytes("""{"toolResponse":{}}"""));
        messages.Keep(Encoding.UTF8.GetBytes("""{"realtimeInput":{"activityStart":{}}}"""));
        _isOn = false;
        Say(messages, "a");
        Assert.Empty(messages.Reopen());
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Words_after_the_handle_are_said_again_after_a_resume(bool isTransparent, int times)
    {
        await using var rig = new LiveRig(new LiveOptions { Backend = "Vertex", ApiKey = "k", TransparentResumption = isTransparent });
        var socket = await rig.Connect();
        rig.Client.Input.SendContent([new LiveHistoryTurn(LiveRole.User, "before")], turnComplete: false);
        await rig.Until(() => socket.SentControl.Count() == 2);
        rig.Client.Input.SendContent([new LiveHistoryTurn(LiveRole.User, "after")], turnComplete: false);
        await rig.Until(() => socket.SentControl.Count() == 3);
        socket.Says("""{"sessionResumptionUpdate":{"newHandle":"h","resumable":true,"lastConsumedClientMessageIndex":"1"}}""");
        socket.Says("""{"sessionResumptionUpdate":{"resumable":false,"lastConsumedClientMessageIndex":"2"}}""");   // of no handle
        await rig.Settle();
        socket.Closes(1011, "gone");
        await rig.UntilTold<Resumed>();
        rig.Client.Input.SendContent([new LiveHistoryTurn(LiveRole.User, "new")], turnComplete: false);
        await rig.Until(() => rig.Socket.SentControl.Any(message => message.Contains("new", StringComparison.Ordinal)));

        Assert.Equal("h", rig.Socket.Setup.GetProperty("sessionResumption").GetProperty("handle").GetString());
        var again = rig.Socket.SentControl.Skip(1).ToList();
        Assert.Equal(times, again.Count(message => message.Contains("after", StringComparison.Ordinal)));
        Assert.DoesNotContain(again, message => message.Contains("before", StringComparison.Ordinal));
        Assert.Contains("new", again[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]   // no handle since: the table of calls tells it again
    [InlineData("0")]    // a handle that does not hold it: what was not consumed is said again
    public async Task Result_that_was_told_in_words_is_told_again_once(string? consumed)
    {
        await using var rig = new LiveRig(
            new LiveOptions { Backend = "Vertex", ApiKey = "k", TransparentResumption = true },
            change: config => config with { Functions = [new LiveFunction("get_weather", "Weather.", Parameters: null, LiveBehavior.Blocking)] });
        var socket = await rig.Connect();
        socket.Says(Handle("0"));
        socket.Says("""{"toolCall":{"functionCalls":[{"name":"get_weather","args":{},"id":"fc_1"}]}}""");
        await rig.UntilTold<ToolCallsRequested>();
        socket.Closes(1011, "gone");
        await rig.UntilTold<Resumed>();
        rig.Client.Input.Respond([LiveToolResponse.Output(new LiveToolCall("fc_1", "get_weather", "{}"), "foggy")]);
        await rig.Until(() => rig.Socket.SentControl.Any(IsResult));
        if (consumed is not null)
            rig.Socket.Says(Handle(consumed));
        await rig.Settle();
        rig.Socket.Closes(1011, "gone");
        await rig.RunUntil(() => rig.Story.OfType<Resumed>().Count() == 2);
        rig.Client.Input.SendContent([new LiveHistoryTurn(LiveRole.User, "new")], turnComplete: false);
        await rig.Until(() => rig.Socket.SentControl.Any(message => message.Contains("new", StringComparison.Ordinal)));

        Assert.Single(rig.Socket.SentControl, IsResult);
    }

    private static bool IsResult(string message) => message.Contains("foggy", StringComparison.Ordinal);

    private static string Handle(string consumed) =>
        $$$"""{"sessionResumptionUpdate":{"newHandle":"h","resumable":true,"lastConsumedClientMessageIndex":"{{{consumed}}}"}}""";

    private static void Say(UnconsumedMessages messages, string text, bool isAudioFirst = false)
    {
        if (isAudioFirst)
            messages.Count();
        messages.Keep(Encoding.UTF8.GetBytes($"{{\"realtimeInput\":{{\"text\":\"{text}\"}}}}"));
        messages.Count();
    }

    private static string TextOf(byte[] message) => Encoding.UTF8.GetString(message).Split('"')[5];
}
