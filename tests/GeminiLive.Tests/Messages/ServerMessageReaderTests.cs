using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GeminiLive.Messages;
using Support;

namespace GeminiLive.Tests.Messages;

public sealed class ServerMessageReaderTests
{
    private readonly ServerMessage _message = new();
    private byte[] _bytes = [];

    [Theory]
    [InlineData("""{"setupComplete":{}}""", null)]
    [InlineData("""{"setupComplete":{"sessionId":"abc"}}""", "abc")]
    [InlineData("""{"setupComplete":null}""", null)]
    [InlineData("""{"setupComplete":[1,{"a":2}]}""", null)]
    public void Setup_complete(string json, string? sessionId)
    {
        Read(json);
        Assert.True(_message.IsSetupComplete);
        Assert.Equal(sessionId, _message.SessionId);
    }

    [Theory]
    [InlineData("""{"newHandle":"h","resumable":true}""", "h", true)]
    [InlineData("""{"resumable":"true","newHandle":"h"}""", "h", true)]
    [InlineData("""{"newHandle":"h","resumable":false}""", null, false)]
    [InlineData("""{"newHandle":"h"}""", null, false)]
    [InlineData("""{"newHandle":"","resumable":true}""", null, true)]
    [InlineData("""{"newHandle":7,"resumable":true}""", null, true)]
    [InlineData("{}", null, false)]
    public void Resumption_update(string json, string? handle, bool isResumable)
    {
        Read($$"""{"sessionResumptionUpdate":{{json}}}""");
        Assert.Equal(handle, _message.NewHandle);
        Assert.Equal(isResumable, _message.IsResumable);
    }

    [Theory]
    [InlineData("\"50s\"", 50)]
    [InlineData("\"49.500s\"", 49.5)]
    [InlineData("\"s\"", 0)]
    [InlineData("\"-1s\"", 0)]
    [InlineData("\"1e300s\"", 0)]
    [InlineData("\"NaNs\"", 0)]
    [InlineData("50", 0)]
    [InlineData("{}", 0)]
    public void Go_away(string timeLeft, double seconds)
    {
        Read($$$"""{"goAway":{"timeLeft":{{{timeLeft}}}}}""");
        Assert.Equal(TimeSpan.FromSeconds(seconds), _message.GoAwayTimeLeft);
    }

    [Fact]
    public void Usage_takes_numbers_as_strings_and_the_names_of_both_services()
    {
        Read("""{"usageMetadata":{"promptTokenCount":"640","candidatesTokenCount":131,"thoughtsTokenCount":1.5,"totalTokenCount":[],"promptTokensDetails":[{"modality":"AUDIO"}],"trafficType":"NEW"}}""");
        Assert.Equal(new UsageReported(640, 131, 0, 0) { TrafficType = "NEW" }, _message.Usage);
    }

    [Theory]
    [InlineData("response")]
    [InlineData("candidates")]
    public void Usage_is_told_per_modality(string output)
    {
        Read($$"""
            {"usageMetadata":{"promptTokenCount":700,"{{output}}TokenCount":50,"thoughtsTokenCount":136,"toolUsePromptTokenCount":9,"cachedContentTokenCount":4,"totalTokenCount":763,
              "promptTokensDetails":[{"modality":"TEXT","tokenCount":290},{"modality":"AUDIO","tokenCount":"400"},7,{"modality":"VIDEO","tokenCount":6},{"modality":"DOCUMENT","tokenCount":1}],
              "{{output}}TokensDetails":[{"tokenCount":48,"modality":"AUDIO"},{"modality":"IMAGE","tokenCount":2}],
              "toolUsePromptTokensDetails":[{"modality":"TEXT","tokenCount":9}], "cacheTokensDetails":[{"modality":"AUDIO","tokenCount":4},{"modality":"AUDIO"}],
              "audioDurationSeconds":3,"serviceTier":"standard"} }
            """);
        Assert.Equal(
            new UsageReported(700, 50, 136, 763)
            {
                ToolUseTokens = 9,
                CachedTokens = 4,
                Prompt = new TokensByModality(Text: 291, Audio: 400, Video: 6),
                Response = new TokensByModality(Audio: 48, Image: 2),
                ToolUse = new TokensByModality(Text: 9),
                Cached = new TokensByModality(Audio: 4),
            },
            _message.Usage);
    }

