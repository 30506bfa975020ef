using Benchmarks;
using Benchmarks.Audio;

// Every verb measures one part of the system and gives rows for docs/benchmarks.md.
var benchmarks = new Dictionary<string, Func<IReadOnlyList<FigureRow>>>
{
    ["audio"] = AudioBenchmark.Run,
};

if (args is not [var verb] || !benchmarks.TryGetValue(verb, out var run))
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project tests/Benchmarks -- {string.Join('|', benchmarks.Keys)}");
    return 2;
}
Console.Write(FigureTable.ToMarkdown(run()));
return 0;
