using Microsoft.Extensions.Options;
using VoiceAgent.Agents;

namespace VoiceAgent.Tests.Hosting.Configuration;

/// <summary>Goal A35: a hundred broken configurations are refused at the start and by a running service, each with its key and what is wrong, and change nothing.</summary>
public sealed class BrokenConfigurationTests
{
    private const int Portions = 10;

    /// <summary>Key, what stands there, and the key that is named where it is another one.</summary>
    private static readonly (string Key, string Json, string? Named)[] Broken =
    [
        ("Telefony", "{}", null), ("Agent", "{}", null), ("call", "{}", null), ("Tool", "1", null), ("HTTP2", "{}", null),
        ("Telephony:Nope", "1", null), ("Telephony:Trunks:office:Adresses", "[]", null), ("Telephony:Rtp:Ports", "\"1-2\"", null),
        ("Live:Temprature", "1", null), ("Live:Thinking:Effort", "\"LOW\"", null), ("Agents:Routs", "[]", null), ("Agents:Profiles:reception:Instruction", "\"x\"", null),
        ("Calls:MaxCall", "1", null), ("Database:Retention", "1", null), ("Records:Days", "1", null), ("Webhooks:Target", "{}", null), ("Tools:Htp", "{}", null),
        ("Http:Port", "1", null), ("Console:User", "{}", null), ("Telemetry:Metric", "1", null), ("Telemetry:Otlp:Url", "\"x\"", null), ("Tools:Policies:book:Timout", "1", null),
        ("Calls:MaxCalls", "\"many\"", null), ("Calls:MaxCalls", "0", null), ("Calls:MaxCalls", "-1", null), ("Calls:MaxCalls", "10001", null), ("Calls:MaxCalls", "1.5", null),
        ("Calls:MaxDuration", "\"soon\"", null), ("Calls:MaxDuration", "\"00:00:01\"", null), ("Calls:MaxDuration", "\"2.00:00:00\"", null), ("Calls:DigitPause", "\"00:01:00\"", null),
        ("Calls:DrainGrace", "\"-00:00:01\"", null), ("Calls:OnSetupFailure", "\"Cry\"", null), ("Calls:OnSetupFailure", "7", null), ("Calls:LastStep", "\"Transfer\"", null),
        ("Calls:LastStep", "\"Wait\"", null), ("Calls:TransferTarget", "\"a b c\"", null), ("Calls:EarlyMedia", "\"Prompt\"", null), ("Calls:EarlyMedia", "\"Song\"", null),
        ("Calls:Filler", "\"nowhere.wav\"", null), ("Calls:HoldMusic", "\"nowhere.wav\"", null), ("Calls:Apology:en", "\"nowhere.wav\"", null), ("Calls:Prompts:en", "[ \"nowhere.wav\" ]", "Calls:Prompts:en:0"),
        ("Calls:Silence", "[ { \"After\": \"00:00:00\", \"Action\": \"Filler\" } ]", "Calls:Silence:0:After"), ("Calls:Silence", "[ { \"After\": \"00:00:01\", \"Action\": \"Sing\" } ]", "Calls:Silence:0:Action"),
        ("Calls:Silence", "\"none\"", null), ("Calls:MaxDuration:Hours", "1", "Calls:MaxDuration"),
        ("Telephony:PtimeMs", "25", null), ("Telephony:PtimeMs", "\"20ms\"", null), ("Telephony:MaxCallsPerSecond", "-1", null), ("Telephony:TransferTimeout", "\"00:00:00\"", null),
        ("Telephony:PublicAddress", "\"not an address!\"", null), ("Telephony:LocalNetworks", "[ \"here\" ]", "Telephony:LocalNetworks:0"), ("Telephony:Codecs", "[ \"MP3\" ]", "Telephony:Codecs:0"),
        ("Telephony:UserAgentName", "\" \"", null), ("Telephony:RegistrationSpread", "\"01:00:00\"", null), ("Telephony:SessionTimer:MinSe", "\"00:00:01\"", null),
        ("Telephony:SessionTimer:Expires", "\"00:00:30\"", null), ("Telephony:Opus:Complexity", "11", null), ("Telephony:Opus:Bitrate", "5", null), ("Telephony:Opus:ExpectedLossPercent", "0", null),
        ("Telephony:Srtp:Policy", "\"Maybe\"", null), ("Telephony:Srtp:Suites", "[ \"ROT13\" ]", "Telephony:Srtp:Suites:0"), ("Telephony:Outbound:Allow", "[ \"\" ]", "Telephony:Outbound:Allow:0"),
        ("Telephony:Outbound:MaxCalls", "-1", null), ("Telephony:Outbound:MaxCallsPerHour", "-1", null), ("Telephony:Access:Strangers", "\"Welcome\"", null),
        ("Telephony:Access:RequestLimit", "-1", null), ("Telephony:Access:RequestWindow", "\"00:00:00\"", null), ("Telephony:Access:StrangerMessagesPerSecond", "0", null),
        ("Telephony:Access:MaxCalls", "-1", null), ("Telephony:Trunks:office:Addresses", "[ \"here\" ]", "Telephony:Trunks:office:Addresses:0"), ("Telephony:Trunks:office:Server", "\"a b\"", null),
        ("Telephony:Trunks:office:Register", "true", "Telephony:Trunks:office"), ("Telephony:Trunks:office:MaxCalls", "-1", null), ("Telephony:Trunks:office:OptionsInterval", "\"00:00:01\"", null),
        ("Telephony:Trunks:office:RegistrationExpiry", "\"00:00:01\"", null), ("Telephony:Trunks:office:PublicAddress", "\"here\"", null), ("Telephony:Trunks:office:RequireUser", "\"nobody\"", null),
        ("Telephony:Trunks:office:Agent", "\"nobody\"", null), ("Telephony:Trunks:office:Hold", "\"Music\"", null), ("Telephony:Users:alice", "{ \"Number\": \"4711\" }", "Telephony:Users:alice"),
        ("Telephony:Users:alice", "{ \"PasswordFile\": \"/nowhere/at/all\" }", "Telephony:Users:alice"), ("Telephony:Digest:Algorithms", "[ \"ROT13\" ]", "Telephony:Digest:Algorithms"),
        ("Telephony:Hep:Collector", "\"homer\"", null), ("Telephony:Rtp:PortRange", "\"5-4\"", null), ("Telephony:Rtp:RtcpInterval", "\"00:00:00\"", null),
        ("Agents:Default", "\"nobody\"", null), ("Agents:TimeZone", "\"Mars/Olympus\"", null), ("Agents:Routes", "[ { \"Dialled\": [ \"1\" ], \"Agent\": \"nobody\" } ]", "Agents:Routes:0"),
        ("Agents:Routes", "[ { \"Dialled\": [ \"1\" ], \"Reject\": 200 } ]", "Agents:Routes:0"), ("Agents:Profiles:reception:Voice", "\"Bob\"", null), ("Agents:Profiles:reception:Model", "\"my model\"", null),
        ("Agents:Profiles:reception:Temperature", "3", null), ("Agents:Profiles:reception:Numbers", "[ \"+49*30\" ]", "Agents:Profiles:reception:Numbers"), ("Agents:Profiles:reception:ConfirmWithin", "\"00:00:05\"", null),
        ("Agents:Profiles:reception:BargeIn", "\"Never\"", null), ("Agents:Profiles:reception:QuietLineGainDb", "21", null), ("Agents:Profiles:reception:LastStep", "\"Transfer\"", null),
        ("Agents:Profiles:reception:Transfers:sales", "{ \"Target\": \"\" }", "Agents:Profiles:reception:Transfers:sales:Target"), ("Agents:Profiles:reception:Tools", "[ \"transfer_call\" ]", "Agents:Profiles:reception:Tools"),
        ("Live:Backend", "\"Azure\"", null), ("Live:AudioChunkMs", "30", null), ("Live:WarmConnections", "-1", null), ("Live:ContextCompression:TriggerTokens", "-5", null),
        ("Calls:TransferTarget", "null", null), ("Calls:MaxCalls", "null", null), ("Telephony:Codecs", "[ null ]", "Telephony:Codecs:0"), ("Agents:Profiles:reception:Numbers", "[ null ]", "Agents:Profiles:reception:Numbers:0"),
        ("Include", "[ \"appsettings.json\" ]", "Include in the included file"), ("Records:RetentionDays", "0", null), ("Database:Provider", "\"Oracle\"", null), ("Http:ApiKey", "\"short\"", "Http:ApiKey"), ("Telemetry:Otlp:TracedCalls", "2", null),
        ("Telemetry:Metrics", "\"Everybody\"", null), ("Tools:Redaction:Patterns", "[ \"(\" ]", "Tools:Redaction:Patterns:0"), ("Webhooks:Targets:crm", "{ \"Url\": \"ftp://x\", \"Secret\": \"0123456789abcdef\" }", "Webhooks:Targets:crm"),
    ];

    public static TheoryData<int> Parts => [.. Enumerable.Range(0, Portions)];

    [Fact]
    public void There_are_a_hundred_of_them() => Assert.True(Broken.Length >= 100, $"{Broken.Length}");

    [Theory, MemberData(nameof(Parts))]
    public async Task Each_is_refused_by_the_start_and_by_the_running_service(int part)
    {
        await using var rig = await ReloadRig.StartAsync();
        var agents = rig.Agents.Options;
        foreach (var (key, json, named) in Broken.Where((_, i) => i % Portions == part))
        {
            var outcome = await rig.ReadAsync((key, json), ("Agents:Profiles:second", "{}"));
            Assert.True(outcome.Faults.Any(fault => fault.Contains(named ?? key, StringComparison.Ordinal)), $"{key} = {json}: {string.Join(" | ", outcome.Faults)}");
            Assert.Equal(outcome.Faults, Assert.Throws<OptionsValidationException>(rig.Build).Failures);
            Assert.Same(agents, rig.Agents.Options);
        }
        Assert.Empty((await rig.ReadAsync(("Agents:Profiles:second", "{}"))).Faults);
        Assert.NotNull(rig.Agents.Find(new RouteQuery { Dialled = "1" }).Agent);
    }
}
