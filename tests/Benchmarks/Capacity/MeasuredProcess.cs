using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks.Capacity;

/// <summary>A process on the first core, watched from outside: processor by thread, memory, and what its runtime says of itself (<see cref="StartupHook"/>).</summary>
internal sealed class MeasuredProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    // Its calls would be waited for, and nobody hangs them up.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly string _probe;

    private MeasuredProcess(Process process, DirectoryInfo folder, string probe) => (_process, _folder, _probe) = (process, folder, probe);

    /// <summary>Starts a .NET program and waits for its first line.</summary>
    /// <param name="arguments">Program and its arguments.</param>
    /// <param name="environment">NAME=VALUE each.</param>
    /// <exception cref="InvalidOperationException">It ended at once.</exception>
    public static async Task<MeasuredProcess> StartAsync(IEnumerable<string> arguments, IEnumerable<string> environment)
    {
        var folder = Directory.CreateTempSubdirectory("capacity");
        var probe = Path.Combine(folder.FullName, "probe");
        var start = new ProcessStartInfo("taskset", ["-c", "0", "dotnet", .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder.FullName };
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        start.Environment[StartupHook.FileVariable] = probe;
        foreach (var pair in environment.Select(text => text.Split('=', 2)))
            start.Environment[pair[0]] = pair[1];
        var process = Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
        var measured = new MeasuredProcess(process, folder, probe);
        if (await process.StandardOutput.ReadLineAsync().WaitAsync(StartLimit) is not null)
            return measured;
        await measured.DisposeAsync();
        throw new InvalidOperationException("The program ended at its start.");
    }

    /// <summary>What the process has spent since its start.</summary>
    public Spending Spent()
    {
        var runtime = RuntimeFigures();
        return new Spending(
            Stopwatch.GetTimestamp(), CpuByThread(_process.Id), ResidentBytes(), runtime[0], TimeSpan.FromTicks(runtime[1]), (int)runtime[2], (int)runtime[4], runtime[5],
            SocketDrops.Of(_process.Id));
    }

    /// <summary>Nanoseconds on a processor of each thread of a process, with the thread's name.</summary>
    public static IReadOnlyDictionary<int, (string Name, long Ns)> CpuByThread(int processId)
    {
        var threads = new Dictionary<int, (string, long)>();
        foreach (var folder in Directory.GetDirectories($"/proc/{processId}/task"))
        {
            try
            {
                var ns = long.Parse(File.ReadAllText($"{folder}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
                threads[int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)] = (File.ReadAllText($"{folder}/comm").Trim(), ns);
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }
        return threads;
    }

    public async ValueTask DisposeAsync()
    {
        using (var terminate = Process.Start("kill", _process.Id.ToString(CultureInfo.InvariantCulture)))
            await terminate.WaitForExitAsync();
        var rest = _process.StandardOutput.ReadToEndAsync();
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }
        await rest;
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private long[] RuntimeFigures()
    {
        var figures = new long[StartupHook.Figures];
        if (File.Exists(_probe))
        {
            using var file = File.OpenHandle(_probe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            RandomAccess.Read(file, MemoryMarshal.AsBytes(figures.AsSpan()), 0);
        }
        return figures;
    }
}

/// <summary>Totals of a process at a moment.</summary>
/// <param name="At">Timestamp.</param>
/// <param name="Threads">Nanoseconds on a processor, by thread.</param>
/// <param name="ResidentBytes">Memory in use.</param>
/// <param name="AllocatedBytes">By managed code, since the start.</param>
/// <param name="Paused">By the garbage collector, since the start.</param>
/// <param name="Collections">Of any generation.</param>
/// <param name="FullCollections">Of the oldest.</param>
/// <param name="HeapBytes">In use on the managed heap.</param>
/// <param name="Dropped">Datagrams for which its sockets had no room.</param>
internal sealed record Spending(
    long At, IReadOnlyDictionary<int, (string Name, long Ns)> Threads, long ResidentBytes, long AllocatedBytes, TimeSpan Paused, int Collections, int FullCollections, long HeapBytes,
    long Dropped)
{
    /// <summary>Share of one core spent since then, in percent.</summary>
    public double CpuPercentSince(Spending before) => CpuByNameSince(before).Values.Sum();

    /// <summary>The same by the threads' names.</summary>
    public IReadOnlyDictionary<string, double> CpuByNameSince(Spending before)
    {
        var ns = Stopwatch.GetElapsedTime(before.At, At).TotalNanoseconds;
        return Threads.GroupBy(thread => thread.Value.Name)
            .ToDictionary(group => group.Key, group => group.Sum(thread => thread.Value.Ns - before.Threads.GetValueOrDefault(thread.Key).Ns) * 100 / ns);
    }
}
