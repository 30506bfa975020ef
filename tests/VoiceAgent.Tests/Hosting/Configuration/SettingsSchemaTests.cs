using System.Text.Json;
using System.Text.Json.Nodes;
using Support;
using VoiceAgent.Hosting.Configuration;

namespace VoiceAgent.Tests.Hosting.Configuration;

/// <summary>config/appsettings.schema.json is what the options classes say, and the shipped files keep to it.</summary>
public sealed class SettingsSchemaTests
{
    private static readonly JsonDocumentOptions WithComments = new() { CommentHandling = JsonCommentHandling.Skip };
    private static readonly string Folder = Path.Combine(Repository.Root, "config");
    private static readonly JsonElement Schema = JsonDocument.Parse(SettingsSchema.Create()!).RootElement;

    public static TheoryData<string> Shipped => ["appsettings.json", .. Directory.GetFiles(Path.Combine(Folder, "trunks"), "*.json").Select(path => $"trunks/{Path.GetFileName(path)}")];

    [Fact]
    public void File_is_what_the_classes_say()
    {
        var file = Path.Combine(Folder, SettingsSchema.FileName);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == SettingsSchema.Create(),
            $"An option was added or changed: write the schema anew by: dotnet {Path.Combine("src", "VoiceAgent", "bin", "Release", "net10.0", "voiceagent.dll")} config schema --out config/{SettingsSchema.FileName}");
    }

    [Theory, MemberData(nameof(Shipped))]
    public void Shipped_files_keep_to_it_and_name_it(string file)
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, file)), WithComments);
        Assert.Empty(new SchemaCheck(Schema).Faults(settings.RootElement));
        Assert.Equal(Path.Combine(Folder, SettingsSchema.FileName), Path.GetFullPath(settings.RootElement.GetProperty("$schema").GetString()!, Path.GetDirectoryName(Path.Combine(Folder, file))!));
    }

    [Theory]
    [InlineData("""{ "Calls": { "MaxCalls": 0 } }""", ":Calls:MaxCalls: 0 is out of range")]
    [InlineData("""{ "Calls": { "MaxCalls": "7" } }""", ":Calls:MaxCalls: String is not integer")]
    [InlineData("""{ "Calls": { "MaxDuration": "soon" } }""", ":Calls:MaxDuration: soon does not match")]
    [InlineData("""{ "Calls": { "OnSetupFailure": "Cry" } }""", ":Calls:OnSetupFailure: Cry is none of")]
    [InlineData("""{ "Calls": { "MaxCall": 7 } }""", ":Calls:MaxCall: not known")]
    [InlineData("""{ "Telefony": {} }""", ":Telefony: not known")]
    [InlineData("""{ "Agents": { "Profiles": { "sales": { "Voice": 7 } } } }""", ":Agents:Profiles:sales:Voice: Number is not")]
    [InlineData("""{ "Telephony": { "Trunks": { "office": { "Addresses": "here" } } } }""", ":Telephony:Trunks:office:Addresses: String is not array")]
    public void What_is_wrong_is_found_by_it(string settings, string said)
    {
        using var document = JsonDocument.Parse(settings);
        Assert.StartsWith(said, Assert.Single(new SchemaCheck(Schema).Faults(document.RootElement)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_plugin_reads_and_null_are_free()
    {
        using var document = JsonDocument.Parse("""{ "Tools": { "Plugins": { "shop": { "Settings": { "any": [ 1 ] } } } }, "Live": { "Temperature": null, "ApiVersion": null } }""");
        Assert.Empty(new SchemaCheck(Schema).Faults(document.RootElement));
    }

    [Fact]
    public void Every_setting_says_what_it_is_and_most_their_default()
    {
        List<JsonObject> settings = [];
        Collect(JsonNode.Parse(Schema.GetRawText())!["properties"]!.AsObject(), settings);
        Assert.All(settings, setting => Assert.True(setting.ContainsKey("description"), setting.ToJsonString()));
        Assert.True(settings.Count(setting => setting.ContainsKey("default")) > settings.Count / 2);
    }

    // Groups are described by what is in them.
    private static void Collect(JsonObject properties, List<JsonObject> settings)
    {
        foreach (var (_, node) in properties)
        {
            if (node!["properties"] is JsonObject inner)
                Collect(inner, settings);
            else
                settings.Add(node.AsObject());
        }
    }
}
