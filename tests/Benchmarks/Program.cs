using Benchmarks;
using Benchmarks.Audio;
using Benchmarks.Live;
using Benchmarks.Media;
using Benchmarks.Srtp;
using Benchmarks.ToolCalls;

// Every verb measures one part of the system and makes one part of docs/benchmarks.md.
var benchmarks = new Dictionary<string, BenchmarkSection>
{
    ["audio"] = AudioBenchmark.Section,
    ["media"] = MediaBenchmark.Section,
    ["live"] = LiveBenchmark.Section,
    ["srtp"] = SrtpBenchmark.Section,
    ["tools"] = ToolBenchmark.Section,
};

if (args is not ([_] or [_, "--out", _]) || !benchmarks.TryGetValue(args[0], out var section))
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project tests/Benchmarks -- {string.Join('|', benchmarks.Keys)} [--out FILE]");
    return 2;
}
var part = section.Measure(args[0]);
Console.Write(part);
if (args is [_, _, var file])
    File.WriteAllText(file, section.PutInto(File.Exists(file) ? File.ReadAllText(file) : "", part));
return 0;
