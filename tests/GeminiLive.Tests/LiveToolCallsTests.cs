using System.Text;
using System.Text.Json;
using Support;

namespace GeminiLive.Tests;

public sealed class LiveToolCallsTests
{
    private static readonly LiveToolCall Look = new("fc_1", "look", """{"q":"x"}""");
    private static readonly LiveToolCall Book = new("fc_2", "book", "{}");

    private readonly LiveOutbox _outbox = new(new Uplink(20), () => new LiveModelProfile());
    private readonly LiveHistory _history = new(new ManualTimeProvider());
    private readonly LiveToolCalls _calls;

    public LiveToolCallsTests() => _calls = new LiveToolCalls(_outbox, _history, [Function("look"), Function("book")], () => new LiveModelProfile());

    [Fact]
    public void Answers_that_belong_together_go_in_one_message_and_into_the_history()
    {
        _calls.Add([Look, Book]);
        Assert.True(_calls.IsAnyOpen);
        Assert.True(_calls.Respond([LiveToolResponse.Output(Look, "ready"), LiveToolResponse.Output(Book, "booked")]));

        var responses = Responses(Assert.Single(Sent()));
        Assert.Equal(["fc_1", "fc_2"], responses.Select(r => r.GetProperty("id").GetString()));
        Assert.False(_calls.IsAnyOpen);
        Assert.Contains("""[earlier tool call look{"q":"x"} returned: {"output":"ready"}]""", _history.Seed(1_000)[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Second_answer_and_answers_to_cancelled_or_unheard_of_calls_are_dropped()
    {
        _calls.Add([Look, Book]);
        _calls.Cancel(["fc_2", "never"]);
        Assert.False(_calls.Respond([LiveToolResponse.Output(Book, "late")]));
        Assert.True(_calls.Respond([LiveToolResponse.Output(Look, "a")]));
        Assert.False(_calls.Respond([LiveToolResponse.Output(Look, "b")]));
        Assert.False(_calls.Respond([LiveToolResponse.Output(new LiveToolCall("fc_9", "look", "{}"), "c")]));
        Assert.Single(Sent());
    }

    [Fact]
    public void Call_without_an_id_is_answered_without_one()
    {
        var call = Look with { Id = null };
        _calls.Add([call]);
        Assert.True(_calls.Respond([LiveToolResponse.Output(call, "a")]));
        Assert.False(Responses(Assert.Single(Sent()))[0].TryGetProperty("id", out _));
    }

    [Fact]
    public void Call_that_goes_on_stays_open_until_its_last_answer()
    {
        _calls.Add([Look]);
        Assert.True(_calls.Respond([LiveToolResponse.Output(Look, "asking", LiveScheduling.Silent) with { WillContinue = true }]));
        Assert.True(_calls.IsAnyOpen);
        Assert.True(_calls.Respond([LiveToolResponse.Output(Look, "found") with { WillContinue = false }]));
        Assert.False(_calls.IsAnyOpen);
        Assert.Equal([true, false], Sent().Select(m => Responses(m)[0].GetProperty("willContinue").GetBoolean()));
    }

    [Fact]
    public void Interim_answer_is_left_out_where_a_model_takes_one_only()
    {
        var calls = new LiveToolCalls(_outbox, _history, [Function("look")], () => new LiveModelProfile { SupportsContinuedResponses = false });
        calls.Add([Look]);
        Assert.True(calls.Respond([LiveToolResponse.Output(Look, "asking") with { WillContinue = true }]));
        Assert.Empty(Sent());
        Assert.True(calls.IsAnyOpen);
        Assert.True(calls.Respond([LiveToolResponse.Output(Look, "done") with { WillContinue = false }]));
        var response = Assert.Single(Responses(Assert.Single(Sent())));
        Assert.Equal("done", response.GetProperty("response").GetProperty("output").GetString());
        Assert.False(response.TryGetProperty("willContinue", out _));
    }

    [Fact]
    public void Undeclared_function_is_answered_with_an_error()
    {
        var calls = new[] { Look, new LiveToolCall("fc_7", "made_up", "{}") };
        _calls.Add(calls);
        _calls.AnswerUnknown(calls);
        var response = Assert.Single(Responses(Assert.Single(Sent())));
        Assert.Equal("fc_7", response.GetProperty("id").GetString());
        Assert.True(response.GetProperty("response").TryGetProperty("error", out _));
    }

    [Fact]
    public void Undeclared_function_is_left_to_a_host_that_answers_it_itself()
    {
        var calls = new LiveToolCalls(_outbox, _history, [], () => new LiveModelProfile()) { AnswersUnknown = false };
        calls.Add([Look]);
        Assert.False(calls.AnswerUnknown([Look]));
        Assert.Empty(Sent());
        Assert.True(calls.Respond([LiveToolResponse.Error(Look, "There is book.")]));
        Assert.Single(Sent());
    }

    // When the handle was issued, and when the answer was given and sent, decide how the answer reaches the restored session.
    [Theory]
    [InlineData("call handle lost resumed answer", "call")]
    [InlineData("call handle lost answer resumed", "call")]
    [InlineData("call handle answer sent lost resumed", "call")]
    [InlineData("call handle answer lost resumed", "call")]
    [InlineData("call lost resumed answer", "note")]
    [InlineData("call lost answer resumed", "note")]
    [InlineData("call answer sent lost resumed", "note")]
    [InlineData("call answer lost resumed", "note")]
    [InlineData("call answer sent handle lost resumed", "nothing")]
    [InlineData("call answer handle lost resumed", "call")]
    [InlineData("call handle lost fresh answer", "note")]
    [InlineData("call handle lost answer fresh", "note")]
    [InlineData("call answer sent lost fresh", "nothing")]
    [InlineData("call lost resumed handle lost resumed answer", "note")]
    [InlineData("call handle lost fresh handle lost resumed answer", "note")]
    [InlineData("call cancel lost resumed answer", "nothing")]
    [InlineData("call lost resumed answer sent lost resumed", "note")]
    [InlineData("call lost resumed answer lost resumed", "note")]
    [InlineData("call lost resumed answer sent handle lost resumed", "nothing")]
    [InlineData("call lost resumed answer sent lost fresh", "nothing")]
    public void No_answer_is_lost_and_none_goes_to_a_session_that_never_asked(string story, string expected)
    {
        foreach (var step in story.Split(' '))
            Do(step);
        var sent = Sent();
        Assert.Equal(expected == "nothing" ? 0 : 1, sent.Count);
        Assert.False(_calls.IsAnyOpen);
        if (expected == "call")
            Assert.Equal("fc_1", Responses(sent[0])[0].GetProperty("id").GetString());
        else if (expected == "note")
            Assert.Equal("""[earlier tool call look{"q":"x"} returned: {"output":"ready"}]""", Text(sent[0]));
    }

    // The call was answered with "started", and its result is told in words: over every loss, and never twice to a session that knows it.
    [Theory]
    [InlineData("tell", 1)]
    [InlineData("tell sent", 0)]
    [InlineData("tell sent lost resumed", 1)]
    [InlineData("tell lost resumed", 1)]
    [InlineData("lost tell resumed", 1)]
    [InlineData("lost tell fresh", 1)]
    [InlineData("tell sent handle lost resumed", 0)]
    [InlineData("tell handle lost resumed", 1)]
    [InlineData("tell sent lost fresh", 0)]
    public void Result_in_words_survives_a_lost_connection(string story, int expected)
    {
        foreach (var step in $"call answer sent handle {story}".Split(' '))
            Do(step);
        var sent = Sent();
        Assert.Equal(expected, sent.Count);
        if (expected > 0)
            Assert.Equal("""[earlier tool call look{"q":"x"} returned: {"output":"found"}] (Tell the caller now.)""", Text(sent[0]));
        Assert.Contains("found", _history.Seed(1_000)[0].Text, StringComparison.Ordinal);
        Assert.False(_calls.IsAnyOpen);
    }

    [Fact]
    public void Result_that_nobody_waits_for_asks_for_no_answer()
    {
        Do("call");
        Do("answer");
        Sent();
        Assert.True(_calls.Tell(Look, Found, expectsAnswer: false));
        Assert.False(Assert.Single(Sent()).GetProperty("clientContent").GetProperty("turnComplete").GetBoolean());
    }

    private static JsonElement Found => LiveToolResponse.Output(Look, "found").Response;

    private static LiveFunction Function(string name) => new(name, "", Parameters: null, LiveBehavior.Blocking);

    private void Do(string step)
    {
        switch (step)
        {
            case "call": _calls.Add([Look]); break;
            case "handle": _calls.HandleIssued(); break;
            case "answer": _calls.Respond([LiveToolResponse.Output(Look, "ready")]); break;
            case "tell": _calls.Tell(Look, Found, expectsAnswer: true); break;
            case "sent": Sent(); break;
            case "cancel": _calls.Cancel(["fc_1"]); break;
            case "lost": _calls.ConnectionLost(); break;
            default: _calls.Reopened(isFresh: step == "fresh"); break;
        }
    }

    private List<JsonElement> Sent()
    {
        var sent = new List<JsonElement>();
        while (_outbox.TryPeek(out var message))
        {
            sent.Add(JsonDocument.Parse(Encoding.UTF8.GetString(message)).RootElement);
            _outbox.Sent(message);
        }
        return sent;
    }

    private static List<JsonElement> Responses(JsonElement message) =>
        [.. message.GetProperty("toolResponse").GetProperty("functionResponses").EnumerateArray()];

    private static string? Text(JsonElement message) =>
        message.GetProperty("clientContent").GetProperty("turns")[0].GetProperty("parts")[0].GetProperty("text").GetString();
}
