using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Simulation.Live;

namespace VoiceAgent.Tests.Commands;

/// <summary>Runs a command on a configuration file, against the simulated Live service where it is named <c>SERVICE</c> in it.</summary>
internal sealed class CommandRig : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("command");
    private readonly string _file;

    private CommandRig(SimulatedLive service) => (Service, _file) = (service, Path.Combine(_folder.FullName, "appsettings.json"));

    public SimulatedLive Service { get; }

    public string DatabaseFile => Path.Combine(_folder.FullName, "test.db");

    public string Output { get; private set; } = "";

    public static async Task<CommandRig> StartAsync(string live, SimulatedLiveOptions? options = null, string agents = """{ "reception": {} }""", string tools = "{}", string? telephony = null, string recordings = "{}")
    {
        var rig = new CommandRig(await SimulatedLive.StartAsync(options ?? new SimulatedLiveOptions { ApiKey = "key" }, TimeProvider.System));
        var settings = new JsonObject
        {
            ["Live"] = JsonNode.Parse(live.Replace("SERVICE", new Uri(rig.Service.Endpoint, "/").AbsoluteUri, StringComparison.Ordinal)),
            ["Agents"] = JsonNode.Parse($"{{ \"Profiles\": {agents} }}"),
            ["Telephony"] = JsonNode.Parse(telephony ?? """{ "Listen": [ "udp://127.0.0.1:0" ], "Rtp": { "PortRange": "41000-41009" } }"""),
            ["Tools"] = JsonNode.Parse(tools),
            ["Recordings"] = JsonNode.Parse(recordings),
            ["Database"] = new JsonObject { ["ConnectionString"] = $"Data Source={rig.DatabaseFile}" },
            ["Calls"] = JsonNode.Parse($$"""{ "Apology": { "en": {{JsonSerializer.Serialize(Path.Combine(AppContext.BaseDirectory, "config", "prompts", "apology.en.wav"))}} } }"""),
        };
        await File.WriteAllTextAsync(rig._file, settings.ToJsonString());
        return rig;
    }

    public async Task<int> RunAsync(Command command, params string[] args)
    {
        using var output = new StringWriter();
        var exitCode = await command.Parse(["--config", _file, .. args]).InvokeAsync(new InvocationConfiguration { Output = output, Error = output });
        Output = output.ToString();
        return exitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
