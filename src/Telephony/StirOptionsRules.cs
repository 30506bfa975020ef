using Telephony.Sip.Identity.Stir;
using Telephony.Sip.Messages;

namespace Telephony;

/// <summary>What is wrong with the settings of signed caller identities; whether the file of authorities can be used shows when it is loaded, at start.</summary>
internal static class StirOptionsRules
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);

    /// <summary>A sentence for each fault.</summary>
    public static IEnumerable<string> Errors(StirOptions stir)
    {
        if (stir.Mode == StirMode.Verify && stir.TrustedCaFile.Length == 0)
            yield return TelephonyOptionsValidator.Message("Stir:TrustedCaFile", "", "a file", "Telephony:Stir:Mode = Verify needs the authorities that may sign");
        if (stir.Mode == StirMode.Verify && stir.AllowedHosts.Count == 0)
            yield return TelephonyOptionsValidator.Message("Stir:AllowedHosts", "", "a list of hosts", "Telephony:Stir:Mode = Verify needs those that certificates are fetched from; [\"*\"] is any with a public address");
        if (stir.FetchTimeout < Least || stir.FetchTimeout > Most)
            yield return TelephonyOptionsValidator.Message("Stir:FetchTimeout", $"{stir.FetchTimeout}", "a time limit", "use 00:00:00.1 to 00:00:05");
        if (stir.CountryCode.Length > 3 || !stir.CountryCode.All(char.IsAsciiDigit) || stir.CountryCode.StartsWith('0'))
            yield return TelephonyOptionsValidator.Message("Stir:CountryCode", stir.CountryCode, "a country code", "use 1 to 3 digits such as 49, or leave it out");
        for (var i = 0; i < stir.AllowedHosts.Count; i++)
        {
            if (!IsHost(stir.AllowedHosts[i]))
                yield return TelephonyOptionsValidator.Message($"Stir:AllowedHosts:{i}", stir.AllowedHosts[i], "a host", "use a name such as cert.example.com or cert.example.com:8443, without scheme and path, or * for any");
        }
    }

    private static bool IsHost(string text) => text == StirOptions.AnyHost
        || (HostPort.TryParse(text, out var host, out var port) && text == HostPort.ToString(host, port) && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4);
}