    [Fact]
    public void Sources_of_an_answer_are_kept_within_bounds()
    {
        var pages = string.Join(',', Enumerable.Range(0, 60).Select(i => $$"""{"web":{"uri":"https://a/{{i}}","title":"T{{i}}"} }"""));
        Read($$$$"""
            {"serverContent":{"groundingMetadata":{"webSearchQueries":["opening hours",7,"{{{{new string('x', 3_000)}}}}"],
              "groundingChunks":[{"web":{"title":"no address"}},{"maps":{}},{"web":{"uri":"https://b"}},3,{{{{pages}}}}],
              "groundingSupports":[{"segment":{}}],"searchEntryPoint":{"renderedContent":"<div>"} } } }
            """);
        Assert.Equal(["opening hours"], _message.SearchQueries);
        Assert.Equal(50, _message.Sources.Count);
        Assert.Equal([new LiveSource("https://b", ""), new LiveSource("https://a/0", "T0")], _message.Sources.Take(2));
    }

    [Theory]
    [InlineData("""{"voiceActivity":{"type":"ACTIVITY_START","audioOffset":"1.250s"},"serverContent":{}}""", true, 1.25)]
    [InlineData("""{"voiceActivity":{"voiceActivityType":"ACTIVITY_END"}}""", false, null)]
    [InlineData("""{"voiceActivityDetectionSignal":{"vadSignalType":"VAD_SIGNAL_TYPE_SOS"}}""", true, null)]
    [InlineData("""{"voiceActivityDetectionSignal":{"vadSignalType":"VAD_SIGNAL_TYPE_EOS"}}""", false, null)]
    public void Voice_activity_is_read_in_all_its_forms(string json, bool isStart, double? offset)
    {
        Read(json);
        Assert.Equal(new VoiceActivityReported(isStart, offset is { } seconds ? TimeSpan.FromSeconds(seconds) : null), _message.VoiceActivity);
        Read("""{"voiceActivity":{"type":"SOMETHING_NEW"},"voiceActivityDetectionSignal":7}""");
        Assert.Null(_message.VoiceActivity);
    }

    [Fact]
    public void Written_text_languages_and_the_consumed_index_are_read()
    {
        Read("""
            {"serverContent":{"modelTurn":{"parts":[{"text":"hm","thought":true},{"text":"print(1)"},{"executableCode":{"code":"x"}},{"text":"!"},{"text":5}]},
               "inputTranscription":{"text":"Hallo","languageCode":"de-DE"},"outputTranscription":{"languageCode":"en-US","text":"Hi"}},
             "sessionResumptionUpdate":{"newHandle":"h","resumable":true,"lastConsumedClientMessageIndex":"9007199254740993"}}
            """);
        Assert.True(_message is { Text: "print(1)!", InputLanguage: "de-DE", OutputLanguage: "en-US", LastConsumedIndex: 9007199254740993 });
    }

    [Fact]
    public void Tool_calls_and_cancellations()
    {
        Read("""
            {"toolCall":{"functionCalls":[{"id":"a","name":"f","args":{"x":{"y":[1, 2]}}},{"name":"g"},{"id":"lost"},7,{"id":3,"name":"h","args":"no"}]},
             "toolCallCancellation":{"ids":["p",9,{"q":1},"r"]}}
            """);
        Assert.Equal(
            [new LiveToolCall("a", "f", """{"x":{"y":[1, 2]}}"""), new LiveToolCall(Id: null, "g", "{}"), new LiveToolCall(Id: null, "h", "{}")], _message.ToolCalls);
        Assert.Equal(["p", "r"], _message.CancelledCalls);
    }

