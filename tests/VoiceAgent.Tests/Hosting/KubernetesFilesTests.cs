using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Support;
using VoiceAgent.Calls;
using VoiceAgent.Commands;
using VoiceAgent.Hosting;
using VoiceAgent.Hosting.Configuration;
using VoiceAgent.Recordings;
using YamlDotNet.RepresentationModel;

namespace VoiceAgent.Tests.Hosting;

/// <summary>The manifests for Kubernetes name settings, metrics, commands, files and each other as they are.</summary>
public sealed class KubernetesFilesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "config", "kubernetes");

    private static readonly List<YamlNode> Objects = [.. Directory.GetFiles(Folder, "*.yaml").Order(StringComparer.Ordinal).SelectMany(Read)];

    private static YamlNode Nodes => Object("StatefulSet", "voiceagent");

    private static YamlNode Container => At(Nodes, "spec", "template", "spec", "containers", "0");

    [Fact]
    public void Every_object_is_in_the_namespace_and_every_selector_finds_its_pods()
    {
        Assert.Equal("voiceagent", Text(Object("Namespace", "voiceagent"), "metadata", "name"));
        Assert.All(Objects.Where(each => Text(each, "kind") != "Namespace"), each => Assert.Equal("voiceagent", Text(each, "metadata", "namespace")));
        var pods = Objects.Where(each => Text(each, "kind") is "StatefulSet" or "Deployment").Select(each => Text(each, "spec", "template", "metadata", "labels", "app")).ToList();
        Assert.All(Objects.Where(each => Text(each, "kind") is "StatefulSet" or "Deployment" or "PodDisruptionBudget"), each => Assert.Contains(Text(each, "spec", "selector", "matchLabels", "app"), pods));
        Assert.Contains(Text(Object("Service", "voiceagent"), "spec", "selector", "app"), pods);
        Assert.Equal(Text(Nodes, "spec", "serviceName"), Text(Object("Service", "voiceagent"), "metadata", "name"));
        Object("ServiceAccount", Text(Nodes, "spec", "template", "spec", "serviceAccountName")!);
    }

    [Fact]
    public void Settings_exist_and_are_good()
    {
        var settings = Pairs(At(Object("ConfigMap", "voiceagent"), "data"))
            .Concat(Pairs(At(Object("Secret", "voiceagent"), "stringData")).Where(pair => pair.Key != "GEMINI_API_KEY"))
            .Concat(((YamlSequenceNode)At(Container, "env")).Where(each => Text(each, "name") != "POD_IP").Select(each => KeyValuePair.Create(Text(each, "name")!, Text(each, "value") ?? "1")))
            .ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), string? (pair) => pair.Value, StringComparer.Ordinal);
        Assert.All(settings.Keys, key => Assert.Contains(VoiceAgentSetup.Sections, section => key.StartsWith(section.Key + ":", StringComparison.Ordinal)));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        Assert.Empty(VoiceAgentSetup.Sections.SelectMany(section => SettingsCheck.Faults(configuration.GetSection(section.Key), section.Type, section.Inner)));
    }

    [Fact]
    public void The_pods_bring_all_that_they_are_given_by_name()
    {
        Assert.Equal(["ConfigMap/voiceagent", "Secret/voiceagent"], ((YamlSequenceNode)At(Container, "envFrom")).Select(from =>
            Text(from, "configMapRef", "name") is { } map ? $"ConfigMap/{map}" : $"Secret/{Text(from, "secretRef", "name")}"));
        foreach (var pod in new[] { Nodes, Object("Deployment", "kamailio") })
        {
            var volumes = List(pod, "spec", "template", "spec", "volumes").Select(volume => Text(volume, "name")).Concat(List(pod, "spec", "volumeClaimTemplates").Select(claim => Text(claim, "metadata", "name")));
            Assert.All((YamlSequenceNode)At(pod, "spec", "template", "spec", "containers", "0", "volumeMounts"), mount => Assert.Contains(Text(mount, "name"), volumes));
        }
    }

    [Fact]
    public void Pods_have_no_right_that_they_do_not_need()
    {
        foreach (var pod in new[] { Nodes, Object("Deployment", "kamailio") })
        {
            var (spec, container) = (At(pod, "spec", "template", "spec"), At(pod, "spec", "template", "spec", "containers", "0"));
            Assert.Equal(("true", "RuntimeDefault", "false"), (Text(spec, "securityContext", "runAsNonRoot"), Text(spec, "securityContext", "seccompProfile", "type"), Text(spec, "automountServiceAccountToken")));
            Assert.Equal(("false", "true", "ALL"), (Text(container, "securityContext", "allowPrivilegeEscalation"), Text(container, "securityContext", "readOnlyRootFilesystem"), Text(container, "securityContext", "capabilities", "drop", "0")));
            Assert.NotNull(Text(container, "resources", "requests", "cpu"));
            Assert.NotNull(Text(container, "resources", "limits", "memory"));
            Assert.Equal("true", Text(spec, "hostNetwork"));
        }
    }

    [Fact]
    public void Probes_and_hooks_are_commands_of_the_program_and_a_pod_has_the_time_for_its_calls()
    {
        string[][] commands = [.. new[] { At(Container, "startupProbe"), At(Container, "livenessProbe"), At(Container, "readinessProbe"), At(Container, "lifecycle", "preStop") }.Select(Command)];
        var program = new RootCommand { HealthCommand.Create(), DrainCommand.Create() };
        Assert.All(commands, command => Assert.Empty(program.Parse(command[1..]).Errors));
        Assert.All(commands, command => Assert.Equal("./voiceagent", command[0]));
        var drained = TimeSpan.FromSeconds(int.Parse(commands[3][^1], CultureInfo.InvariantCulture));
        var grace = TimeSpan.FromSeconds(int.Parse(Text(Nodes, "spec", "template", "spec", "terminationGracePeriodSeconds")!, CultureInfo.InvariantCulture));
        var configured = TimeSpan.Parse(Text(Object("ConfigMap", "voiceagent"), "data", $"{CallOptions.Section}__{nameof(CallOptions.DrainGrace)}")!, CultureInfo.InvariantCulture);
        Assert.True(grace > drained + configured + TimeSpan.FromSeconds(20), $"{grace} {drained} {configured}");
    }

    [Fact]
    public void What_is_recorded_stays_when_a_pod_goes()
    {
        var folder = Path.Combine("/app", new RecordingOptions().Folder);
        var mount = Assert.Single((YamlSequenceNode)At(Container, "volumeMounts"), mount => folder.StartsWith(Text(mount, "mountPath") + "/", StringComparison.Ordinal));
        Assert.Contains(Text(mount, "name"), List(Nodes, "spec", "volumeClaimTemplates").Select(claim => Text(claim, "metadata", "name")));
    }

    [Fact]
    public void It_scales_on_a_metric_that_there_is_below_the_places_of_a_node()
    {
        var scaler = Object("HorizontalPodAutoscaler", "voiceagent");
        Assert.Equal((Text(Nodes, "kind"), Text(Nodes, "metadata", "name")), (Text(scaler, "spec", "scaleTargetRef", "kind"), Text(scaler, "spec", "scaleTargetRef", "name")));
        var metric = Text(scaler, "spec", "metrics", "0", "pods", "metric", "name");
        Assert.Contains($"| `{metric}` | gauge |", File.ReadAllText(Path.Combine(Repository.Root, "docs", "telemetry.md")), StringComparison.Ordinal);
        Assert.InRange(
            int.Parse(Text(scaler, "spec", "metrics", "0", "pods", "target", "averageValue")!, CultureInfo.InvariantCulture), 1,
            int.Parse(Text(Object("ConfigMap", "voiceagent"), "data", "Calls__MaxCalls")!, CultureInfo.InvariantCulture) - 1);
    }

    [Fact]
    public void The_edge_finds_its_files_where_they_are_mounted()
    {
        var edge = Path.Combine(Repository.Root, "config", "kamailio");
        var container = At(Object("Deployment", "kamailio"), "spec", "template", "spec", "containers", "0");
        var mounted = Text(container, "volumeMounts", "0", "mountPath");
        Assert.Equal($"{mounted}/kamailio.cfg", Text(container, "args", "1"));
        Assert.Equal(("POD_IP", "status.podIP"), (Text(container, "env", "0", "name"), Text(container, "env", "0", "valueFrom", "fieldRef", "fieldPath")));
        Assert.Equal(3, List(container, "args").Count(argument => $"{argument}".StartsWith("LISTEN_", StringComparison.Ordinal) && $"{argument}".Contains(":$(POD_IP):", StringComparison.Ordinal)));
        foreach (var file in new[] { "dispatcher.list", "tls.cfg" })
        {
            Assert.True(File.Exists(Path.Combine(edge, file)));
            Assert.Contains($"\"{mounted}/{file}\"", File.ReadAllText(Path.Combine(edge, "kamailio.cfg")), StringComparison.Ordinal);
        }
        var items = (YamlSequenceNode)At(Object("Deployment", "kamailio"), "spec", "template", "spec", "volumes", "0", "projected", "sources", "1", "secret", "items");
        Assert.All(items, item => Assert.Contains($"= {mounted}/{Text(item, "path")}\n", File.ReadAllText(Path.Combine(edge, "tls.cfg")), StringComparison.Ordinal));
    }

    private static IEnumerable<YamlNode> Read(string file)
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(file);
        stream.Load(reader);
        return stream.Documents.Select(document => document.RootNode);
    }

    private static YamlNode Object(string kind, string name) => Assert.Single(Objects, each => Text(each, "kind") == kind && Text(each, "metadata", "name") == name);

    private static string[] Command(YamlNode owner) => [.. ((YamlSequenceNode)At(owner, "exec", "command")).Select(word => ((YamlScalarNode)word).Value!)];

    private static IEnumerable<YamlNode> List(YamlNode node, params string[] path) => Find(node, path) as YamlSequenceNode ?? [];

    private static IEnumerable<KeyValuePair<string, string>> Pairs(YamlNode node) => ((YamlMappingNode)node).Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, ((YamlScalarNode)pair.Value).Value!));

    private static string? Text(YamlNode node, params string[] path) => Find(node, path) is YamlScalarNode scalar ? scalar.Value : null;

    private static YamlNode At(YamlNode node, params string[] path) => Find(node, path) ?? throw new InvalidOperationException($"no {string.Join('.', path)}");

    private static YamlNode? Find(YamlNode node, IEnumerable<string> path) => path.Aggregate((YamlNode?)node, (at, name) => at switch
    {
        YamlMappingNode map when map.Children.TryGetValue(new YamlScalarNode(name), out var child) => child,
        YamlSequenceNode list when int.TryParse(name, CultureInfo.InvariantCulture, out var place) && place < list.Children.Count => list.Children[place],
        _ => null,
    });
}
