using System.Text.Json.Nodes;
using GeminiLive.Messages;

namespace GeminiLive.Tests.Capabilities;

/// <summary>What a model does not have is refused at start, with the remedy, and never sent; the service would have refused it.</summary>
public sealed class LegalityTests
{
    private const string M25 = "gemini-2.5-flash-native-audio-preview-12-2025";
    private const string M31 = "gemini-3.1-flash-live-preview";
    private const string M38 = "gemini-3.8-live";
    private const string MEt = "gemini-3.8-live-extended-thinking";

    [Theory]
    [InlineData(M38, "Thinking:Budget", "0", "this model takes no thinking settings; leave them out")]
    [InlineData(M38, "Thinking:Level", "LOW", "this model takes no thinking settings")]
    [InlineData(M38, "Thinking:IncludeThoughts", "true", "this model takes no thinking settings")]
    [InlineData(M38, "AffectiveDialog", "true", "affective dialog is always on in this model; leave it out")]
    [InlineData(M38, "ProactiveAudio", "false", "proactive audio is always on in this model; leave it out")]
    [InlineData(MEt, "Thinking:Budget", "0", "this model takes Thinking:Level, one of LOW, MEDIUM, HIGH")]
    [InlineData(MEt, "Thinking:Level", "MINIMAL", "this model takes Thinking:Level, one of LOW, MEDIUM, HIGH")]
    [InlineData(M31, "Thinking:Budget", "0", "this model takes Thinking:Level, one of MINIMAL, LOW")]
    [InlineData(M31, "AffectiveDialog", "true", "this model has no affective dialog; leave it out")]
    [InlineData(M31, "ProactiveAudio", "true", "this model has no proactive audio; leave it out")]
    [InlineData(M31, "CodeExecution", "true", "no current speech model runs code")]
    [InlineData(M25, "Thinking:Level", "LOW", "this model takes Thinking:Budget (0 off, -1 automatic), not a level")]
    [InlineData(M25, "AffectiveDialog", "true", "affective dialog needs ApiVersion v1alpha")]
    [InlineData(M25, "ProactiveAudio", "true", "proactive audio needs ApiVersion v1alpha")]
    [InlineData(M25, "UrlContext", "true", "no current speech model reads pages")]
    [InlineData(M38, "ResponseModality", "TEXT", "this model answers in AUDIO only")]
    [InlineData(M38, "TransparentResumption", "true", "it exists on Vertex only")]
    [InlineData(M38, "Voice", "Bob", "this model speaks with Zephyr, Puck")]
    [InlineData(M38, "Voice", "kore", "this model speaks with Zephyr, Puck")]
    [InlineData(M38, "LanguageCode", "xx-XX", "name the language in the instructions")]
    [InlineData(M38, "InputTranscription:CustomVocabulary:0", "Sulafat", "only 3.8 on Vertex takes a vocabulary")]
    [InlineData(M38, "Model", "gemini-live-2.5-flash-preview", "this model was shut down on 2025-12-09; use gemini-3.8-live")]
    [InlineData(M38, "Model", "gemini-live-2.5-flash-native-audio", "this model is served by Vertex only, not by DeveloperApi")]
    public void Illegal_setting_is_refused_at_start_with_the_remedy(string model, string key, string value, string remedy)
    {
        foreach (var path in new[] { "Live", "Live:Fallbacks:0" })
        {
            var fault = Assert.Single(CapabilityRig.Refusals(Json(("Live:Model", path == "Live" ? model : M38), ($"{path}:Model", model), ($"{path}:{key}", value))));
            Assert.StartsWith($"{path}:{key.Split(":0")[0]} is '{value}'; ", fault, StringComparison.Ordinal);
            Assert.Contains(remedy, fault, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Temperature", "2.5", "0 to 2")]
    [InlineData("TopP", "-1", "0 to 1")]
    [InlineData("MaxOutputTokens", "0", "1 to 65536")]
    [InlineData("ActivityDetection:Mode", "Half", "Automatic, Manual")]
    [InlineData("ActivityDetection:TurnCoverage", "SOME", "ONLY_ACTIVITY, ALL_INPUT")]
    [InlineData("SafetySettings:0:Category", "RUDENESS", "HARASSMENT, HATE_SPEECH")]
    [InlineData("Thinking:Level", "DEEP", "MINIMAL, LOW, MEDIUM, HIGH")]
    [InlineData("MediaResolution", "ULTRA", "LOW, MEDIUM, HIGH")]
    [InlineData("Backend", "Azure", "DeveloperApi, Vertex")]
    [InlineData("ApiVersion", "v9", "v1beta, v1alpha, v1")]
    [InlineData("EphemeralToken", "secret", "the whole name that 'voiceagent token' prints")]
    [InlineData("Profiles:x:Family", "Live99", "NativeAudio25, HalfCascade25")]
    public void Value_that_no_model_takes_is_refused_with_what_is_allowed(string key, string value, string allowed)
    {
        var faults = CapabilityRig.Refusals(Json(($"Live:{key}", value)));
        Assert.Contains(faults, fault => fault.StartsWith($"Live:{key} is '", StringComparison.Ordinal) && fault.Contains(allowed, StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void All_faults_come_at_once()
    {
        var faults = CapabilityRig.Refusals("""{ "Live": { "Temperature": 9, "Thinking": { "Budget": 0 }, "Backend": "Vertex", "Fallbacks": [ { "Voice": "Bob" } ] } }""");
        Assert.Equal(5, faults.Count);   // temperature, thinking, project, location, the fallback's voice; what it takes over is told once
        Assert.Contains(faults, fault => fault.StartsWith("Live:Fallbacks:0:Voice is 'Bob'", StringComparison.Ordinal));
    }

    [Fact]
    public void Agent_that_chooses_another_model_is_told_what_it_takes_over()
    {
        var live = new LiveOptions { Model = M25 };
        live.Thinking.Budget = 0;
        var fault = Assert.Single(LiveSetup.Check(live, new LiveSessionSettings { Model = M38 }, "Agents:Profiles:a"));
        Assert.Equal("Agents:Profiles:a:Model is 'gemini-3.8-live'; it does not take Thinking:Budget = '0', which comes from Live: "
            + "this model takes no thinking settings; leave them out.", fault);
        Assert.Empty(LiveSetup.Check(live, new LiveSessionSettings { Voice = "Puck" }, "Agents:Profiles:a"));
        Assert.Contains("must speak", Assert.Single(LiveSetup.Check(
            new LiveOptions { Profiles = { ["gemini-3.8*"] = new() { TextResponse = true } } }, new LiveSessionSettings { ResponseModality = "TEXT" }, "a")), StringComparison.Ordinal);
    }

    [Fact]
    public void Agent_whose_model_a_fallback_cannot_have_is_refused()
    {
        var live = new LiveOptions { Fallbacks = { new() { Model = M38 }, new() { Backend = "Vertex", Project = "p", Location = "us" } } };
        Assert.StartsWith("a:Model is 'gemini-3.1-flash-live-preview'; Live:Fallbacks:1 names no model and takes this one over, but this model is served by DeveloperApi only",
            Assert.Single(LiveSetup.Check(live, new LiveSessionSettings { Model = M31 }, "a")), StringComparison.Ordinal);
        live.Fallbacks[1].Model = M38;
        Assert.Empty(LiveSetup.Check(live, new LiveSessionSettings { Model = M31 }, "a"));
    }

    [Theory]
    [InlineData(8_000, null)]
    [InlineData(null, 30_000)]
    public void Agent_whose_compression_does_not_fit_the_rest_is_refused(int? trigger, int? target)
    {
        var agent = new LiveSessionSettings { ContextCompression = { TriggerTokens = trigger, TargetTokens = target } };
        Assert.Contains("ContextCompression:TargetTokens is '", Assert.Single(LiveSetup.Check(new LiveOptions(), agent, "a")), StringComparison.Ordinal);
        var fallback = new LiveOptions { Fallbacks = { new LiveFallbackOptions { ContextCompression = { TriggerTokens = trigger, TargetTokens = target } } } };
        var config = new LiveClientFactory(fallback).Configure();
        Assert.Null(config.Targets[1].SettingsFor(config.Settings).ContextCompression.TargetTokens);
    }

    [Theory]
    [InlineData(M38, "Thinking:Level", "LOW", """{ "Thinking": "Level" }""")]
    [InlineData(M31, "Thinking:Budget", "0", """{ "Thinking": "Budget" }""")]
    [InlineData(M25, "AffectiveDialog", "true", """{ "AffectiveDialog": true }""")]
    [InlineData(M25, "ProactiveAudio", "true", """{ "ProactiveAudio": true }""")]
    [InlineData(M38, "ResponseModality", "TEXT", """{ "TextResponse": true }""")]
    [InlineData(M38, "Voice", "Bob", """{ "Voices": [ "Bob" ] }""")]
    [InlineData(M38, "LanguageCode", "xx-XX", """{ "LanguageCodes": [ "xx-XX" ] }""")]
    [InlineData(M38, "CodeExecution", "true", """{ "CodeExecution": true }""")]
    [InlineData(M38, "UrlContext", "true", """{ "UrlContext": true }""")]
    [InlineData(M38, "InputTranscription:CustomVocabulary:0", "Sulafat", """{ "TranscriptionVocabulary": true }""")]
    public async Task What_a_profile_lets_through_against_the_table_the_service_refuses(string model, string key, string value, string profile)
    {
        var json = Json(("Live:Model", model), ($"Live:{key}", value))[..^2] + $$""", "Profiles": { "{{model}}": {{profile}} } } }""";
        await using var rig = await CapabilityRig.StartAsync(json);
        var result = await rig.TryConnectAsync();
        Assert.Equal((LiveFailureKind.Refused, 1007), (result.Failure?.Kind, result.Failure?.Code));
    }

    [Fact]
    public async Task Unknown_model_is_taken_for_the_stable_family_with_one_warning_and_the_service_decides()
    {
        await using var rig = await CapabilityRig.StartAsync("""{ "Live": { "Model": "gemini-9-live" } }""");
        for (var i = 0; i < 2; i++)
            Assert.Equal(1008, (await rig.TryConnectAsync()).Failure?.Code);
        Assert.Equal(LiveModelFamily.Live38, rig.Factory.Configure().Targets[0].Profile.Family);
        Assert.Single(rig.Log.Lines, line => line.StartsWith("Warning: Model gemini-9-live is not known", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Configuration_adds_a_model_by_its_beginning_and_overrides_single_traits()
    {
        await using var rig = await CapabilityRig.StartAsync("""
            { "Live": { "Model": "gemini-9-live-x", "Profiles": { "gemini-9*": { "Family": "Live31" }, "gemini-9-live*": { "Family": "Live31", "Scheduling": true, "ContextTokens": 5000 } },
              "ContextCompression": { "TriggerTokens": 4000, "TargetTokens": 2000 } } }
            """);
        var profile = rig.Factory.Configure().Targets[0].Profile;
        Assert.Equal((LiveModelFamily.Live31, true, false, 5000, LiveTextInput.RealtimeText),
            (profile.Family, profile.SupportsScheduling, profile.SupportsAsyncTools, profile.ContextTokens, profile.TextInput));
        Assert.Empty(rig.Log.Lines);
    }

    [Fact]
    public async Task Search_together_with_functions_is_refused_on_2_5_before_anything_is_sent()
    {
        await using var rig = await CapabilityRig.StartAsync($$"""{ "Live": { "Model": "{{M25}}", "GoogleSearch": true } }""");
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => rig.TryConnectAsync(
            config => config with { Functions = [new("note", "", Parameters: null, LiveBehavior.Blocking)] }));
        Assert.Contains("does not take GoogleSearch together with functions", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Server.Sessions);
    }

    [Fact]
    public void Search_gives_way_to_functions_on_a_fallback_that_has_not_both()
    {
        var config = CapabilityRig.FactoryOf($$"""{ "Live": { "ApiKey": "k", "GoogleSearch": true, "Fallbacks": [ { "Model": "{{M25}}" } ] } }""").Configure() with
        {
            Functions = [new("note", "", Parameters: null, LiveBehavior.Blocking)],
        };
        int ToolsAt(int target) => JsonNode.Parse(SetupMessage.Write(config, config.Targets[target], handle: null))!["setup"]!["tools"]!.AsArray().Count;
        Assert.Equal((2, 1), (ToolsAt(0), ToolsAt(1)));
    }

    [Theory]
    [InlineData("2fast")]
    [InlineData("with space")]
    [InlineData("")]
    public async Task Function_that_the_service_would_refuse_is_refused_here(string name)
    {
        await using var rig = await CapabilityRig.StartAsync("{}");
        await Assert.ThrowsAsync<ArgumentException>(() => rig.TryConnectAsync(config => config with { Functions = [new(name, "", Parameters: null, LiveBehavior.Blocking)] }));
    }

    private static string Json(params (string Key, string Value)[] settings)
    {
        var live = new JsonObject();
        foreach (var (key, value) in settings)
        {
            JsonNode node = live;
            var names = key.Split(':')[1..];
            for (var i = 0; i < names.Length - 1; i++)
                node = node[names[i]] ??= new JsonObject();
            node[names[^1]] = value;
        }
        return new JsonObject { ["Live"] = live }.ToJsonString();
    }
}
