using System.Net;

namespace Telephony.Sip.Transport;

/// <summary>Addresses as settings name them: one (<c>203.0.113.5</c>, <c>2001:db8::5</c>) or a network (<c>203.0.113.0/24</c>, <c>2001:db8::/32</c>).</summary>
internal readonly record struct AddressRange
{
    private readonly IPNetwork _network;

    private AddressRange(IPNetwork network) => _network = network;

    /// <summary>Bits that all its addresses share; the more, the smaller the range.</summary>
    public int PrefixLength => _network.PrefixLength;

    /// <summary>Reads an address or a network; bits behind the prefix do not count. Never throws.</summary>
    public static bool TryParse(string? text, out AddressRange range)
    {
        range = default;
        if (text is null || !IsWhole(text))
            return false;   // the system's parser takes 10.1 for 10.0.0.1 and 7 for 0.0.0.7
        if (IPAddress.TryParse(text, out var address))
            range = Of(address);
        else if (IPNetwork.TryParse(text, out var network))
            range = new(network);
        else
            return false;
        return true;
    }

    /// <summary>The range of one address.</summary>
    public static AddressRange Of(IPAddress address)
    {
        address = Plain(address);
        return new(new IPNetwork(address, address.GetAddressBytes().Length * 8));
    }

    /// <summary>Whether an address lies in it; an IPv4 address written as an IPv6 one is meant as IPv4.</summary>
    public bool Contains(IPAddress address) => _network.Contains(Plain(address));

    /// <inheritdoc/>
    public override string ToString() => _network.ToString();

    private static bool IsWhole(string text) => text.Contains(':') || text.Count(c => c == '.') == 3;

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
