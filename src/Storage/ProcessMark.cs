using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Storage;

/// <summary>Tells one process from every other that has run on this machine, by its id and when it started: whose open entries in a database nobody will close any more.</summary>
public static class ProcessMark
{
    /// <summary>The mark of this process.</summary>
    public static string Own { get; } = Of(Environment.ProcessId) ?? $"{Environment.ProcessId}";

    /// <summary>Whether the process still runs here whose mark a text begins with.</summary>
    public static bool IsAlive(string text) =>
        int.TryParse(text.Split(' ')[0], CultureInfo.InvariantCulture, out var id) && Of(id) is { } mark && text.StartsWith(mark, StringComparison.Ordinal);

    private static string? Of(int id) => OperatingSystem.IsLinux() ? OfLinux(id) : OfOthers(id);

    // Field 22 of stat is the start in clock ticks since the boot; the name in field 2 may hold spaces and brackets (proc(5)). A killed process that nobody
    // has collected yet is state Z.
    private static string? OfLinux(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            return fields[0] is "Z" or "X" ? null : $"{id} {fields[19]} {boot}";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? OfOthers(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return $"{id} {process.StartTime.ToUniversalTime().Ticks}";
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
