using System.Globalization;

namespace Benchmarks.Capacity;

/// <summary>Datagrams that the system threw away since a process's sockets had no room for them: the last column of /proc/net/udp.</summary>
internal static class SocketDrops
{
    private const int InodeColumn = 9;
    private const int DropsColumn = 12;
    private const string Link = "socket:[";

    /// <summary>Of all UDP sockets that the process has open now, since each was made.</summary>
    public static long Of(int processId)
    {
        var own = Directory.EnumerateFiles($"/proc/{processId}/fd").Select(Inode).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return new[] { "udp", "udp6" }.Select(table => $"/proc/{processId}/net/{table}").Where(File.Exists)
            .SelectMany(file => File.ReadLines(file).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns.Length > DropsColumn && own.Contains(columns[InodeColumn]))
            .Sum(columns => long.Parse(columns[DropsColumn], CultureInfo.InvariantCulture));
    }

    private static string? Inode(string file)
    {
        try
        {
            return new FileInfo(file).LinkTarget is { } target && target.StartsWith(Link, StringComparison.Ordinal) ? target[Link.Length..^1] : null;
        }
        catch (IOException)
        {
            return null;   // closed meanwhile
        }
    }
}
