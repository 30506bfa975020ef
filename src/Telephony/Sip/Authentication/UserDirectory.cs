using System.Security.Cryptography;
using Telephony.Sip.Identity;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Authentication;

/// <summary>All configured users by the names and numbers that they go by.</summary>
/// <remarks>Built once at start and never changed; any thread.</remarks>
internal sealed class UserDirectory
{
    private readonly Dictionary<string, SipUser> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SipUser> _byNumber = new(StringComparer.Ordinal);

    /// <summary>Mixes every user's password for each algorithm offered and forgets it.</summary>
    /// <param name="users">The users by name; what the validator would refuse is left out.</param>
    /// <param name="options">Realm and algorithms.</param>
    public UserDirectory(IReadOnlyDictionary<string, UserOptions> users, DigestOptions options)
    {
        var algorithms = options.OfferedAlgorithms;
        foreach (var (name, user) in users)
        {
            if (user.ReadPassword(out _) is not { } password)
                continue;
            var known = new SipUser(name, user, password, options.Realm, algorithms);
            _byName.TryAdd(name, known);
            if (known.Number.Length > 0)
                _byNumber.TryAdd(known.Number, known);
        }
        Nobody = new SipUser("", new UserOptions(), Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), options.Realm, algorithms);
    }

    /// <summary>Users configured.</summary>
    public int Count => _byName.Count;

    /// <summary>Stands in for a name that nobody has: its check costs as much as a real one and never succeeds.</summary>
    public SipUser Nobody { get; }

    /// <summary>The user who logs in with that name; null when there is none.</summary>
    public SipUser? Named(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The user whom an address names, however it spells a number; null when there is none.</summary>
    public SipUser? FindNamedBy(SipUri uri) => Find(uri.User ?? "") ?? Find(TelephoneNumber.Of(uri) ?? "");

    /// <summary>The user of that name or number; null when there is none.</summary>
    public SipUser? Find(string nameOrNumber) => Named(nameOrNumber) ?? _byNumber.GetValueOrDefault(nameOrNumber);
}
