using System.Text;
using System.Text.Json.Nodes;
using GeminiLive;
using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Tests.Records;

/// <summary>A33: what is being said is masked before anybody can write it down, however it comes in fragments.</summary>
public sealed class OpenWordsTests
{
    private readonly CallRecord _record = new() { CallId = "a", SipCallId = "b", From = "sip:olga@example.com", DialledNumber = "1", Agent = "reception", StartedAt = DateTimeOffset.UnixEpoch };

    [Fact]
    public void Digits_are_masked_in_whatever_fragments_they_come()
    {
        var words = Words(new RedactionOptions());
        foreach (var fragment in (string[])["My card", " is 41", "11 11", "11", " and my name is", " Olga"])
        {
            words.Add(LiveSpeaker.Caller, fragment);
            Assert.DoesNotContain(_record.OpenCallerWords!, char.IsAsciiDigit);
        }
        Assert.Equal("My card is **** **** and my name is Olga", _record.OpenCallerWords);
        words.Add(LiveSpeaker.Caller, ".");
        words.Close(LiveSpeaker.Caller);
        words.Add(LiveSpeaker.Caller, "Good");
        words.Add(LiveSpeaker.Caller, "bye");
        Assert.Equal("Goodbye", _record.OpenCallerWords);
    }

    [Fact]
    public void A_pattern_of_the_operators_own_is_found_across_fragments_without_digits()
    {
        var words = Words(new RedactionOptions { Patterns = ["secret \\w+"] });
        words.Add(LiveSpeaker.Agent, "The sec");
        words.Add(LiveSpeaker.Agent, "ret rose");
        Assert.Equal("The ***", _record.OpenAgentWords);
        words.Add(LiveSpeaker.Agent, "bud is it");
        Assert.Equal("The *** is it", _record.OpenAgentWords);
    }

    [Fact]
    public void A_line_without_end_stays_within_its_bound()
    {
        var words = Words(new RedactionOptions());
        for (var i = 0; i < 2_000; i++)
            words.Add(LiveSpeaker.Agent, " and then");
        Assert.InRange(_record.OpenAgentWords!.Length, OpenLine.MaxCharacters - 9, OpenLine.MaxCharacters);
    }

    [Theory]
    [InlineData("[[\"key\",null,0,\"x\"]]")]
    [InlineData("[[\"key\",\"transcript\",0,\"x\"]]")]
    [InlineData("[[\"key\",\"openAgentWords\",0,null]]")]
    [InlineData("[[\"key\",\"openAgentWords\",0.5,\"x\"]]")]
    [InlineData("[[\"key\",\"openAgentWords\",\"0\",\"x\"]]")]
    [InlineData("[[\"key\",\"openAgentWords\",0,\"\\ud800\"]]")]
    [InlineData("[[\"key\",\"openAgentWords\",0]]")]
    [InlineData("[7,null,{},[],[[]],[null,null,null,null]]")]
    [InlineData("{\"key\":1}")]
    [InlineData("null")]
    [InlineData("")]
    public void A_row_that_somebody_has_damaged_costs_no_record_and_no_other_line(string row)
    {
        var record = JsonNode.Parse("{\"transcript\":[]}")!.AsObject();
        OpenWordsReading.AddTo(record, "key", Encoding.UTF8.GetBytes(row));
        Assert.Equal("{\"transcript\":[]}", record.ToJsonString());
        if (!row.EndsWith(']'))
            return;
        OpenWordsReading.AddTo(record, "key", Encoding.UTF8.GetBytes($"{row[..^1]},[\"key\",\"openCallerWords\",0,\"Hello\"]]"));
        Assert.Equal("{\"transcript\":[],\"openCallerWords\":\"Hello\"}", record.ToJsonString());
    }

    [Fact]
    public void Few_words_are_written_into_the_same_memory_again_and_again()
    {
        var rows = new JsonParameter();
        Write(10);
        var memory = rows.Bytes;
        Write(100);
        Assert.Same(memory, rows.Bytes);
        Write(100_000);
        Write(10);
        Assert.Equal(memory.Length, rows.Bytes.Length);

        void Write(int characters)
        {
            using (var json = rows.Open())
                json.WriteStringValue(new string('a', characters));
            rows.Close();
        }
    }

    private OpenWords Words(RedactionOptions redaction) => new(_record, new RecordPrivacy(new Redaction(redaction), new RecordOptions()));
}
