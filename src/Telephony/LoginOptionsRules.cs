using Telephony.Sip.Authentication;
using Telephony.Sip.Messages;

namespace Telephony;

/// <summary>What is wrong with the settings of users, digest authentication and registrar.</summary>
internal static class LoginOptionsRules
{
    private const int MaxNameLength = 64;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>A sentence for each fault; none shows a password.</summary>
    public static IEnumerable<string> Errors(TelephonyOptions options) =>
        [.. options.Users.SelectMany(user => UserErrors(options, user.Key, user.Value)), .. TrunkErrors(options), .. DigestErrors(options.Digest), .. RegistrarErrors(options)];

    private static IEnumerable<string> UserErrors(TelephonyOptions options, string name, UserOptions user)
    {
        if (!IsName(name))
            yield return TelephonyOptionsValidator.Message($"Users:{name}", name, "a login name", "use up to 64 letters, digits and - _ . + * ! ~ '");
        if (user.ReadPassword(out var fault) is null)
            yield return $"{TelephonyOptions.Section}:Users:{name} {fault}; use one of Password and PasswordFile";
        if (user.Number.Length == 0)
            yield break;
        if (!IsName(user.Number))
            yield return TelephonyOptionsValidator.Message($"Users:{name}:Number", user.Number, "a number", "use digits, with + before them where callers dial it");
        else if (options.Users.Any(other => other.Key != name && (other.Key == user.Number || other.Value.Number == user.Number)))
            yield return TelephonyOptionsValidator.Message($"Users:{name}:Number", user.Number, "one user's alone", "give each user a number of its own");
    }

    private static IEnumerable<string> TrunkErrors(TelephonyOptions options) =>
        from trunk in options.Trunks
        where trunk.Value.RequireUser.Length > 0 && !options.Users.ContainsKey(trunk.Value.RequireUser)
        select TelephonyOptionsValidator.Message($"Trunks:{trunk.Key}:RequireUser", trunk.Value.RequireUser, "a user", "name one of Telephony:Users, or leave it empty");

    // What needs no escape in a SIP URI and none between quotes: user names go into both.
    private static bool IsName(string text) => text.Length <= MaxNameLength && SipText.IsToken(text) && !text.AsSpan().ContainsAny('%', '`');

    private static IEnumerable<string> DigestErrors(DigestOptions digest)
    {
        var known = DigestAlgorithm.All.Select(algorithm => algorithm.Name).ToList();
        if (string.IsNullOrWhiteSpace(digest.Realm) || digest.Realm.Length > MaxNameLength || digest.Realm.Any(c => c is '"' or '\\' || char.IsControl(c)))
            yield return TelephonyOptionsValidator.Message("Digest:Realm", digest.Realm, "a realm", "use up to 64 characters without quotes and backslashes");
        for (var i = 0; i < digest.Algorithms.Count; i++)
        {
            if (!known.Contains(digest.Algorithms[i], StringComparer.OrdinalIgnoreCase))
                yield return TelephonyOptionsValidator.Message($"Digest:Algorithms:{i}", digest.Algorithms[i], "an algorithm", $"use {string.Join(", ", known)}");
        }
        if (digest.NonceLifetime < 10 * Second || digest.NonceLifetime > TimeSpan.FromDays(1))
            yield return TelephonyOptionsValidator.Message("Digest:NonceLifetime", $"{digest.NonceLifetime}", "a lifetime", "use 00:00:10 to 1.00:00:00");
        if (digest.MaxNonces is < 100 or > 1_000_000)
            yield return TelephonyOptionsValidator.Message("Digest:MaxNonces", $"{digest.MaxNonces}", "a bound", "use 100 to 1000000");
    }

    private static IEnumerable<string> RegistrarErrors(TelephonyOptions options)
    {
        var registrar = options.Registrar;
        // A phone may be refused as too brief below an hour only (RFC 3261 section 10.3).
        if (registrar.MinExpires < 10 * Second || registrar.MinExpires > TimeSpan.FromHours(1))
            yield return TelephonyOptionsValidator.Message("Registrar:MinExpires", $"{registrar.MinExpires}", "a shortest time", "use 00:00:10 to 01:00:00");
        if (registrar.MaxExpires < registrar.MinExpires || registrar.MaxExpires > TimeSpan.FromDays(1))
            yield return TelephonyOptionsValidator.Message("Registrar:MaxExpires", $"{registrar.MaxExpires}", "a longest time", "use Registrar:MinExpires to 1.00:00:00");
        if (registrar.NatKeepAlive != TimeSpan.Zero && (registrar.NatKeepAlive < 5 * Second || registrar.NatKeepAlive > TimeSpan.FromMinutes(10)))
            yield return TelephonyOptionsValidator.Message("Registrar:NatKeepAlive", $"{registrar.NatKeepAlive}", "an interval", "use 00:00:05 to 00:10:00, or 00:00:00 for none");
        if (registrar.MaxContactsPerUser is < 1 or > 100)
            yield return TelephonyOptionsValidator.Message("Registrar:MaxContactsPerUser", $"{registrar.MaxContactsPerUser}", "a bound", "use 1 to 100");
    }
}
