using System.Text;
using System.Text.Json;
using VoiceAgent.Calls;
using VoiceAgent.WebConsole.Talk;

namespace VoiceAgent.Tests.WebConsole;

/// <summary>What a page is told of its talk: each thing once, and never more than it can keep.</summary>
public sealed class TalkFeedTests
{
    private readonly TalkFeed _feed = new();
    private readonly CallRecord _record = new() { CallId = "a", SipCallId = "b", From = "sip:olga@console.invalid", DialledNumber = "reception", Agent = "reception", StartedAt = DateTimeOffset.UnixEpoch };

    [Fact]
    public void Words_turns_states_and_latencies_are_told_in_order_and_the_end_last()
    {
        Enter(CallState.Listening);
        _record.OpenCallerWords = "Hello";
        _feed.OnWords(_record);
        _feed.OnWords(_record);   // nothing new
        _record.Add(new ResponseEntry(1_000, 432));
        Say(new TranscriptTurn(500, "caller", "Hello?", Interrupted: false));
        Say(new TranscriptTurn(900, "agent", "Good morning", Interrupted: true) { Heard = "Good", Unheard = "morning" });
        Step(TimelineKind.Tool, "find_order began");
        _record.EndReason = EndReason.CallerHungUp;
        Assert.False(_feed.IsOver);
        _feed.OnEnded(_record);
        Assert.True(_feed.IsOver);
        Assert.Equal(
            ["state Listening", "words caller Hello", "latency 432", "said caller Hello?", "said agent Good morning|Good|morning", "step Tool find_order began", "end CallerHungUp"],
            Told().Select(Plain));
        Assert.False(_feed.IsBehind);
    }

    [Fact]
    public void A_page_that_reads_nothing_is_behind_and_costs_no_more()
    {
        for (var i = 0; i < 500; i++)
            Step(TimelineKind.Note, "again");
        Assert.False(_feed.IsBehind);
        Step(TimelineKind.Note, "again");
        Assert.True(_feed.IsBehind);
        Assert.Equal(500, Told().Count());
    }

    private static string Plain(JsonElement news)
    {
        var words = new StringBuilder(news.GetProperty("type").GetString());
        foreach (var property in news.EnumerateObject().Where(property => property.Name is "state" or "speaker" or "latencyMs" or "kind" or "text" or "reason").OrderBy(property => property.Name == "text"))
            words.Append(' ').Append(property.Value);
        return news.TryGetProperty("unheard", out var unheard) ? $"{words}|{news.GetProperty("heard")}|{unheard}" : words.ToString();
    }

    private void Enter(CallState state)
    {
        _record.Add(new StateEntry(0, state));
        Step(TimelineKind.State, "moved");
    }

    private void Say(TranscriptTurn turn)
    {
        _record.Add(turn);
        Step(turn.Speaker == "agent" ? TimelineKind.Agent : TimelineKind.Caller, turn.Text);
    }

    private void Step(TimelineKind kind, string text) => _feed.OnTimeline(_record, new TimelineEntry(0, kind, text));

    private IEnumerable<JsonElement> Told()
    {
        while (_feed.TryTake(out var message))
            yield return JsonElement.Parse(message.Span);
    }
}
