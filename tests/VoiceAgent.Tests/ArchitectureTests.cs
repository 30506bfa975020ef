using System.Text.RegularExpressions;
using Support;

namespace VoiceAgent.Tests;

/// <summary>Reads the <c>using</c> lines of src and fails on a breach of the dependency rules (docs/architecture.md).</summary>
public sealed partial class ArchitectureTests
{
    // Room -> rooms of this code base that it may use, besides itself and what lies inside it.
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Telephony.StateMachines"] = [],
        ["Telephony.Audio"] = [],
        ["Telephony.Codecs"] = ["Telephony.Audio"],
        ["Telephony.Rtp.Srtp"] = [],
        ["Telephony.Sdp"] = ["Telephony.Codecs", "Telephony.Rtp.Srtp"],
        ["Telephony.Rtp"] = ["Telephony.Codecs", "Telephony.Audio", "Telephony.Sdp"],
        ["Telephony.Media"] = ["Telephony.Rtp", "Telephony.Codecs", "Telephony.Audio", "Telephony.Sdp"],
        ["Telephony.Sip.Messages"] = [],
        ["Telephony.Sip.Identity"] = ["Telephony.Sip.Resolution", "Telephony.Sip.Messages"],
        ["Telephony.Sip.Authentication"] = ["Telephony.Sip.Admission", "Telephony.Sip.Identity", "Telephony.Sip.Messages"],
        ["Telephony.Sip.Resolution"] = ["Telephony.Sip.Transport", "Telephony.Sip.Messages"],
        ["Telephony.Sip.Dialogs"] = ["Telephony.Sip.Resolution", "Telephony.Sip.Transactions", "Telephony.Sip.Transport", "Telephony.Sip.Messages"],
        ["Telephony.Trunks"] = ["Telephony.Rtp.Srtp", "Telephony.Sip.Authentication", "Telephony.Sip.Transport", "Telephony.Sip.Messages"],
        ["Telephony.Nat"] = ["Telephony.Sip.Resolution", "Telephony.Sip.Transport", "Telephony.Sip.Messages"],
        ["Telephony.Sip.Admission"] = [],
        ["Telephony.Sip.Transport"] = ["Telephony.Sip.Admission", "Telephony.Sip.Messages"],
        ["Telephony.Sip.Ladders"] = ["Telephony.Sip.Transport", "Telephony.Sip.Messages"],
        ["Telephony.Sip.Transactions"] = ["Telephony.Sip.Admission", "Telephony.Sip.Ladders", "Telephony.Sip.Transport", "Telephony.Sip.Messages"],
        ["Telephony.Sip.Registrar"] = ["Telephony.Sip.Admission", "Telephony.Sip.Authentication", "Telephony.Sip.Transactions", "Telephony.Sip.Transport", "Telephony.Sip.Messages"],
        ["Telephony.Sip.Registration"] =
            ["Telephony.Sip.Authentication", "Telephony.Sip.Resolution", "Telephony.Sip.Transactions", "Telephony.Sip.Transport", "Telephony.Sip.Messages", "Telephony.Trunks", "Telephony.StateMachines"],
        ["Telephony.Sip.UserAgents"] = ["Telephony.Sip", "Telephony.Nat", "Telephony.Trunks"],
        ["Telephony.Checks"] = ["Telephony"],
        ["Telephony.Calls"] = ["Telephony"],
        ["Telephony"] = ["Telephony"],
        ["Simulation"] = ["Simulation", "Telephony.Codecs", "Telephony.Audio"],
        ["GeminiLive"] = [],
        ["Storage"] = [],
        ["Tools"] = ["Tools", "Storage"],
        ["Crm"] = ["Crm", "Tools", "Storage"],
        ["VoiceAgent.Commands"] = ["VoiceAgent", "Telephony", "GeminiLive", "Simulation", "Tools", "Crm", "Storage"],
        ["VoiceAgent"] = ["VoiceAgent", "Telephony", "GeminiLive", "Tools", "Crm", "Storage"],
    };

    private static readonly string Root = Repository.Root;

    [Fact]
    public void Every_using_line_keeps_the_dependency_rules()
    {
        var breaches = new List<string>();
        var lines = 0;
        foreach (var (file, room) in SourceFiles())
        {
            foreach (Match match in UsingLine().Matches(File.ReadAllText(file)))
            {
                lines++;
                var used = match.Groups["name"].Value;
                if (!IsAllowed(room, used))
                    breaches.Add($"{Path.GetRelativePath(Root, file)} ({room}) uses {used}");
            }
        }
        Assert.True(lines > 100, "The rules were checked against too little: is the source folder where it should be?");
        Assert.Empty(breaches);
    }

    [Fact]
    public void A_breach_would_be_noticed()
    {
        Assert.False(IsAllowed("Telephony.Sip.Messages", "Telephony.Sip.Transport"));
        Assert.False(IsAllowed("Telephony.Rtp", "Telephony.Sip.Messages"));
        Assert.False(IsAllowed("Simulation.Phone", "Telephony.Rtp"));
        Assert.False(IsAllowed("VoiceAgent.Calls", "Simulation.Live"));
        Assert.False(IsAllowed("Telephony.Calls", "GeminiLive"));
        Assert.False(IsAllowed("GeminiLive", "Telephony.Audio"));
        Assert.False(IsAllowed("Simulation.Live", "GeminiLive"));
        Assert.False(IsAllowed("Tools.Invocation", "GeminiLive"));
        Assert.False(IsAllowed("Tools.Http", "Telephony.Calls"));
        Assert.False(IsAllowed("Storage", "Tools"));
        Assert.True(IsAllowed("Telephony.Calls", "Telephony.Sip.UserAgents"));
        Assert.True(IsAllowed("VoiceAgent.Commands", "Simulation.Live"));
    }

    [Fact]
    public void Namespaces_are_folder_paths()
    {
        var wrong = SourceFiles()
            .Select(source => (source.File, source.Room, Namespace: NamespaceLine().Match(File.ReadAllText(source.File)).Groups["name"].Value))
            .Where(source => source.Namespace.Length > 0 && source.Namespace != source.Room)
            .Select(source => $"{Path.GetRelativePath(Root, source.File)}: {source.Namespace}");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Files_stay_short()
    {
        var tooLong = SourceFiles().Select(source => (source.File, Lines: File.ReadLines(source.File).Count())).Where(file => file.Lines > 400)
            .Select(file => $"{Path.GetRelativePath(Root, file.File)}: {file.Lines} lines");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void The_architecture_page_names_files_that_exist()
    {
        string[] roots = ["", "src", "src/Telephony", "src/VoiceAgent", "src/GeminiLive", "src/Tools", "src/Storage", "src/Crm"];
        var named = NamedFile().Matches(File.ReadAllText(Path.Combine(Root, "docs", "architecture.md"))).Select(match => match.Groups["file"].Value).ToList();
        Assert.True(named.Count > 20);
        Assert.DoesNotContain(named, file => !roots.Any(root => File.Exists(Path.Combine(Root, root, file))));
    }

    private static bool IsAllowed(string room, string used)
    {
        if (!MayUse.Keys.Any(known => IsIn(used, known.Split('.')[0])))
            return true;   // the framework or a package
        var rule = MayUse.Keys.Where(known => IsIn(room, known)).MaxBy(known => known.Length) ?? throw new InvalidOperationException($"No rule for {room}.");
        return IsIn(used, rule) || MayUse[rule].Any(allowed => IsIn(used, allowed));
    }

    private static bool IsIn(string name, string room) => name == room || name.StartsWith(room + ".", StringComparison.Ordinal);

    private static IEnumerable<(string File, string Room)> SourceFiles()
    {
        var source = Path.Combine(Root, "src");
        return Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Select(file => (file, Path.GetRelativePath(source, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.')));
    }

    [GeneratedRegex(@"^\s*(?:global )?using (?:static )?(?:[A-Za-z0-9_]+ = )?(?<name>[A-Z][A-Za-z0-9_.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"`(?<file>[A-Za-z/.]+\.(?:cs|md|mmd))`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedFile();

    [GeneratedRegex(@"^namespace (?<name>[A-Za-z0-9_.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamespaceLine();
}
