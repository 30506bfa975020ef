using System.Net;
using Telephony.Sip.Transport;

namespace Telephony.Trunks;

/// <summary>A trunk of the configuration: its name, its settings, and the addresses that are its own.</summary>
/// <remarks>Any thread.</remarks>
public sealed class Trunk
{
    private readonly AddressRange[] _configured;
    private volatile AddressRange[] _resolved = [];

    internal Trunk(string name, TrunkOptions options)
    {
        Name = name;
        Options = options;
        _configured = [.. options.Addresses.Select(text => AddressRange.TryParse(text, out var range) ? range : (AddressRange?)null).OfType<AddressRange>()];
    }

    /// <summary>Its key in the configuration.</summary>
    public string Name { get; }

    /// <summary>Its settings.</summary>
    public TrunkOptions Options { get; }

    /// <summary>The addresses that the name of its server leads to at present: they are the trunk's as well as the configured ones.</summary>
    internal IEnumerable<IPAddress> ServerAddresses
    {
        set => _resolved = [.. value.Select(AddressRange.Of)];
    }

    /// <summary>How exactly an address is the trunk's: the bits of the smallest range that has it; -1 when it is not the trunk's.</summary>
    internal int Match(IPAddress address) => Math.Max(Match(_configured, address), Match(_resolved, address));

    private static int Match(AddressRange[] ranges, IPAddress address)
    {
        var longest = -1;
        foreach (var range in ranges)
        {
            if (range.PrefixLength > longest && range.Contains(address))
                longest = range.PrefixLength;
        }
        return longest;
    }
}