    [Fact]
    public void Every_part_of_a_turn_is_looked_at_and_thoughts_are_not_spoken()
    {
        Read("""
            {"serverContent":{"modelTurn":{"role":"model","parts":[
               {"text":"**Thinking**","thought":true},
               {"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AQA="}},
               {"inlineData":{"data":"AgA="},"thought":true},
               {"executableCode":{"language":"PYTHON","code":"x"}},
               {"inlineData":{"data":"AwA=","mimeType":"audio/pcm; rate=16000 ; x=1"}},
               {"inlineData":{"mimeType":"image/jpeg","data":"BAA="}},
               {"inlineData":{"mimeType":"audio/pcm;rate=11025","data":"BQA="}},
               {"inlineData":{"mimeType":"audio/pcm","data":"BgA="}},
               {"inlineData":{"mimeType":null,"data":"BwA="}}, {"inlineData":{"data":8}}, 9, null ]}}}
            """);
        Assert.Equal([(1, 24_000), (3, 16_000), (6, 24_000), (7, 24_000)], Samples().Select(s => ((int)s.Pcm[0], s.RateHz)));
    }

    [Fact]
    public void Marks_of_a_turn()
    {
        Read("""{"serverContent":{"interrupted":true,"generationComplete":false,"turnComplete":"true","turnCompleteReason":"SOMETHING_NEW","waitingForInput":true}}""");
        Assert.True(_message is { IsInterrupted: true, IsGenerationComplete: false, IsTurnComplete: true, TurnCompleteReason: "SOMETHING_NEW", IsWaitingForInput: true, IsIdle: true });
    }

    [Theory]
    [InlineData("""{"serverContent":{"turnComplete":true,"interactionStatus":"IN_PROGRESS"}}""", false)]
    [InlineData("""{"serverContent":{"turnComplete":true},"interactionStatus":"IN_PROGRESS"}""", false)]
    [InlineData("""{"serverContent":{"turnComplete":true,"interactionStatus":"IDLE"}}""", true)]
    [InlineData("""{"serverContent":{"turnComplete":true,"interactionStatus":"REQUIRES_ACTION"}}""", true)]
    [InlineData("""{"serverContent":{"turnComplete":true}}""", true)]
    public void Interaction_status_is_read_in_both_places(string json, bool isIdle)
    {
        Read(json);
        Assert.Equal(isIdle, _message.IsIdle);
    }

    [Theory]
    [InlineData("""{"serverContent":{}}""")]
    [InlineData("""{"serverContent":{"outputTranscription":{},"inputTranscription":{"finished":true},"groundingMetadata":{}}}""")]
    [InlineData("""{"voiceActivity":{"type":"ACTIVITY_START","audioOffset":"1.250s"},"serverContent":null}""")]
    [InlineData("{}")]
    public void What_says_nothing_means_nothing(string json)
    {
        Read(json);
        Assert.Equal("", _message.InputTranscript + _message.OutputTranscript);
        Assert.Empty(_message.Audio);
    }

    [Fact]
    public void Error_object_is_read()
    {
        Read("""{"error":{"code":13,"message":"boom","status":"INTERNAL"}}""");
        Assert.Equal("13 boom", _message.Error);
        Read("""{"code":13,"message":"bare"}""");
        Assert.Equal("bare", _message.Error);
    }

    [Fact]
    public void Escaped_base64_and_the_url_safe_alphabet_are_the_same_audio()
    {
        Read("""
            {"serverContent":{"modelTurn":{"parts":[
              {"inlineData":{"data":"+/+/+/+/"}},{"inlineData":{"data":"\u002b\/\u002B\u002f+/+\/"}},{"inlineData":{"data":"-_-_-_-_"}},
              {"inlineData":{"data":"AQACAA"}},{"inlineData":{"data":"AQAC\n"}},{"inlineData":{"data":"*"}},{"inlineData":{"data":"\ud800"}}]}}}
            """);
        var samples = Samples().ToArray();
        Assert.Equal(samples[0].Pcm, samples[1].Pcm);
        Assert.Equal(samples[0].Pcm, samples[2].Pcm);
        Assert.Equal([1, 2], samples[3].Pcm);
    }

