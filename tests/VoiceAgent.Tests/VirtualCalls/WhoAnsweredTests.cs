using System.Text.Json;
using Support;
using Support.Audio;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.PhoneTools;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>Person or answering machine: what is heard and what the model says reach model, record and status, in calls of ours only.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class WhoAnsweredTests
{
    private static readonly short[] Beep = Tone.Sine(16_000, 1_000, 16 * 400, 6_000);
    private static readonly short[] Sentence = Tone.Sine(24_000, 500, 24_000 * 2, 6_000);

    [Fact]
    public async Task Short_greeting_is_a_person_and_the_model_reads_it_without_being_asked_to_speak()
    {
        await using var call = Begin();
        Speak(call, 700);
        call.Run(1_300);
        Assert.Equal((AnsweredBy.Person, AnswerSource.Cadence), Signs(call).Single());
        Assert.False(IsAsked(call, "as if a person has answered"));
        var status = OutboundStatus.Of(call.Record, isOver: false);
        Assert.Contains("\"answeredBy\":\"Person\",\"answerHints\":[{", JsonSerializer.Serialize(status, OutboundJson.Default.OutboundStatus), StringComparison.Ordinal);
        Assert.Contains("\"source\": \"Cadence\"", RecordFile.ToJson(call.Record), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machine_is_spoken_to_after_its_beep()
    {
        await using var call = Begin();
        Speak(call, 4_200);
        call.Run(300);
        Assert.False(IsAsked(call, "sounds like an answering machine"));
        call.Line.Say(Beep);
        call.Run(380);
        Assert.Single(Signs(call));
        call.Run(100);
        Assert.Equal([(AnsweredBy.Voicemail, AnswerSource.Cadence), (AnsweredBy.Voicemail, AnswerSource.Beep)], Signs(call));
        Assert.True(IsAsked(call, "leave your message now"));
    }

    [Theory, InlineData(4_200, true), InlineData(700, false)]
    public async Task Agent_that_talks_into_the_beep_begins_anew_for_a_machine_only(int greetingMs, bool isAsked)
    {
        await using var call = Begin();
        Speak(call, greetingMs);
        call.Run(1_300);
        call.Do(call.Session.SayAsync(Sentence, "Hello, this is the workshop."));
        call.Run(300);
        call.Line.Say(Beep[..(16 * 160)]);   // too short to make the server stop the agent
        call.Run(300);
        Assert.Equal(AnswerSource.Beep, Signs(call)[^1].Source);
        Assert.Equal(isAsked, IsAsked(call, "leave your message now"));
    }

    // What is sent does not hide what comes, as long as that is not much softer.
    [Theory]
    [InlineData(300, 0, 4_200, AnsweredBy.Voicemail)]
    [InlineData(0, 1_000, 4_200, AnsweredBy.Voicemail)]
    [InlineData(300, 0, 700, AnsweredBy.Person)]
    [InlineData(0, 300, 700, AnsweredBy.Person)]
    public async Task Greeting_is_told_from_the_agents_words_over_it_whoever_begins(int agentLeadsMs, int calleeLeadsMs, int greetingMs, AnsweredBy who)
    {
        await using var call = Begin();
        var greeting = SyntheticVoice.Create(16_000, 16 * greetingMs, seed: 1);
        if (calleeLeadsMs > 0)
        {
            call.Line.Say(greeting);
            call.Run(calleeLeadsMs);
        }
        call.Do(call.Session.SayAsync(Sentence, "Hello, this is the workshop."));
        if (agentLeadsMs > 0)
        {
            call.Run(agentLeadsMs);
            call.Line.Say(greeting);
        }
        call.Run(greetingMs + 1_500);
        Assert.Equal((who, AnswerSource.Cadence), Signs(call)[0]);
    }

    [Fact]
    public async Task Model_has_the_last_word_and_the_other_signs_stay()
    {
        await using var call = Begin();
        Speak(call, 4_200);
        call.Run(1_000);
        Say(call, "unclear");
        Assert.Equal(AnsweredBy.Voicemail, call.Record.AnsweredBy);
        Say(call, "person");
        Assert.Equal(AnsweredBy.Person, call.Record.AnsweredBy);
        Assert.Equal([(AnsweredBy.Voicemail, AnswerSource.Cadence), (AnsweredBy.Unclear, AnswerSource.Model), (AnsweredBy.Person, AnswerSource.Model)], Signs(call));
        Assert.Contains("answered by Person (Model)", call.Story, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_in_a_loop_does_not_fill_the_record()
    {
        await using var call = Begin();
        for (var i = 0; i < 30; i++)
            Say(call, i % 2 == 0 ? "person" : "voicemail");
        Assert.Equal(16, call.Record.AnswerHints.Count);
    }

    [Fact]
    public async Task In_a_call_that_came_in_nobody_listens_and_the_tool_is_not_there()
    {
        await using var call = new VirtualCall(tools: [.. PhoneFunctions.Unbound]);
        call.Start();
        Speak(call, 4_200);
        call.Line.Say(Beep);
        call.Run(2_000);
        Assert.Empty(call.Record.AnswerHints);
        Assert.Null(call.Record.AnsweredBy);
        Assert.DoesNotContain("answered_by", call.Session.Messages[0].Json, StringComparison.Ordinal);
    }

    private static VirtualCall Begin()
    {
        var call = new VirtualCall(agent: new AgentProfile { Greeting = "", OutboundGreeting = "" }, caller: VirtualLine.Person, tools: [.. PhoneFunctions.Unbound]);
        call.Start();
        Assert.Contains("answered_by", call.Session.Messages[0].Json, StringComparison.Ordinal);
        return call;
    }

    private static void Speak(VirtualCall call, int ms)
    {
        call.Line.Say(SyntheticVoice.Create(16_000, 16 * ms, seed: 1));
        call.Run(ms);
    }

    private static void Say(VirtualCall call, string who)
    {
        call.Do(call.Session.CallToolAsync("answered_by", $$"""{"who":"{{who}}"}"""));
        call.Run(100);
    }

    private static (AnsweredBy By, AnswerSource Source)[] Signs(VirtualCall call) => [.. call.Record.AnswerHints.Select(hint => (hint.By, hint.Source))];

    /// <summary>Whether the model was asked to speak by the text in which the words are.</summary>
    private static bool IsAsked(VirtualCall call, string words)
    {
        var json = Assert.Single(call.Session.Messages, message => message.Json.Contains(words, StringComparison.Ordinal)).Json;
        return json.Contains("\"turnComplete\":true", StringComparison.Ordinal);
    }
}
