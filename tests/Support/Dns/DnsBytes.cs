using System.Globalization;
using System.Net;
using System.Text;

namespace Support.Dns;

/// <summary>Records as the bytes that stand in a message (RFC 1035 section 3), without compression.</summary>
public static class DnsBytes
{
    /// <summary>A name.</summary>
    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    /// <summary>Two bytes.</summary>
    public static byte[] Number(int value) => [(byte)(value >> 8), (byte)value];

    /// <summary>The data of a record from its words.</summary>
    public static byte[] Data(string kind, string[] words) => kind switch
    {
        "A" or "AAAA" => IPAddress.Parse(words[0]).GetAddressBytes(),
        "CNAME" => Name(words[0]),
        "SRV" => [.. Number(words[0]), .. Number(words[1]), .. Number(words[2]), .. Name(words[3] == "." ? "" : words[3])],
        _ => [.. Number(words[0]), .. Number(words[1]), .. Text(words[2]), .. Text(words[3]), 0, .. Name(words[4])],
    };

    private static byte[] Number(string word) => Number(int.Parse(word, CultureInfo.InvariantCulture));

    private static byte[] Text(string word) => [(byte)word.Length, .. Encoding.ASCII.GetBytes(word)];
}
