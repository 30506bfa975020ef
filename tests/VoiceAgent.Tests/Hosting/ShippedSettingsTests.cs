using System.Globalization;
using System.Text.Json;
using GeminiLive;
using Microsoft.Extensions.Configuration;
using Support;
using Telephony.Trunks;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;
using VoiceAgent.Hosting.Configuration;

namespace VoiceAgent.Tests.Hosting;

/// <summary>config/appsettings.json is the list of all settings: every option of every options class, with the class's own default and a comment.</summary>
public sealed class ShippedSettingsTests
{
    // Written out for a reader, where the class itself holds "nothing" or means the same by an empty list.
    private const string Written = "(as written)";

    private static readonly string FilePath = Path.Combine(Repository.Root, "config", "appsettings.json");

    [Fact]
    public void The_file_has_every_option_with_its_default_and_no_other_key()
    {
        var options = VoiceAgentSetup.Sections.SelectMany(section => section.Inner
            .SelectMany(inner => Options($"{section.Key}:{inner.Key}", inner.Type))
            .Concat(Options(section.Key, section.Type)));
        Assert.Equal(options.Order(StringComparer.Ordinal), Keys().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_option_has_a_comment_of_its_own()
    {
        var lines = File.ReadAllLines(FilePath).Select(line => line.Trim()).TakeWhile(line => !line.StartsWith("\"Logging\"", StringComparison.Ordinal)).ToList();
        var isEntry = false;   // the announcements' languages are entries, not options
        for (var i = 1; i < lines.Count; i++)
        {
            isEntry = lines[i] is "\"Apology\": {" or "\"Prompts\": {" || (isEntry && lines[i][0] != '}');
            if (lines[i].StartsWith('"') && !lines[i].EndsWith('{') && !isEntry)
                Assert.True(lines[i - 1].StartsWith("//", StringComparison.Ordinal), $"line {i + 1} has no comment: {lines[i]}");
        }
    }

    [Fact]
    public void The_keys_of_a_trunk_stand_above_the_trunks_with_their_defaults_and_a_comment_each()
    {
        var above = File.ReadAllLines(FilePath).Select(line => line.Trim()).TakeWhile(line => !line.StartsWith("\"Trunks\"", StringComparison.Ordinal));
        var keys = above.SkipWhile(line => line != "// {").Select(line => line[2..].Trim()).ToList();
        for (var i = 1; i < keys.Count; i++)
            Assert.False(keys[i].StartsWith('"') && !keys[i - 1].StartsWith("//", StringComparison.Ordinal), $"{keys[i]} has no comment");
        using var trunk = JsonDocument.Parse(string.Join('\n', keys), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        Assert.Equal(Options("trunk", typeof(TrunkOptions)).Order(StringComparer.Ordinal), Keys("trunk", trunk.RootElement).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_ladder_in_the_file_is_the_default_one()
    {
        var file = new ConfigurationBuilder().AddJsonFile(FilePath).Build().GetSection(CallOptions.Section).Get<CallOptions>()!;
        Assert.Equal(SilenceStep.Default.Select(Text), file.Silence.Select(Text));

        static string Text(SilenceStep step) => $"{step.After} {step.Action} {string.Join(',', step.Causes)}";
    }

    // Listed once, below Live; an agent may say them too.
    private static IEnumerable<string> SessionSettings(string path) => Options(path, typeof(LiveSessionSettings));

    private static IEnumerable<string> Options(string path, Type type, object? defaults = null)
    {
        defaults ??= Activator.CreateInstance(type)!;
        foreach (var property in SettingsCheck.SettableProperties(type))
        {
            var key = $"{path}:{property.Name}";
            if (SettingsCheck.IsValue(property.PropertyType))
                yield return $"{key} = {Text(property.GetValue(defaults))}";
            else if (SettingsCheck.EntryType(property.PropertyType) is not { } entry)
                foreach (var option in Options(key, property.PropertyType, property.GetValue(defaults)))
                    yield return option;
            else if (entry == typeof(AgentProfile))
                foreach (var option in Options(key + ":reception", entry).Except(SessionSettings(key + ":reception")))
                    yield return option;
            else
                yield return $"{key} = {Written}";
        }
    }

    private static IEnumerable<string> Keys()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(FilePath), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        return [.. file.RootElement.EnumerateObject().Where(section => section.Name is not ("Logging" or ConfigurationFile.Include or ConfigurationFile.Secrets or ConfigurationFile.Schema)).SelectMany(section => Keys(section.Name, section.Value))];
    }

    private static IEnumerable<string> Keys(string path, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => [$"{path} = {Written}"],
        JsonValueKind.Object when path is "Agents:Profiles:reception:Transfers" or "Calls:Apology" or "Calls:Prompts" or "Console:Users" or "Live:Profiles" or "Live:Prices" or "Telephony:Trunks" or "Telephony:Users" or "Tools:Http" or "Tools:Mcp" or "Tools:Plugins" or "Tools:Policies" or "Webhooks:Targets" => [$"{path} = {Written}"],
        JsonValueKind.Object => value.EnumerateObject().SelectMany(child => Keys($"{path}:{child.Name}", child.Value)),
        _ => [$"{path} = {value}"],
    };

    private static string? Text(object? value) =>
        value is TimeSpan time ? time.ToString(time.Milliseconds == 0 ? "c" : @"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture);
}
