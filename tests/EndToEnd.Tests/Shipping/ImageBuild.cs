using System.Diagnostics;
using Microsoft.Extensions.FileSystemGlobbing;
using Support;

namespace EndToEnd.Tests.Shipping;

/// <summary>Repeats the steps of the Dockerfile in a scratch folder, one folder a stage, where no container engine runs; packages of the system must be installed.</summary>
internal sealed class ImageBuild : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("voiceagent-image");
    private readonly Dictionary<string, string> _stages = new(StringComparer.Ordinal);

    /// <summary>Folder that the image's root is in.</summary>
    public string Root { get; private set; } = "";

    /// <summary>Folder that the program starts in.</summary>
    public string WorkingFolder { get; private set; } = "";

    /// <summary>Files given away by <c>--chown</c>, as folders of the scratch folder.</summary>
    public List<string> Owned { get; } = [];

    /// <summary>Runs every step of every stage.</summary>
    public async Task RunAsync(Dockerfile dockerfile)
    {
        foreach (var stage in dockerfile.Stages)
        {
            WorkingFolder = Root = _stages[stage.Name] = _scratch.CreateSubdirectory($"stage{_stages.Count}").FullName;
            foreach (var (word, rest) in stage.Instructions)
                await StepAsync(word, rest);
        }
    }

    public void Dispose() => _scratch.Delete(recursive: true);

    private async Task StepAsync(string word, string rest)
    {
        switch (word)
        {
            case "WORKDIR":
                WorkingFolder = Directory.CreateDirectory(Path.Join(Root, rest)).FullName;
                break;
            case "COPY":
                Copy(rest.Split(' '));
                break;
            // What the system's own packages bring is here already: ./test.sh installs it.
            case "RUN" when !rest.StartsWith("apt-get ", StringComparison.Ordinal):
                await ShellAsync(rest);
                break;
        }
    }

    private void Copy(string[] words)
    {
        var flags = words.TakeWhile(word => word.StartsWith("--", StringComparison.Ordinal)).ToList();
        var from = flags.Find(flag => flag.StartsWith("--from=", StringComparison.Ordinal))?["--from=".Length..];
        var paths = words[flags.Count..];
        var target = Path.Join(WorkingFolder, paths[^1]);
        foreach (var path in paths[..^1])
            CopyTree(from is null ? Path.Combine(Repository.Root, path) : Path.Join(_stages[from], path), target, ignores: from is null);
        if (flags.Exists(flag => flag.StartsWith("--chown=", StringComparison.Ordinal)))
            Owned.Add(target);
    }

    private static void CopyTree(string source, string target, bool ignores)
    {
        Directory.CreateDirectory(target);
        if (File.Exists(source))
        {
            File.Copy(source, Path.Combine(target, Path.GetFileName(source)));
            return;
        }
        var ignored = new Matcher();
        if (ignores)
            ignored.AddIncludePatterns(File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore")).Select(line => line + "/**"));
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Where(file => !ignored.Match(Repository.Root, file).HasMatches))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private async Task ShellAsync(string command)
    {
        // Calls of other tests run beside it: it takes what they leave of the processor, in no compiler's or builder's process that others share.
        using var shell = Process.Start(new ProcessStartInfo("nice", ["-n", "10", "sh", "-ec", command])
        {
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false" },
            WorkingDirectory = WorkingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, $"{command} failed: {await output}{await errors}");
    }
}
