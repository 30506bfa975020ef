using Telephony.Rtp.Srtp;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony;

/// <summary>What is wrong with the settings of encryption: a sentence for each fault, with key, value and what is allowed.</summary>
internal static class SrtpOptionsRules
{
    /// <summary>The faults of the service's settings and of its trunks'.</summary>
    public static IEnumerable<string> Errors(TelephonyOptions options) => SuiteErrors(options.Srtp).Concat(PolicyErrors(options)).Concat(ServerErrors(options));

    private static IEnumerable<string> SuiteErrors(SrtpOptions options)
    {
        for (var i = 0; i < options.Suites?.Count; i++)
        {
            if (!SrtpSuite.TryGet(options.Suites[i], out _))
                yield return Message($"Srtp:Suites:{i}", options.Suites[i], "a suite", $"use {string.Join(" or ", SrtpSuite.All)}");
        }
        if (options.SelectSuites().Count == 0 && options.Suites!.Any(name => SrtpSuite.TryGet(name, out _)))
            yield return Message("Srtp:Suites", string.Join(", ", options.Suites!), "enough without AES-GCM, which this system's cryptography does not have", "add AES_CM_128_HMAC_SHA1_80");
    }

    // Every call would be refused. Trunks that we connect to over TLS need no address that is listened on.
    private static IEnumerable<string> PolicyErrors(TelephonyOptions options)
    {
        if (options.Srtp.AllowKeysInClear || options.ListenEndPoints.Any(listen => listen.Protocol == SipProtocol.Tls))
            yield break;
        const string What = "possible, as keys are exchanged over TLS only and no listen address is tls://";
        const string Allowed = "add one to Listen, or set Srtp:AllowKeysInClear in a laboratory";
        if (options.Srtp.Policy == SrtpPolicy.Required && !options.Trunks.Values.Any(Trunk.IsReachedOverTls))
            yield return Message("Srtp:Policy", $"{options.Srtp.Policy}", What, Allowed);
        foreach (var (name, trunk) in options.Trunks)
        {
            if (trunk.Srtp == SrtpPolicy.Required && !Trunk.IsReachedOverTls(trunk))
                yield return Message($"Trunks:{name}:Srtp", $"{trunk.Srtp}", What, Allowed);
        }
    }

    // Every call of ours by such a trunk would be refused.
    private static IEnumerable<string> ServerErrors(TelephonyOptions options)
    {
        if (options.Srtp.AllowKeysInClear)
            yield break;
        foreach (var (name, trunk) in options.Trunks)
        {
            if ((trunk.Srtp ?? options.Srtp.Policy) == SrtpPolicy.Required && Trunk.TryParseServer(trunk.Server, out _) && !Trunk.IsReachedOverTls(trunk))
                yield return Message($"Trunks:{name}:Server", trunk.Server, "reached over TLS, which the keys of its Srtp 'Required' need", "add ;transport=tls, or set its Srtp to Optional");
        }
    }

    private static string Message(string key, string? value, string what, string allowed) => TelephonyOptionsValidator.Message(key, value, what, allowed);
}
