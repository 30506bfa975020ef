using System.Net;
using Telephony.Sip.Transport;

namespace Telephony.Trunks;

/// <summary>What is wrong with the settings of trunks: a sentence for each fault, with key, value and what is allowed.</summary>
internal static class TrunkOptionsRules
{
    /// <summary>Calls that any bound may allow.</summary>
    internal const int MostCalls = 100_000;

    /// <summary>The faults of all trunks.</summary>
    public static IEnumerable<string> Errors(TelephonyOptions options) => options.Trunks.SelectMany(trunk => Errors($"Trunks:{trunk.Key}", trunk.Value));

    private static IEnumerable<string> Errors(string key, TrunkOptions trunk) =>
        [.. AddressErrors($"{key}:Addresses", trunk.Addresses), .. CapErrors(key, trunk), .. ServerErrors(key, trunk), .. CertificateErrors($"{key}:ClientCertificate", trunk)];

    private static IEnumerable<string> CertificateErrors(string key, TrunkOptions trunk)
    {
        var files = trunk.ClientCertificate;
        if (files.CertificateFile.Length == 0 && (files.KeyFile.Length > 0 || files.PasswordFile.Length > 0))
            yield return TelephonyOptionsValidator.Message($"{key}:CertificateFile", "", "a file", "KeyFile and PasswordFile belong to one: name it, or leave them out");
        if (files.CertificateFile.Length > 0 && !Trunk.IsReachedOverTls(trunk))
            yield return TelephonyOptionsValidator.Message($"{key}:CertificateFile", files.CertificateFile, "of use", "it is shown over TLS: use sip:host;transport=tls or sips:host as Server");
    }

    private static IEnumerable<string> AddressErrors(string key, IReadOnlyList<string> addresses)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            if (!AddressRange.TryParse(addresses[i], out _))
                yield return TelephonyOptionsValidator.Message($"{key}:{i}", addresses[i], "an address or network", "use 203.0.113.5, 203.0.113.0/24 or 2001:db8::/32");
        }
    }

    private static IEnumerable<string> CapErrors(string key, TrunkOptions trunk)
    {
        if (trunk.PublicAddress.Length > 0 && !IPAddress.TryParse(trunk.PublicAddress, out _))
            yield return TelephonyOptionsValidator.Message($"{key}:PublicAddress", trunk.PublicAddress, "an IP address", "use the numeric address that this trunk reaches, or leave it out");
        if (trunk.MaxCalls is < 0 or > MostCalls)
            yield return TelephonyOptionsValidator.Message($"{key}:MaxCalls", $"{trunk.MaxCalls}", "a bound", $"use 1 to {MostCalls}, or 0 for none");
        if (trunk.MaxCallsPerSecond is < 0 or > MostCalls)
            yield return TelephonyOptionsValidator.Message($"{key}:MaxCallsPerSecond", $"{trunk.MaxCallsPerSecond}", "a bound", $"use 1 to {MostCalls}, or 0 for none");
    }

    private static IEnumerable<string> ServerErrors(string key, TrunkOptions trunk)
    {
        if (trunk.Server.Length > 0 && !Trunk.TryParseServer(trunk.Server, out _))
            yield return TelephonyOptionsValidator.Message($"{key}:Server", trunk.Server, "a server", "use host, host:port, sip:host;transport=tls or sips:host");
        if (trunk.Domain.Length > 0 && Uri.CheckHostName(trunk.Domain) == UriHostNameType.Unknown)
            yield return TelephonyOptionsValidator.Message($"{key}:Domain", trunk.Domain, "a host name", "use what stands behind the @ of your address there, or leave it out");
        if (trunk.Register && trunk.Server.Length == 0)
            yield return TelephonyOptionsValidator.Message($"{key}:Server", "", "a server", "Register needs one: use the registrar's name, or set Register to false");
        if (trunk.Register && trunk.Username.Length == 0)
            yield return TelephonyOptionsValidator.Message($"{key}:Username", "", "a user", "Register needs the name that the provider gave you");
        if (trunk.Realms.Any(string.IsNullOrWhiteSpace))
            yield return TelephonyOptionsValidator.Message($"{key}:Realms", "", "a realm", "use what stands in realm=\"...\" of the provider's challenges, or leave the list empty");
        if (trunk.CallerNumber.AsSpan(trunk.CallerNumber.StartsWith('+') ? 1 : 0).ContainsAnyExceptInRange('0', '9'))
            yield return TelephonyOptionsValidator.Message($"{key}:CallerNumber", trunk.CallerNumber, "a number", "use digits, with or without + before them");
        if (trunk.RegistrationExpiry < TimeSpan.FromMinutes(1) || trunk.RegistrationExpiry > TimeSpan.FromDays(1))
            yield return TelephonyOptionsValidator.Message($"{key}:RegistrationExpiry", $"{trunk.RegistrationExpiry:c}", "a lifetime", "use 00:01:00 to 1.00:00:00");
        if (trunk.OptionsInterval != TimeSpan.Zero && (trunk.OptionsInterval < TimeSpan.FromSeconds(5) || trunk.OptionsInterval > TimeSpan.FromHours(1)))
            yield return TelephonyOptionsValidator.Message($"{key}:OptionsInterval", $"{trunk.OptionsInterval:c}", "an interval", "use 00:00:05 to 01:00:00, or 00:00:00 for none");
    }
}
