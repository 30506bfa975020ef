using Benchmarks;
using Benchmarks.Audio;
using Benchmarks.Media;

// Every verb measures one part of the system and gives rows for docs/benchmarks.md.
var benchmarks = new Dictionary<string, Func<IReadOnlyList<FigureRow>>>
{
    ["audio"] = AudioBenchmark.Run,
    ["media"] = MediaBenchmark.Run,
};

if (args is not ([_] or [_, "--out", _]) || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project tests/Benchmarks -- {string.Join('|', benchmarks.Keys)} [--out FILE]");
    return 2;
}
var loadBefore = Machine.Load;
var page = BenchmarkPage.Write(args[0], loadBefore, run());
Console.Write(page);
if (args is [_, _, var file])
    File.WriteAllText(file, page);
return 0;
