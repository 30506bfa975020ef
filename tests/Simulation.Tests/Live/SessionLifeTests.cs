using Simulation.Live;

namespace Simulation.Tests.Live;

/// <summary>Context and its cost, limits, and what a handle restores.</summary>
public sealed class SessionLifeTests
{
    private const string Uncompressed = """{"setup":{"model":"models/gemini-3.8-live"}}""";
    private const string Compressed = """{"setup":{"model":"models/gemini-3.8-live","contextWindowCompression":{"triggerTokens":"1000","slidingWindow":{"targetTokens":"400"}}}}""";
    private const string WithTool = """{"setup":{"model":"models/gemini-3.8-live","sessionResumption":{},"tools":[{"functionDeclarations":[{"name":"f","behavior":"NON_BLOCKING"}]}]}}""";
    private const string Vertex = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent";

    private static readonly SimulatedLiveOptions Silent = new() { PrettyPrint = false, AutoAnswer = false, IdleLimit = TimeSpan.FromDays(1), UncompressedLifetime = null };

    [Fact]
    public void Prompt_grows_by_what_was_said_and_the_details_tell_it_by_modality()
    {
        using var live = new VirtualLive(Silent);
        live.Open(Uncompressed);
        live.SendText(new string('x', 400));
        Say(live, 2_000);
        live.SendSilence(500);
        live.SendSpeech(1_000);
        live.SendSilence(1_000);
        Say(live, 1_000);
        var usages = live.Find("usageMetadata").ToList();
        var instructions = Uncompressed.Length / 4;
        Assert.Equal([50, 25], usages.Select(usage => usage.GetProperty("responseTokenCount").GetInt32()));
        Assert.InRange(usages[0].GetProperty("promptTokenCount").GetInt32(), 100, 100 + instructions);
        Assert.InRange(usages[1].GetProperty("promptTokenCount").GetInt32() - usages[0].GetProperty("promptTokenCount").GetInt32(), 72, 77);   // 50 said, 25 heard
        var details = usages[1].GetProperty("promptTokensDetails").EnumerateArray().ToDictionary(d => d.GetProperty("modality").GetString()!, d => d.GetProperty("tokenCount").GetInt32());
        Assert.InRange(details["AUDIO"], 73, 77);
        Assert.Equal(usages[1].GetProperty("promptTokenCount").GetInt32(), details["AUDIO"] + details["TEXT"]);
    }

    [Fact]
    public void All_input_is_counted_where_the_coverage_says_so()
    {
        using var live = new VirtualLive(Silent);
        live.Open("""{"setup":{"model":"models/gemini-3.8-live","realtimeInputConfig":{"turnCoverage":"TURN_INCLUDES_ALL_INPUT"}}}""");
        live.SendSilence(4_000);
        Say(live, 100);
        Assert.Equal(100, live.Find("usageMetadata").Single().GetProperty("promptTokensDetails")[1].GetProperty("tokenCount").GetInt32());
    }

    [Fact]
    public void Compression_cuts_the_context_when_a_users_turn_begins()
    {
        using var live = new VirtualLive(Silent);
        live.Open(Compressed);
        live.SendText(new string('x', 8_000));
        Say(live, 100);
        live.SendText("a");
        Say(live, 100);
        var prompts = live.Find("usageMetadata").Select(usage => usage.GetProperty("promptTokenCount").GetInt32()).ToList();
        Assert.InRange(prompts[0], 390, 401);
        Assert.InRange(prompts[1], 390, 410);
        Assert.Null(live.Close);
    }

    [Theory]
    [InlineData(1007, "Request contains an invalid argument.")]
    [InlineData(1000, "")]
    public void Full_context_without_compression_closes(int code, string reason)
    {
        using var live = new VirtualLive(new() { PrettyPrint = false, ContextTokens = 2_000, ContextFullCode = code, AutoAnswer = false });
        live.Open(Uncompressed);
        live.SendText(new string('x', 4_000));
        Assert.Null(live.Close);
        live.SendText(new string('x', 4_000));
        Assert.Equal((code, reason), live.Close);
    }

