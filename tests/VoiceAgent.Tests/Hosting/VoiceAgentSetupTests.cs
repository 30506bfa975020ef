using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Support;
using VoiceAgent.Hosting;

namespace VoiceAgent.Tests.Hosting;

/// <summary>What cannot be read from the configuration is refused before anything starts: key, value, what is allowed.</summary>
public sealed class VoiceAgentSetupTests
{
    [Theory]
    [InlineData("Telephony:Nope", "1", "Telephony:Nope is not a setting; known are Access,")]
    [InlineData("Telephony:Rtp:Nope", "1", "Telephony:Rtp:Nope is not a setting; known are FirstPacketTimeout,")]
    [InlineData("Live:Nope", "1", "Live:Nope is not a setting")]
    [InlineData("Live:ActivityDetection:Nope", "1", "Live:ActivityDetection:Nope is not a setting; known are ActivityHandling, EndSensitivity, Mode,")]
    [InlineData("Agents:Nope", "1", "Agents:Nope is not a setting; known are Default, Profiles, Routes, TimeZone.")]
    [InlineData("Agents:Profiles:reception:Nope", "1", "Agents:Profiles:reception:Nope is not a setting")]
    [InlineData("Calls:Nope", "1", "Calls:Nope is not a setting")]
    [InlineData("Tools:Nope", "1", "Tools:Nope is not a setting; known are Crm, Http, ")]
    [InlineData("Tools:Policies:book:Timout", "1", "Tools:Policies:book:Timout is not a setting; known are AllowedAgents, Behavior,")]
    [InlineData("Tools:Policies:book:Behavior", "Waiting", "Tools:Policies:book:Behavior = 'Waiting' is not usable; use Blocking or NonBlocking.")]
    [InlineData("Tools:Plugins:shop:Assambly", "1", "Tools:Plugins:shop:Assambly is not a setting; known are Assembly, Settings.")]
    [InlineData("Telemetry:Nope", "1", "Telemetry:Nope is not a setting; known are Metrics, NumbersInTraces, Otlp.")]
    [InlineData("Telemetry:Metrics", "Everybody", "Telemetry:Metrics = 'Everybody' is not usable; use ")]
    [InlineData("Telemetry:Otlp:Protocol", "Http", "Telemetry:Otlp:Protocol = 'Http' is not usable; use HttpProtobuf or Grpc.")]
    [InlineData("Http:Nope", "1", "Http:Nope is not a setting; known are")]
    [InlineData("Live:Thinking", "LOW", "Live:Thinking is a group or a list, not one value.")]
    [InlineData("Live:Fallbacks", "gemini-3.8-live", "Live:Fallbacks is a group or a list, not one value.")]
    [InlineData("Calls:MaxCalls", "abc", "Calls:MaxCalls = 'abc' is not usable; use a whole number.")]
    [InlineData("Calls:MaxCalls", "99999999999", "Calls:MaxCalls = '99999999999' is not usable")]
    [InlineData("Calls:MaxCalls", "", "Calls:MaxCalls = '' is not usable")]
    [InlineData("Calls:DigitPause", "soon", "Calls:DigitPause = 'soon' is not usable; use a time such as 00:00:30.")]
    [InlineData("Calls:OnSetupFailure", "Cry", "Calls:OnSetupFailure = 'Cry' is not usable; use Reject or Apologise.")]
    [InlineData("Calls:OnSetupFailure", "7", "Calls:OnSetupFailure = '7' is not usable; use Reject or Apologise.")]
    [InlineData("Telephony:PtimeMs", "20ms", "Telephony:PtimeMs = '20ms' is not usable")]
    [InlineData("Telephony:Rtp:RealTimePriority", "High", "use Auto or Off")]
    [InlineData("Live:ActivityDetection:SilenceDurationMs", "long", "Live:ActivityDetection:SilenceDurationMs = 'long'")]
    [InlineData("Live:Voice:Name", "Kore", "Live:Voice is one value, not a group or a list.")]
    public void What_cannot_be_read_is_refused_in_words(string key, string value, string said)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Services(key, value));
        Assert.Contains(said, Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Calls:MaxCalls", "0", "Calls:MaxCalls = '0' must be between 1 and 10000.")]
    [InlineData("Calls:MaxDuration", "00:00:01", "Calls:MaxDuration = '00:00:01' must be between 00:00:10 and")]
    [InlineData("Telemetry:Otlp:Endpoint", "collector:4318", "Telemetry:Otlp:Endpoint = 'collector:4318': use http://HOST:PORT or https://HOST:PORT")]
    [InlineData("Telemetry:Otlp:TracedCalls", "2", "Telemetry:Otlp:TracedCalls = '2': use 0 to 1, such as 0.1 for every tenth call.")]
    [InlineData("Telemetry:Otlp:MetricsInterval", "00:00:00", "Telemetry:Otlp:MetricsInterval = '00:00:00': use 00:00:01 to 01:00:00.")]
    [InlineData("Telemetry:Otlp:Headers", "just-a-secret", "Telemetry:Otlp:Headers: use NAME=VALUE, several divided by commas.")]
    [InlineData("Telephony:Hep:Collector", "homer", "Telephony:Hep:Collector")]
    [InlineData("Http:Listen", "8080", "Http:Listen = '8080': use http://ADDRESS:PORT.")]
    [InlineData("Agents:Profiles:reception:Voice", "Bob", "Agents:Profiles:reception:Voice is 'Bob'; gemini-3.8-live (DeveloperApi v1beta) does not take that: this model speaks with Zephyr,")]
    [InlineData("Agents:Profiles:reception:Model", "my model", "Agents:Profiles:reception:Model is 'my model'; allowed: a model id")]
    [InlineData("Telephony:Rtp:RtcpInterval", "00:00:00", "Telephony:Rtp:RtcpInterval = '00:00:00' must be between 00:00:01 and 00:01:00.")]
    [InlineData("Agents:Profiles:reception:LastStep", "Transfer", "Agents:Profiles:reception:LastStep = 'Transfer' needs Agents:Profiles:reception:TransferTarget or Calls:TransferTarget.")]
    [InlineData("Tools:Redaction:Patterns:0", "(", "Tools:Redaction:Patterns:0")]
    public void What_is_out_of_range_is_refused_at_start(string key, string value, string said)
    {
        using var provider = Services(key, value).BuildServiceProvider();
        var refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains(said, Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Shipped_file_is_accepted()
    {
        var folder = Path.Combine(Repository.Root, "config");
        var services = new ServiceCollection();
        services.AddLogging().AddVoiceAgent(new ConfigurationBuilder().AddJsonFile(Path.Combine(folder, "appsettings.json")).Build(), folder);
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
    }

    [Fact]
    public void What_a_plugin_reads_is_its_own_business() => Services("Tools:Plugins:shop:Settings:any:thing:0", "1");

    [Fact]
    public void Null_leaves_an_optional_value_to_the_service() =>
        Services("Live:ActivityDetection:SilenceDurationMs", value: null);

    private static ServiceCollection Services(string key, string? value)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Agents:Profiles:reception:Language"] = "en", [key] = value };
        var services = new ServiceCollection();
        services.AddLogging().AddVoiceAgent(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), AppContext.BaseDirectory);
        return services;
    }
}
