using GeminiLive;
using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.Consultations;
using VoiceAgent.Records;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Tests.Records;

/// <summary>What happened in a call, in plain words: each kind of end, each kind of silence, each side that was not heard.</summary>
public sealed class CallExplanationTests
{
    private readonly CallRecord _record = Call();

    public static TheoryData<EndReason> Ends => [.. Enum.GetValues<EndReason>()];

    [Theory, MemberData(nameof(Ends))]
    public void Every_end_has_words_of_its_own(EndReason end)
    {
        _record.EndReason = end;
        var words = EndWords.Of(_record);
        Assert.EndsWith(".", words, StringComparison.Ordinal);
        foreach (var other in Enum.GetValues<EndReason>().Where(other => other != end))
        {
            _record.EndReason = other;
            Assert.NotEqual(words, EndWords.Of(_record));
        }
    }

    [Fact]
    public void Begin_says_who_called_whom_and_how_long_it_was()
    {
        Assert.Equal("On 2026-03-01 at 08:30:00 UTC +49301111 called +49302222 by trunk north and got agent sales. It was answered after 0.25 s and over after 1 min 5 s.", Lines()[0]);
        Assert.Equal("The caller hung up.", Lines()[1]);
    }

    [Fact]
    public void Our_call_says_who_answered_it()
    {
        var record = new CallRecord
        {
            CallId = "c", SipCallId = "s", From = "sip:us@example.com", DialledNumber = "+49303333", Agent = "sales", StartedAt = DateTimeOffset.UnixEpoch,
            Direction = CallDirection.Outbound, AnsweredAfterMs = 6_000, EndReason = EndReason.CallerHungUp, DurationMs = 9_000,
        };
        record.Add(new AnswerHint(100, AnsweredBy.Voicemail, AnswerSource.Beep));
        Assert.Contains("agent sales called +49303333. It was answered after 6.0 s by a machine", CallExplanation.Of(record)[0], StringComparison.Ordinal);
        Assert.Equal("Whom we called hung up.", CallExplanation.Of(record)[1]);
        (record.AnsweredAfterMs, record.HasRung, record.EndReason, record.RefusalStatus) = (null, true, EndReason.Declined, 603);
        Assert.Contains("It was rung and not answered", CallExplanation.Of(record)[0], StringComparison.Ordinal);
        Assert.Equal("Our call was refused with SIP status 603.", CallExplanation.Of(record)[1]);
    }

    [Fact]
    public void Wait_for_the_model_is_told_with_what_was_done()
    {
        _record.Add(new DeadAirEntry(14_000, DeadAirCause.Model, 4_000, DeadAirEnd.Answer));
        _record.Add(new DeadAirEntry(11_800, DeadAirCause.Model, 1_800, DeadAirEnd.Filler));
        _record.Add(new SilenceEntry(11_800, SilenceAction.Filler, SilenceCause.NoAnswer, 1_800));
        _record.Add(new SilenceEntry(12_800, SilenceAction.Prompt, SilenceCause.NoAnswer, 2_800));
        AssertSaid("The caller waited for the agent once, 4.0 s in all: 4.0 s for the model.");
        AssertSaid("At 0:10.0 they waited 4.0 s: the model had not begun to answer; meanwhile a soft sound was played, then words of comfort were played.");
    }

    [Fact]
    public void Wait_for_a_tool_names_it()
    {
        _record.Add(new ToolEntry { AtMs = 20_500, Tool = "find_order", Arguments = "{}", Key = "k", Outcome = ToolOutcome.Succeeded, DurationMs = 3_000, Delivered = ToolDelivery.Response, HeardByCaller = true });
        _record.Add(new DeadAirEntry(24_000, DeadAirCause.Tool, 3_600, DeadAirEnd.Answer));
        AssertSaid("At 0:20.4 they waited 3.6 s: for the tool find_order, which took 3.0 s.");
        AssertSaid("At 0:20.5 the model called the tool find_order: Succeeded after 3.0 s.");
    }

    [Fact]
    public void Wait_for_a_connection_says_why_it_was_lost()
    {
        _record.Add(new ReconnectEntry(30_000, "1011 internal error", IsPlanned: false, 900, IsFresh: true));
        _record.Add(new DeadAirEntry(32_000, DeadAirCause.Reconnect, 2_000, DeadAirEnd.Answer));
        AssertSaid("At 0:30.0 they waited 2.0 s: the Live connection was lost (1011 internal error) and back after 0.90 s.");
        AssertSaid("At 0:30.0 the Live connection was lost (1011 internal error) and back after 0.90 s, where the service had to be told the conversation anew.");
    }

    [Fact]
    public void Hole_in_a_sentence_is_the_networks()
    {
        _record.Add(new DeadAirEntry(40_000, DeadAirCause.Network, 1_000, DeadAirEnd.Answer));
        Assert.Contains(Lines(), line => line.StartsWith("At 0:39.0 they waited 1.0 s: the agent's audio stopped in the middle", StringComparison.Ordinal));
    }

