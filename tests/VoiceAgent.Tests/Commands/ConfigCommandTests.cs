using System.CommandLine;
using Support.Databases;
using VoiceAgent.Commands;

namespace VoiceAgent.Tests.Commands;

/// <summary><c>voiceagent config</c> on files of the test's own.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Show_tells_each_value_and_its_source_and_no_secret()
    {
        Directory.CreateDirectory(_folder.File("secrets"));
        await File.WriteAllTextAsync(_folder.File("secrets/Telephony__Trunks__office__Password"), "hush-hush\n\n");
        await File.WriteAllTextAsync(_folder.File("more.json"), """{ "Calls": { "MaxCalls": 7, "DigitPause": "00:00:01.0" }, "Live": { "Temperature": null } }""");
        Write("""
            { "Include": [ "more.json" ], "Secrets": "secrets",
              "Agents": { "Profiles": { "reception": { "Numbers": [ "4711" ] } } }, "Live": { "ApiKey": "hush-hush" }, "Telephony": { "Trunks": { "office": { "Server": "sip.example" } } },
              "Database": { "Provider": "PostgreSql", "ConnectionString": "Host=db;Password=hush-hush" }, "Tools": { "Plugins": { "shop": { "Settings": { "Code": "hush-hush" } } } },
              "Webhooks": { "Targets": { "crm": { "Url": "https://crm.example/hush-hush", "Secret": "hush-hush-hush-hush" } } } }
            """);
        Assert.Equal(0, await RunAsync("show"));

        Assert.Contains("Calls:MaxCalls = 7  (more.json)", Lines);
        Assert.Contains("Agents:Profiles:reception:Numbers:0 = 4711  (appsettings.json)", Lines);
        Assert.Contains("Live:ApiKey = ***  (appsettings.json)", Lines);
        Assert.Contains($"Telephony:Trunks:office:Password = ***  (secret file {_folder.File("secrets/Telephony__Trunks__office__Password")})", Lines);
        Assert.Contains(Lines, line => line.StartsWith("Database:ConnectionString = ", StringComparison.OrdinalIgnoreCase) && line.Contains("ost=db", StringComparison.Ordinal));
        Assert.Contains("Webhooks:Targets:crm:Url = https://crm.example/***  (appsettings.json)", Lines);
        Assert.DoesNotContain("hush", Output, StringComparison.Ordinal);
        Assert.DoesNotContain("(default)", Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Calls:DigitPause", Output, StringComparison.Ordinal);   // written, and as by default

        Assert.Equal(0, await RunAsync("show", "--all"));
        Assert.Contains("Calls:DigitPause = 00:00:01.0  (more.json)", Lines);
        Assert.Contains("Live:ContextCompression:TriggerTokens = 25000  (default)", Lines);
    }

    [Fact]
    public async Task Check_tells_all_that_is_wrong_at_once()
    {
        Write("""{ "Calls": { "MaxCalls": 0, "MaxDuration": "soon", "Filler": "" }, "Agents": { "Default": "nobody", "Profiles": { "reception": { "Nope": 1 } } }, "Telefony": {} }""");
        Assert.Equal(2, await RunAsync("check"));
        Assert.Equal(5, Lines.Count);

        Write("""{ "Calls": { "Filler": "" }, "Agents": { "Profiles": { "reception": {} } } }""");
        Assert.Equal(0, await RunAsync("check"));
        Assert.EndsWith("appsettings.json is good.", Assert.Single(Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Secrets": "nowhere" }""", "Secrets = 'nowhere' is no folder: there is no ")]
    [InlineData("""{ "Calls": """, "Failed to load configuration from file ")]
    public async Task What_cannot_be_read_is_told_in_words(string text, string said)
    {
        Write(text);
        Assert.Equal(2, await RunAsync("check"));
        Assert.StartsWith(said, Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schema_goes_to_a_file()
    {
        Assert.Equal(0, await RunAsync(["schema", "--out", _folder.File("schema.json")], withFile: false));
        Assert.StartsWith("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\"", await File.ReadAllTextAsync(_folder.File("schema.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_tells_when_nobody_answers()
    {
        Write("""{ "Http": { "Listen": "http://127.0.0.1:9", "ApiKey": "0123456789abcdef" } }""");
        Assert.Equal(2, await RunAsync("reload"));
        Assert.StartsWith("The service does not answer at http://127.0.0.1:9/", Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Output { get; set; } = "";

    private List<string> Lines => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private void Write(string text) => File.WriteAllText(_folder.File("appsettings.json"), text);

    private Task<int> RunAsync(params string[] args) => RunAsync(args, withFile: true);

    private async Task<int> RunAsync(string[] args, bool withFile)
    {
        await using var output = new StringWriter();
        var exitCode = await ConfigCommand.Create().Parse(withFile ? [.. args, "--config", _folder.File("appsettings.json")] : args)
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = output });
        Output = output.ToString();
        return exitCode;
    }
}
