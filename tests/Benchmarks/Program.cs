using Benchmarks;
using System.Net;
using Benchmarks.Audio;
using Benchmarks.Capacity;
using Benchmarks.Live;
using Benchmarks.Media;
using Benchmarks.MediaPath;
using Benchmarks.Overload;
using Benchmarks.Panel;
using Benchmarks.Sound;
using Benchmarks.Srtp;
using Benchmarks.ToolCalls;

// Not for people: a process of the verb `capacity`.
if (args is [PlainService.Verb, var sip, var live])
{
    using var plain = new PlainService(IPEndPoint.Parse(sip), new Uri(live));
    await plain.RunAsync();
}

var file = "";
if (args is [.. var others, "--out", var name])
    (args, file) = (others, name);

// Not measured but listened to: docs/samples.
if (args is ["samples"] && file.Length > 0)
{
    await ListeningSamples.WriteAsync(file);
    return 0;
}

// Every verb measures one part of the system and makes one part of docs/benchmarks.md.
var benchmarks = new Dictionary<string, BenchmarkSection>
{
    ["audio"] = AudioBenchmark.Section,
    ["capacity"] = CapacityBenchmark.Section(CapacityOptions.Parse(args is ["capacity", .. var options] ? options : [])),
    ["media"] = MediaBenchmark.Section,
    ["path"] = PathBenchmark.Section,
    ["sound"] = SoundBenchmark.Section,
    ["live"] = LiveBenchmark.Section,
    ["srtp"] = SrtpBenchmark.Section,
    ["overload"] = OverloadBenchmark.Section,
    ["panel"] = PanelBenchmark.Section,
    ["tools"] = ToolBenchmark.Section,
};

if (args is not ([_] or ["capacity", ..]) || !benchmarks.TryGetValue(args[0], out var section))
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project tests/Benchmarks -- {string.Join('|', benchmarks.Keys)} [--out FILE]; capacity takes options, see docs/performance.md; samples --out FOLDER writes what docs/samples holds");
    return 2;
}
var part = section.Measure(args[0]);
Console.Write(part);
if (file.Length > 0)
    File.WriteAllText(file, section.PutInto(File.Exists(file) ? File.ReadAllText(file) : "", part));
return 0;