    [Theory]
    [InlineData(Uncompressed, true)]
    [InlineData(Compressed, false)]
    public void Fifteen_minutes_are_the_life_of_a_session_without_compression(string setup, bool ends)
    {
        using var live = new VirtualLive(new() { PrettyPrint = false, IdleLimit = TimeSpan.FromDays(1) });
        live.Open(setup);
        live.Advance(899_000, 1_000);
        Assert.Null(live.Close);
        live.Advance(2_000, 1_000);
        Assert.Equal(ends, live.Close is not null);
    }

    [Fact]
    public void Handle_restores_the_context_and_forgets_the_calls_of_later()
    {
        using var live = new VirtualLive(Silent);
        live.Open(WithTool);
        var answered = live.Run(() => live.Session.CallToolAsync("f"));
        live.Answer(answered, more: ",\"scheduling\":\"SILENT\"");
        Say(live, 1_000);
        var handle = live.LastHandle;
        var before = live.Find("usageMetadata").Last().GetProperty("promptTokenCount").GetInt32();
        var later = live.Run(() => live.Session.CallToolAsync("f"));
        live.SendText(new string('x', 4_000));
        live.Leave();

        live.Open(WithTool.Replace("\"sessionResumption\":{}", $"\"sessionResumption\":{{\"handle\":\"{handle}\"}}", StringComparison.Ordinal));
        live.Answer(answered);
        Assert.Null(live.Close);
        Say(live, 100);
        Assert.InRange(live.Find("usageMetadata").Single().GetProperty("promptTokenCount").GetInt32() - before, 0, 60);   // 25 said; 1,000 forgotten
        live.Answer(later);
        Assert.Equal((1008, "Requested entity was not found."), live.Close);
    }

    [Fact]
    public void Earlier_handle_leads_to_the_earlier_point()
    {
        using var live = new VirtualLive();
        live.Open();
        live.SendText();
        live.Advance(10_000);
        var afterGreeting = live.LastHandle;
        live.SendText();
        live.Advance(10_000);
        live.SendSilence(500);
        live.SendSpeech(500);
        live.SendSilence(700);
        live.Advance(10_000);
        live.Leave();
        live.Open(RawLiveClient.Resume38(afterGreeting));
        live.SendSilence(500);
        live.SendSpeech(500);
        live.SendSilence(700);
        live.Advance(1_000);
        Assert.Equal("answer-repair", live.Session.Events.First(e => e.Kind == SessionEventKind.GenerationStarted).Text);   // the first answer once more
    }

    [Fact]
    public void Transparent_resumption_tells_which_message_was_consumed()
    {
        using var live = new VirtualLive(Silent);
        live.Open(
            """{"setup":{"model":"projects/p/locations/l/publishers/google/models/gemini-3.8-live","generationConfig":{"responseModalities":["AUDIO"]},"sessionResumption":{"transparent":true}}}""",
            Vertex);
        live.SendText();
        live.SendSilence(60);
        Say(live, 100);
        Assert.Equal("4", live.Find("sessionResumptionUpdate").Last().GetProperty("lastConsumedClientMessageIndex").GetString());
    }

    [Fact]
    public void Call_of_ten_minutes_is_idle_cut_only_without_audio()
    {
        using var live = new VirtualLive(new() { PrettyPrint = false, AutoAnswer = false });
        live.Open(Compressed);
        for (var minute = 0; minute < 10; minute++)
        {
            live.Send(RawLiveClient.Audio(new short[320]));
            live.Advance(60_000, 1_000);
        }
        Assert.Null(live.Close);
        live.Advance(100_000, 1_000);
        Assert.Equal((1008, "The operation was aborted."), live.Close);
    }

    private static void Say(VirtualLive live, int ms)
    {
        live.Run(() => live.Session.SayAsync(new short[24 * ms]));
        live.Advance(ms + 100);
    }
}
