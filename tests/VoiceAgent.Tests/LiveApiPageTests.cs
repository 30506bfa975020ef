using System.Reflection;
using System.Text.RegularExpressions;
using GeminiLive;
using Support;
using VoiceAgent.Agents;
using VoiceAgent.Commands;

namespace VoiceAgent.Tests;

/// <summary>docs/live-api.md says which test proves which capability, and by which setting: both must exist.</summary>
public sealed partial class LiveApiPageTests
{
    private static readonly string[] Rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "live-api.md"))
        .SkipWhile(line => !line.StartsWith("| Capability", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))];

    private static readonly string TestSources = string.Join('\n', Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

    [Fact]
    public void Every_named_test_exists()
    {
        var missing = from name in Rows.SelectMany(row => Names(Cell(row, 4)))
                      let parts = name.Split('.')
                      where !TestSources.Contains($"class {parts[0]}", StringComparison.Ordinal) || !TestSources.Contains($" {parts[1]}(", StringComparison.Ordinal)
                      select name;
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_named_setting_exists() => Assert.DoesNotContain(Rows.SelectMany(row => Names(Cell(row, 2))), name => !Exists(name));

    [Fact]
    public void Every_row_names_a_test_and_every_session_setting_has_a_row()
    {
        Assert.True(Rows.Length > 40);
        Assert.All(Rows, row => Assert.NotEmpty(Names(Cell(row, 4))));
        var named = Rows.SelectMany(row => Names(Cell(row, 2))).Select(name => name.Split(':')).Where(parts => parts.Length > 1).Select(parts => parts[1]).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(typeof(LiveTargetOptions).GetProperties().Select(property => property.Name), name => !named.Contains(name));
    }

    private static bool Exists(string name)
    {
        if (name.StartsWith("voiceagent ", StringComparison.Ordinal))
            return name.Split(' ')[1] == CheckCommand.Create().Name
                || (name.Split(' ')[1] == TokenCommand.Create().Name && name.Split(' ')[2..].All(option => TokenCommand.Create().Options.Any(known => known.Name == option)));
        var keys = name.Split(':');
        return keys[0] switch
        {
            "Live" => Has(typeof(LiveOptions), keys.AsSpan(1)),
            "Agents" => Has(typeof(AgentProfile), keys.AsSpan(3)),
            _ => IsInLibrary(name.Split('.')),
        };
    }

    private static bool Has(Type type, ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (type.GetProperty(key) is not { } property)
                return false;
            type = property.PropertyType;
        }
        return true;
    }

    private static bool IsInLibrary(string[] names) => typeof(LiveOptions).Assembly.GetType("GeminiLive." + names[0]) is { } type
        && (names.Length == 1 || type.GetMember(names[1], BindingFlags.Public | BindingFlags.Instance).Length > 0);

    private static string Cell(string row, int number) => row.Split('|')[number];

    private static string[] Names(string cell) => [.. Quoted().Matches(cell).Select(match => match.Groups["name"].Value)];

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();
}
