using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Support;
using VoiceAgent.Calls;
using VoiceAgent.Commands;
using VoiceAgent.Hosting;
using VoiceAgent.Hosting.Configuration;
using YamlDotNet.Serialization;

namespace VoiceAgent.Tests.Hosting;

/// <summary>The files that start the service elsewhere, systemd's unit and compose's: they name settings and files that exist, and stop it as gently as it wants to be.</summary>
public sealed partial class ShippedFilesTests
{
    private static readonly TimeSpan GraceAndMore = new CallOptions().DrainGrace + TimeSpan.FromSeconds(10);

    private static string Unit => File.ReadAllText(Path.Combine(Repository.Root, "config", "systemd", "voiceagent.service"));

    private static Dictionary<object, object> Compose => Yaml("docker-compose.yml");

    [Fact]
    public void Unit_waits_for_running_calls_and_does_not_repeat_a_wrong_configuration()
    {
        Assert.True(TimeSpan.FromSeconds(int.Parse(Setting("TimeoutStopSec"), System.Globalization.CultureInfo.InvariantCulture)) > GraceAndMore);
        Assert.Equal("SIGTERM", Setting("KillSignal"));
        Assert.Equal($"{RunCommand.BadConfiguration}", Setting("RestartPreventExitStatus"));
        Assert.Matches(@"^\S+/voiceagent run --config \S+$", Setting("ExecStart"));
    }

    [Fact]
    public void Unit_gives_the_program_no_rights_that_it_does_not_need()
    {
        Assert.Equal(("yes", "strict", "yes"), (Setting("DynamicUser"), Setting("ProtectSystem"), Setting("NoNewPrivileges")));
        Assert.Equal("CAP_NET_BIND_SERVICE", Setting("CapabilityBoundingSet"));
    }

    [Fact]
    public void Compose_starts_the_image_with_settings_that_exist_and_waits_for_running_calls()
    {
        var service = Map(Map(Compose["services"])["voiceagent"]);
        Assert.Equal("true", service["read_only"]);
        Assert.True(TimeSpan.FromSeconds(int.Parse($"{service["stop_grace_period"]}".TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture)) > GraceAndMore);
        var settings = Map(service["environment"]).Keys.Select(key => $"{key}").Where(key => key != "GEMINI_API_KEY").ToList();
        Assert.NotEmpty(settings);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(key => key.Replace("__", ":", StringComparison.Ordinal), string? (_) => "1", StringComparer.Ordinal)).Build();
        Assert.DoesNotContain(
            VoiceAgentSetup.Sections.SelectMany(section => SettingsCheck.Faults(configuration.GetSection(section.Key), section.Type, section.Inner)),
            fault => fault.Text.Contains("is not a setting", StringComparison.Ordinal));
        Assert.All(settings, key => Assert.Contains(VoiceAgentSetup.Sections, section => key.StartsWith(section.Key + "__", StringComparison.Ordinal)));
    }

    [Fact]
    public void Compose_mounts_what_is_there_and_declares_every_volume()
    {
        var volumes = Map(Compose["volumes"]).Keys.Select(key => $"{key}").ToList();
        var mounts = Map(Compose["services"]).Values.SelectMany(service => Map(service).TryGetValue("volumes", out var list) ? (List<object>)list : []).Select(mount => $"{mount}".Split(':')[0]).ToList();
        Assert.All(mounts.Where(mount => mount.StartsWith("./", StringComparison.Ordinal)), mount => Assert.True(Directory.Exists(Path.Combine(Repository.Root, mount)), mount));
        Assert.Equal(volumes.Order(), mounts.Where(mount => !mount.StartsWith("./", StringComparison.Ordinal)).Distinct().Order());
    }

    [Fact]
    public void Secrets_of_compose_come_from_outside()
    {
        Assert.All(Secrets().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"))), secret => Assert.StartsWith("${", secret.Groups[1].Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Prometheus_asks_where_the_service_answers()
    {
        var job = Map(Assert.Single((List<object>)Yaml("config/prometheus/prometheus.yml")["scrape_configs"]));
        var targets = (List<object>)Map(Assert.Single((List<object>)job["static_configs"]))["targets"];
        Assert.Equal(new Uri(HttpOptions.DefaultListen).Authority, Assert.Single(targets));
    }

    private static string Setting(string name) =>
        Assert.Single(Unit.Split('\n'), line => line.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..].Trim();

    private static Dictionary<object, object> Yaml(string file) =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(File.ReadAllText(Path.Combine(Repository.Root, file)));

    private static Dictionary<object, object> Map(object node) => (Dictionary<object, object>)node;

    [GeneratedRegex(@"(?:PASSWORD|API_?KEY|ApiKey): +(\S+)", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secrets();
}
