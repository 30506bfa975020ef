namespace Tools.Http;

/// <summary>The hosts that a source may call.</summary>
/// <remarks>Immutable.</remarks>
internal sealed class HostList(IReadOnlyList<string> entries)
{
    /// <summary>What is wrong with an entry; null for nothing.</summary>
    public static string? Fault(string entry)
    {
        var (host, port) = Split(entry);
        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        return Uri.CheckHostName(name) != UriHostNameType.Unknown && (port is null || port is > 0 and < 65536) ? null
            : $"'{entry}' is no host; use shop.example, *.shop.example, or either with :PORT";
    }

    /// <summary>Whether an address may be called.</summary>
    public bool Allows(Uri address) => address.UserInfo.Length == 0 && entries.Any(entry => Matches(entry, address));

    private static bool Matches(string entry, Uri address)
    {
        var (host, port) = Split(entry);
        if (port is { } only && only != address.Port)
            return false;
        return host.StartsWith("*.", StringComparison.Ordinal)
            ? address.IdnHost.EndsWith(host[1..], StringComparison.OrdinalIgnoreCase)
            : address.IdnHost.Trim('[', ']').Equals(host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);
    }

    // An IPv6 address stands in brackets where a port follows; without brackets all its colons are its own.
    private static (string Host, int? Port) Split(string entry)
    {
        var colon = entry.LastIndexOf(':');
        var isPort = colon > 0 && (entry.IndexOf(':') == colon || entry[colon - 1] == ']');
        return isPort ? (entry[..colon], int.TryParse(entry[(colon + 1)..], out var port) ? port : -1) : (entry, null);
    }
}
