using Telephony.Sip.Transport;

namespace Telephony.Trunks;

/// <summary>What is wrong with the settings of trunks: a sentence for each fault, with key, value and what is allowed.</summary>
internal static class TrunkOptionsRules
{
    /// <summary>The faults of all trunks.</summary>
    public static IEnumerable<string> Errors(TelephonyOptions options) => options.Trunks.SelectMany(trunk => Errors($"Trunks:{trunk.Key}", trunk.Value));

    private static IEnumerable<string> Errors(string key, TrunkOptions trunk) => AddressErrors($"{key}:Addresses", trunk.Addresses);

    private static IEnumerable<string> AddressErrors(string key, IReadOnlyList<string> addresses)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            if (!AddressRange.TryParse(addresses[i], out _))
                yield return TelephonyOptionsValidator.Message($"{key}:{i}", addresses[i], "an address or network", "use 203.0.113.5, 203.0.113.0/24 or 2001:db8::/32");
        }
    }
}
