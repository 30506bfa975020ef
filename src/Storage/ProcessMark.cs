using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Storage;

/// <summary>Tells one process from every other, by its id, when it started, and where: whose open entries in a database nobody will close any more.</summary>
/// <remarks>Its words are id, start, boot of the machine, its name, and the namespace of ids that containers have of their own; what else follows is the writer's.</remarks>
public static class ProcessMark
{
    private const int Boot = 2;
    private const int Machine = 3;
    private const int Namespace = 4;

    /// <summary>The mark of this process.</summary>
    public static string Own { get; } = Of(Environment.ProcessId) ?? $"{Environment.ProcessId}";

    /// <summary>Whether the process still runs here whose mark a text begins with.</summary>
    public static bool IsAlive(string text) =>
        int.TryParse(text.Split(' ')[0], CultureInfo.InvariantCulture, out var id) && Of(id) is { } mark && text.StartsWith(mark, StringComparison.Ordinal);

    /// <summary>Whether a text begins with the mark of a process of another machine: whether it still runs cannot be seen from here.</summary>
    public static bool IsElsewhere(string text) => Word(text, Machine) is { } machine && machine != Environment.MachineName;

    /// <summary>Whether a text begins with the mark of a process that ran beside this one, and does not any more; false where that cannot be seen from here.</summary>
    public static bool IsGoneHere(string text) =>
        Word(text, Boot) == Word(Own, Boot) && Word(text, Machine) == Word(Own, Machine) && Word(text, Namespace) == Word(Own, Namespace) && Word(text, Boot) is not null && !IsAlive(text);

    private static string? Word(string text, int place) => text.Split(' ') is var words && words.Length > Namespace ? words[place] : null;   // marks of old have fewer

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
            return fields[0] is "Z" or "X" ? null : $"{id} {fields[19]} {boot} {Environment.MachineName} {new FileInfo("/proc/self/ns/pid").LinkTarget}";
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
            return $"{id} {process.StartTime.ToUniversalTime().Ticks} - {Environment.MachineName} -";
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