    [Fact]
    public void Caller_who_hangs_up_in_silence_is_told()
    {
        _record.Add(new ResponseEntry(50_000, 700));
        _record.Add(new SilenceEntry(56_800, SilenceAction.Filler, SilenceCause.NoAnswer, 1_800));
        _record.Add(new SilenceEntry(60_000, SilenceAction.Nudge, SilenceCause.NoAnswer, 5_000));
        AssertSaid("When the call ended the caller had heard nothing of the agent since 0:55.0, for 10.0 s: the model had not begun to answer; "
            + "meanwhile a soft sound was played, then the model was reminded.");
    }

    [Fact]
    public void An_operator_who_hung_up_is_named()
    {
        _record.EndReason = EndReason.AgentHungUp;
        AssertSaid("The agent ended the call.");
        _record.Add(new TimelineEntry(9_000, TimelineKind.Line, $"olga{EndWords.AtConsole}"));
        AssertSaid("olga hung up at the console.");
    }

    [Fact]
    public void Apology_lost_session_and_what_the_service_said_are_told()
    {
        _record.Add(new SilenceEntry(18_000, SilenceAction.Apologise, SilenceCause.NoAnswer, 18_000));
        _record.EndReason = EndReason.AgentHungUp;
        AssertSaid("We hung up after the apology.");
        _record.Add(new TimelineEntry(1, TimelineKind.Live, "session failed: Quota, 429, too many sessions"));
        _record.EndReason = EndReason.LiveLost;
        AssertSaid("The Live session was lost and could not be had back. It said: Quota, 429, too many sessions.");
    }

    [Fact]
    public void Side_that_was_not_heard_is_told()
    {
        _record.Media = new MediaSummary(0, 500, 0, 0, null);
        Assert.Contains(Lines(), line => line.StartsWith("No audio at all came from the caller: a firewall or NAT", StringComparison.Ordinal));
        AssertSaid("The agent was never heard: the model gave no audio.");
        _record.Media = new MediaSummary(500, 500, 0, 0, null);
        _record.AgentAudioPlayedMs = 10;
        Assert.Contains(Lines(), line => line.StartsWith("The model understood nothing of the caller", StringComparison.Ordinal));
        Assert.DoesNotContain(Lines(), line => line.StartsWith("The agent was never heard", StringComparison.Ordinal));
    }

    [Fact]
    public void Line_answers_persons_and_cost_have_their_figures()
    {
        _record.Media = new MediaSummary(940, 1_000, 60, 12, 80) { Codec = "PCMA", LossPercent = 6, Mos = 3.7, RemotePacketsLost = 5, RemoteJitterMs = 2, RemoteMos = 4.3 };
        (_record.AgentAudioPlayedMs, _record.Interruptions, _record.Model) = (10, 2, "gemini-3.8-live");
        _record.Usage = new LiveUsageTotals { TotalTokens = 1_200, CostUsd = 0.01m };
        _record.Add(new TranscriptTurn(1, "caller", "hello", Interrupted: false));
        foreach (var latency in (double[])[700, 900, 2_100])
            _record.Add(new ResponseEntry(10 * latency, latency));
        _record.Add(new ConsultEntry(60_000, "sales", ConsultEnd.Busy, "486", null, null, null));
        AssertSaid("The agent answered the caller 3 times, after 0.90 s as a rule (median), at worst after 2.1 s at 0:21.0.");
        AssertSaid("The caller cut the agent short twice.");
        AssertSaid("At 1:00.0 sales was asked to take the caller: Busy (486).");
        AssertSaid("The caller's audio (PCMA): 60 of 1000 packets lost (6.0 %), jitter 12.0 ms, round trip 80 ms: a fair line (MOS 3.7).");
        AssertSaid("By the caller's reports 5 of our 1000 packets were lost, jitter 2.0 ms: a good line (MOS 4.3).");
        AssertSaid("gemini-3.8-live used 1200 tokens, about 0.0100 USD.");
    }

    [Fact]
    public void Call_that_went_well_says_little()
    {
        _record.Add(new TranscriptTurn(1, "caller", "hello", Interrupted: false));
        _record.AgentAudioPlayedMs = 10;
        Assert.Equal(2, Lines().Count);
    }

    [Fact]
    public void Who_talked_from_the_console_is_named_and_a_page_that_was_lost_is_no_trunk()
    {
        var lines = CallExplanation.Of(new CallRecord
        {
            CallId = "c", SipCallId = "s", From = "sip:olga@console.invalid", User = "olga", DialledNumber = "sales", Agent = "sales", Trunk = TalkCalls.Trunk,
            StartedAt = DateTimeOffset.UnixEpoch, AnsweredAfterMs = 250, DurationMs = 65_000, EndReason = EndReason.TransportFailed,
        });
        Assert.Contains("olga called sales by trunk console", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("The console's page was gone", lines[1], StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Lines() => CallExplanation.Of(_record);

    private void AssertSaid(string line) => Assert.Contains(line, Lines());

    private static CallRecord Call() => new()
    {
        CallId = "c", SipCallId = "s", From = "sip:x@example.com", CallerNumber = "+49301111", DialledNumber = "+49302222", Agent = "sales", Trunk = "north",
        StartedAt = new DateTimeOffset(2026, 3, 1, 8, 30, 0, TimeSpan.Zero), AnsweredAfterMs = 250, DurationMs = 65_000, EndReason = EndReason.CallerHungUp,
    };
}