    [Fact]
    public void Odd_byte_is_carried_over_to_the_next_part()
    {
        var decoder = new PcmDecoder();
        Read("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"AQAC"}},{"inlineData":{"data":"AAMABA=="}},{"inlineData":{"data":"AA=="}}]}}}""", out var json);
        Assert.Equal([1], decoder.Decode(json, _message.Audio[0]).ToArray());
        Assert.Equal([2, 3], decoder.Decode(json, _message.Audio[1]).ToArray());
        Assert.Equal([4], decoder.Decode(json, _message.Audio[2]).ToArray());

        decoder.Decode(json, _message.Audio[0]);
        decoder.Reset();
        Assert.Equal([1], decoder.Decode(json, _message.Audio[0]).ToArray());
    }

    [Fact]
    public void Malformed_base64_is_counted_and_dropped()
    {
        var decoder = new PcmDecoder();
        Read("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"A*=="}},{"inlineData":{"data":"AQA="}}]}}}""", out var json);
        Assert.Empty(decoder.Decode(json, _message.Audio[0]).ToArray());
        Assert.Equal([1], decoder.Decode(json, _message.Audio[1]).ToArray());
        Assert.Equal(1, decoder.MalformedParts);
    }

    [Fact]
    public void Audio_is_read_and_decoded_without_allocation()
    {
        var json = Encoding.UTF8.GetBytes(
            $$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"{{{{ScriptedSocket.Base64(new short[960])}}}}"}}]}}}""");
        var decoder = new PcmDecoder();
        Pass(100);
        Assert.Equal(0, Allocations.OfRound(() => Pass(10_000)));

        void Pass(int messages)
        {
            for (var i = 0; i < messages; i++)
            {
                ServerMessageReader.TryRead(json, _message);
                decoder.Decode(json, _message.Audio[0]);
            }
        }
    }

    [Fact]
    public void Any_bytes_at_all_are_survived() =>
        Prop.ForAll<byte[]>(bytes => Survives(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_mutation_of_a_good_message_is_survived()
    {
        var random = new Random(17);
        foreach (var example in Examples.Server)
        {
            var good = Encoding.UTF8.GetBytes(example);
            Assert.True(ServerMessageReader.TryRead(good, _message), example);
            for (var i = 0; i < 2_000; i++)
                Assert.True(Survives(Mutate(random, good)));
        }
    }

    private static byte[] Mutate(Random random, byte[] good)
    {
        var bytes = good.ToList();
        for (var edits = random.Next(1, 4); edits > 0 && bytes.Count > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            var count = random.Next(Math.Min(20, bytes.Count - at));
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, count); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, count)); break;
                case 3: bytes[at] = (byte)"{}[]\",:\\0-"[random.Next(10)]; break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }
        return [.. bytes];
    }

    private bool Survives(byte[] bytes)
    {
        var decoder = new PcmDecoder();
        if (ServerMessageReader.TryRead(bytes, _message))
        {
            foreach (var part in _message.Audio)
                decoder.Decode(bytes, part);
        }
        return true;
    }

    private void Read(string json) => Read(json, out _);

    private void Read(string json, out byte[] bytes)
    {
        bytes = _bytes = Encoding.UTF8.GetBytes(json);
        Assert.True(ServerMessageReader.TryRead(bytes, _message));
    }

    private IEnumerable<(short[] Pcm, int RateHz)> Samples()
    {
        foreach (var part in _message.Audio)
            yield return (new PcmDecoder().Decode(_bytes, part).ToArray(), part.SampleRateHz);
    }
}
