namespace Simulation.Live.Connections;

/// <summary>Reads an upgrade request that comes as an address and headers, without HTTP.</summary>
internal static class MemoryRequest
{
    public static UpgradeRequest Read(Uri address, IReadOnlyDictionary<string, string> headers)
    {
        var query = ReadQuery(address.Query);
        return new UpgradeRequest(
            address.AbsolutePath,
            name => headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "",
            name => query.GetValueOrDefault(name, ""));
    }

    private static Dictionary<string, string> ReadQuery(string query)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var cut = pair.IndexOf('=', StringComparison.Ordinal);
            values.TryAdd(cut < 0 ? pair : pair[..cut], cut < 0 ? "" : Uri.UnescapeDataString(pair[(cut + 1)..]));
        }
        return values;
    }
}
