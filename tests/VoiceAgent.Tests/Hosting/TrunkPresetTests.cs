using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Support;
using Telephony;
using VoiceAgent.Hosting;

namespace VoiceAgent.Tests.Hosting;

/// <summary>config/trunks: each preset is accepted by what <c>run</c> checks, over the shipped settings; and how files are included.</summary>
public sealed class TrunkPresetTests : IDisposable
{
    private static readonly string Shipped = Path.Combine(Repository.Root, "config");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("presets");

    public static TheoryData<string> Presets => [.. Directory.GetFiles(Path.Combine(Shipped, "trunks"), "*.json").Select(path => Path.GetFileName(path)!)];

    [Theory, MemberData(nameof(Presets))]
    public void A_preset_is_accepted_as_it_is(string name)
    {
        var trunk = Assert.Single(Options(Including(Path.Combine(Shipped, "trunks", name))).Trunks);
        Assert.StartsWith(trunk.Key, name, StringComparison.Ordinal);
        Assert.True(trunk.Value.Addresses.Count > 0 || trunk.Value.Server.Length > 0, "nobody could call by it");
    }

    [Theory, MemberData(nameof(Presets))]
    public void A_preset_says_what_to_change_and_where_it_is_from(string name)
    {
        var text = File.ReadAllText(Path.Combine(Shipped, "trunks", name));
        Assert.Contains("CHANGE-ME", text, StringComparison.Ordinal);
        Assert.Contains("https://", text, StringComparison.Ordinal);
    }

    [Fact]
    public void All_six_are_there_and_can_be_had_together()
    {
        Assert.Equal(6, Presets.Count);
        Assert.Equal(6, Options(Including([.. Directory.GetFiles(Path.Combine(Shipped, "trunks"), "*.json")])).Trunks.Count);
    }

    [Fact]
    public void Included_files_override_the_one_that_names_them_and_each_other_in_order()
    {
        Write("one.json", """{ "Telephony": { "PtimeMs": 30, "UserAgentName": "one" } }""");
        Write("two.json", """{ "Telephony": { "PtimeMs": 40 } }""");
        var options = Options(Write("appsettings.json", """{ "Include": [ "one.json", "two.json" ], "Telephony": { "PtimeMs": 10 }, "Agents": { "Profiles": { "reception": {} } } }"""));
        Assert.Equal((40, "one"), (options.PtimeMs, options.UserAgentName));
    }

    [Theory]
    [InlineData("""{ "Telephony": { "Trunks": { "x": { "Adresses": [] } } } }""", "Telephony:Trunks:x:Adresses is not a setting; known are Addresses,")]
    [InlineData("""{ "Telefony": {} }""", "Telefony is not a setting; known are ")]
    public void What_is_wrong_in_an_included_file_is_refused(string text, string said)
    {
        Write("one.json", text);
        var file = Write("appsettings.json", """{ "Include": [ "one.json" ], "Agents": { "Profiles": { "reception": {} } } }""");
        Assert.Contains(said, Assert.Throws<OptionsValidationException>(() => Options(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_with_its_key()
    {
        var file = Write("appsettings.json", """{ "Include": [ "nowhere.json" ] }""");
        Assert.StartsWith("Include:0 = 'nowhere.json' is not a file: there is no /", Assert.Throws<FileNotFoundException>(() => Options(file)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static TelephonyOptions Options(string file)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddVoiceAgent(VoiceAgentHost.ReadConfiguration(file), Shipped);
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
        return provider.GetRequiredService<IOptions<TelephonyOptions>>().Value;
    }

    private string Including(params string[] files)
    {
        var text = File.ReadAllText(Path.Combine(Shipped, "appsettings.json"));
        var list = string.Join(", ", files.Select(file => $"\"{file}\""));
        Assert.Contains("\"Include\": []", text, StringComparison.Ordinal);
        return Write("appsettings.json", text.Replace("\"Include\": []", $"\"Include\": [ {list} ]", StringComparison.Ordinal));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
