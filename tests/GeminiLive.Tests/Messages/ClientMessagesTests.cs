using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeminiLive.Messages;

namespace GeminiLive.Tests.Messages;

public sealed class ClientMessagesTests
{
    private static readonly LiveSessionConfig Config = For(new LiveSessionSettings());

    [Fact]
    public void Caller_audio_is_written_without_allocation()
    {
        var (message, chunk) = (new AudioMessage(320), new short[320]);
        Assert.Equal(0, Support.Allocations.Of(() => message.Write(chunk), runs: 10_000));
    }

    [Fact]
    public void Setup_holds_exactly_what_the_service_knows()
    {
        AssertJson("""
            {"setup":{"model":"models/gemini-3.8-live",
              "generationConfig":{"responseModalities":["AUDIO"],
                "speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}}}},
              "systemInstruction":{"parts":[{"text":"You answer the phone for a bicycle shop. Keep answers short."}]},
              "realtimeInputConfig":{"automaticActivityDetection":{"startOfSpeechSensitivity":"START_SENSITIVITY_LOW",
                  "endOfSpeechSensitivity":"END_SENSITIVITY_LOW","prefixPaddingMs":200,"silenceDurationMs":700},
                "activityHandling":"START_OF_ACTIVITY_INTERRUPTS","turnCoverage":"TURN_INCLUDES_ONLY_ACTIVITY"},
              "inputAudioTranscription":{},"outputAudioTranscription":{},
              "sessionResumption":{},
              "contextWindowCompression":{"triggerTokens":"25000","slidingWindow":{"targetTokens":"10000"}}}}
            """, SetupMessage.Write(Config, Config.Targets[0], handle: null));
    }

    [Fact]
    public void Resuming_setup_differs_in_the_handle_only()
    {
        var fresh = JsonNode.Parse(SetupMessage.Write(Config, Config.Targets[0], handle: null))!;
        var resuming = JsonNode.Parse(SetupMessage.Write(Config, Config.Targets[0], "h-0107"))!;
        fresh["setup"]!["sessionResumption"]!["handle"] = "h-0107";
        Assert.True(JsonNode.DeepEquals(fresh, resuming));
    }

    [Fact]
    public void What_is_not_set_is_not_sent()
    {
        var options = new LiveOptions { Voice = null };
        (options.ActivityDetection.StartSensitivity, options.ActivityDetection.EndSensitivity) = (null, null);
        (options.ActivityDetection.PrefixPaddingMs, options.ActivityDetection.SilenceDurationMs) = (null, null);
        var config = TestSession.For(options) with { SystemInstruction = "" };
        var setup = Setup(SetupMessage.Write(config, config.Targets[0], handle: null));

        Assert.False(setup.TryGetProperty("systemInstruction", out _));
        Assert.Equal("{}", setup.GetProperty("realtimeInputConfig").GetProperty("automaticActivityDetection").GetRawText());
    }

    [Theory]
    [InlineData("gemini-3.8-live", "models/gemini-3.8-live")]
    [InlineData("models/gemini-3.8-live", "models/gemini-3.8-live")]
    [InlineData("projects/p/locations/l/publishers/google/models/m", "models/m")]
    public void Model_is_written_as_a_resource_name(string model, string expected) =>
        Assert.Equal(expected, Setup(Write(model)).GetProperty("model").GetString());

    [Theory]
    [InlineData("gemini-3.8-live", false)]
    [InlineData("gemini-3.1-flash-live-preview", false)]
    [InlineData("gemini-3.8-live-extended-thinking", true)]
    public void Thinking_level_is_sent_where_it_is_required_and_nowhere_else(string model, bool isSent) =>
        Assert.Equal(isSent, Setup(Write(model))
            .GetProperty("generationConfig").TryGetProperty("thinkingConfig", out _));

    [Fact]
    public void Text_goes_as_realtime_input_or_as_a_finished_turn()
    {
        AssertJson("""{"realtimeInput":{"text":"Grüße \"5\""}}""", ClientMessages.RealtimeText("Grüße \"5\""));
        AssertJson("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"hi"}]}],"turnComplete":true}}""", ClientMessages.UserTurn("hi"));
    }

