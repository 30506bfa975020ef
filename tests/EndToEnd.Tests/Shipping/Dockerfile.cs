using Support;

namespace EndToEnd.Tests.Shipping;

/// <summary>A Dockerfile as its stages and their instructions.</summary>
internal sealed class Dockerfile
{
    private Dockerfile(IReadOnlyList<Stage> stages) => Stages = stages;

    /// <summary>In the order of the file; the last one is the image.</summary>
    public IReadOnlyList<Stage> Stages { get; }

    /// <summary>The image.</summary>
    public Stage Image => Stages[^1];

    /// <summary>Reads the repository's.</summary>
    public static Dockerfile Read()
    {
        List<Stage> stages = [];
        foreach (var line in Lines(File.ReadAllLines(Path.Combine(Repository.Root, "Dockerfile"))))
        {
            var (word, rest) = (line.Split(' ')[0], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim());
            if (word != "FROM")
                stages[^1].Instructions.Add((word, rest));
            else if (rest.Split(" AS ") is var parts)
                stages.Add(new Stage(parts.ElementAtOrDefault(1) ?? "", parts[0]));
        }
        return new Dockerfile(stages);
    }

    // Comments go, and a backslash joins a line to the next.
    private static IEnumerable<string> Lines(IEnumerable<string> lines)
    {
        var joined = "";
        foreach (var line in lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            joined += line.TrimEnd('\\');
            if (line[^1] == '\\')
                continue;
            yield return joined;
            joined = "";
        }
    }

    /// <summary>One stage.</summary>
    /// <param name="Name">What others copy from; empty for none.</param>
    /// <param name="Base">Image that it starts from.</param>
    public sealed record Stage(string Name, string Base)
    {
        /// <summary>Instructions after FROM, in order.</summary>
        public List<(string Word, string Arguments)> Instructions { get; } = [];

        /// <summary>What an instruction that stands there once says.</summary>
        public string Only(string word) => Assert.Single(Instructions, instruction => instruction.Word == word).Arguments;
    }
}
