using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>Where and when figures were measured, for the top of their page.</summary>
internal static class Machine
{
    /// <summary>Load average of the last minute; empty where the system tells none.</summary>
    public static string Load => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "";

    /// <summary>Date, processor, system and runtime.</summary>
    public static string Describe() =>
        $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores of {Processor()}, {RuntimeInformation.OSDescription.Trim()}, " +
        $"{RuntimeInformation.FrameworkDescription}, {(OperatingSystem.IsLinux() ? "loopback" : "local")}";

    private static string Processor()
    {
        const string ModelName = "model name";
        if (!File.Exists("/proc/cpuinfo"))
            return RuntimeInformation.ProcessArchitecture.ToString();
        var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(ModelName, StringComparison.Ordinal));
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
