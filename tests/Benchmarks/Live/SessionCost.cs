using Benchmarks.Media;
using GeminiLive;

namespace Benchmarks.Live;

/// <summary>What a session takes of processor and memory while both sides speak, next to a bare socket with the same traffic; the server is another process.</summary>
internal static class SessionCost
{
    private const int Lines = 20;
    private const int Rounds = 3;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<FigureRow>> MeasureAsync()
    {
        await using var server = await SimulatorProcess.StartAsync();
        var factory = LiveLine.FactoryFor(new LiveOptions { Endpoint = server.Endpoint.AbsoluteUri, ApiKey = "test" });
        var (ours, plain) = (new List<Spent>(), new List<Spent>());
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(await MeasureAsync(number => LiveLine.OpenAsync(factory, number), line => line.Tick));
            plain.Add(await MeasureAsync(_ => PlainLine.OpenAsync(server.Endpoint), line => line.Tick));
        }
        var (cpu, plainCpu) = (Median(ours, spent => spent.CpuMs), Median(plain, spent => spent.CpuMs));
        return
        [
            new("", $"a second of session, {Lines} sessions: processor", "", $"{cpu:0.00} ms, {cpu / 10:0.00} % of a core", $"bare socket: {plainCpu:0.00} ms; {cpu / plainCpu:0.0} times"),
            new("", $"a second of session, {Lines} sessions: allocated", "",
                $"{Median(ours, spent => spent.Kilobytes):0.0} KB", $"bare socket: {Median(plain, spent => spent.Kilobytes):0.0} KB"),
        ];
    }

    private static async Task<Spent> MeasureAsync<T>(Func<int, Task<T>> open, Func<T, Action> tickOf) where T : IAsyncDisposable
    {
        var lines = new List<T>();
        for (var number = 0; number < Lines; number++)
            lines.Add(await open(number));
        Spent spent;
        using (new Metronome([.. lines.Select(tickOf)]))
        {
            await Task.Delay(Settling);
            spent = await SpendAsync();
        }
        await Task.WhenAll(lines.Select(line => line.DisposeAsync().AsTask()));
        return spent;
    }

    private static async Task<Spent> SpendAsync()
    {
        var (start, cpu, bytes) = (Clock.Now, Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        await Task.Delay(Measured);
        var seconds = Clock.Milliseconds(start, Clock.Now) / 1000 * Lines;
        return new Spent((Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / seconds, (GC.GetTotalAllocatedBytes() - bytes) / 1024.0 / seconds);
    }

    private static double Median(List<Spent> rounds, Func<Spent, double> value) => rounds.Select(value).Order().ElementAt(rounds.Count / 2);

    private readonly record struct Spent(double CpuMs, double Kilobytes);
}