    [Fact]
    public void Content_says_whose_words_they_are()
    {
        AssertJson("""
            {"clientContent":{"turns":[{"role":"user","parts":[{"text":"A slot."}]},{"role":"model","parts":[{"text":"Friday?"}]}],"turnComplete":false}}
            """, ClientMessages.Content([new(LiveRole.User, "A slot."), new(LiveRole.Model, "Friday?")], turnComplete: false));
        AssertJson("""{"clientContent":{"turnComplete":true}}""", ClientMessages.Content([], turnComplete: true));
    }

    [Fact]
    public void Marks_and_pictures_are_one_key_each()
    {
        AssertJson("""{"realtimeInput":{"audioStreamEnd":true}}""", ClientMessages.AudioStreamEnd);
        AssertJson("""{"realtimeInput":{"activityStart":{}}}""", ClientMessages.ActivityStart);
        AssertJson("""{"realtimeInput":{"activityEnd":{}}}""", ClientMessages.ActivityEnd);
        AssertJson("""{"realtimeInput":{"video":{"mimeType":"image/jpeg","data":"/9j/"}}}""", ClientMessages.Video([0xFF, 0xD8, 0xFF]));
    }

    [Fact]
    public void Tool_responses_go_in_one_message_with_scheduling_beside_the_result()
    {
        var call = new LiveToolCall("1", "f", "{}");
        AssertJson("""
            {"toolResponse":{"functionResponses":[
              {"id":"1","name":"f","response":{"output":"a"},"scheduling":"INTERRUPT"},
              {"name":"g","response":{"error":"no"}},
              {"id":"3","name":"h","response":{"output":[1]},"scheduling":"SILENT","willContinue":true},
              {"id":"4","name":"h","response":{"free":1},"scheduling":"WHEN_IDLE","willContinue":false}]}}
            """, ClientMessages.ToolResponse(
            [
                LiveToolResponse.Output(call, "a", LiveScheduling.Interrupt), LiveToolResponse.Error(new LiveToolCall(Id: null, "g", "{}"), "no"),
                new("3", "h", Json("[1]"), LiveScheduling.Silent, WillContinue: true), new("4", "h", Json("""{"free":1}"""), LiveScheduling.WhenIdle, WillContinue: false),
            ], new LiveModelProfile()));
    }

    [Fact]
    public void What_the_model_does_not_have_is_left_out_of_a_tool_response()
    {
        var profile = new LiveModelProfile() with { SupportsScheduling = false, SupportsContinuedResponses = false };
        AssertJson("""{"toolResponse":{"functionResponses":[{"id":"3","name":"h","response":{}}]}}""",
            ClientMessages.ToolResponse([new("3", "h", Json("null"), LiveScheduling.Silent, WillContinue: true)], profile));
    }

    [Theory]
    [InlineData(320)]
    [InlineData(640)]
    [InlineData(1_600)]
    public void Audio_is_base64_of_little_endian_samples(int samples)
    {
        var message = new AudioMessage(samples);
        var random = new Random(samples);
        for (var round = 0; round < 3; round++)
        {
            var pcm = Enumerable.Range(0, samples).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1)).ToArray();
            var bytes = new byte[samples * 2];
            Buffer.BlockCopy(pcm, 0, bytes, 0, bytes.Length);
            Assert.Equal(
                $$$$"""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"{{{{Convert.ToBase64String(bytes)}}}}"}}}""",
                Encoding.UTF8.GetString(message.Write(pcm).Span));
        }
    }

    private static LiveSessionConfig For(LiveSessionSettings settings) =>
        TestSession.For(new LiveOptions(), settings) with { SystemInstruction = "You answer the phone for a bicycle shop. Keep answers short." };

    private static byte[] Write(string model) => Write(For(new LiveSessionSettings { Model = model }));

    private static byte[] Write(LiveSessionConfig config) => SetupMessage.Write(config, config.Targets[0], handle: null);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static JsonElement Setup(byte[] message) => JsonDocument.Parse(message).RootElement.GetProperty("setup");

    private static void AssertJson(string expected, byte[] actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), Encoding.UTF8.GetString(actual));
}
