using System.Security.Cryptography;
using Telephony.Sip.Identity;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Authentication;

/// <summary>All configured users by the names and numbers that they go by.</summary>
/// <remarks>Any thread; exchanged as a whole, by the signalling loop.</remarks>
internal sealed class UserDirectory
{
    private readonly DigestOptions _options;
    private volatile KnownUsers _known;

    /// <param name="users">The users by name; what the validator would refuse is left out.</param>
    /// <param name="options">Realm and algorithms.</param>
    public UserDirectory(IReadOnlyDictionary<string, UserOptions> users, DigestOptions options)
    {
        _options = options;
        _known = Read(users);
        Nobody = new SipUser("", new UserOptions(), Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), options.Realm, options.OfferedAlgorithms);
    }

    /// <summary>Users configured.</summary>
    public int Count => _known.ByName.Count;

    /// <summary>Mixes every user's password for each algorithm offered and forgets it; reads files.</summary>
    public KnownUsers Read(IReadOnlyDictionary<string, UserOptions> users)
    {
        var known = new KnownUsers();
        foreach (var (name, user) in users)
        {
            if (user.ReadPassword(out _) is not { } password)
                continue;
            var one = new SipUser(name, user, password, _options.Realm, _options.OfferedAlgorithms);
            known.ByName.TryAdd(name, one);
            if (one.Number.Length > 0)
                known.ByNumber.TryAdd(one.Number, one);
        }
        return known;
    }

    /// <summary>Exchanges the users.</summary>
    /// <param name="known">From <see cref="Read"/>.</param>
    /// <returns>Those who are gone or have another password: where their phones are is to be forgotten.</returns>
    public IReadOnlyList<SipUser> Replace(KnownUsers known)
    {
        var gone = _known.ByName.Values.Where(user => !user.IsSame(known.ByName.GetValueOrDefault(user.Name))).ToList();
        _known = known;
        return gone;
    }

    /// <summary>Stands in for a name that nobody has: its check costs as much as a real one and never succeeds.</summary>
    public SipUser Nobody { get; }

    /// <summary>The user who logs in with that name; null when there is none.</summary>
    public SipUser? Named(string name) => _known.ByName.GetValueOrDefault(name);

    /// <summary>The user whom an address names, however it spells a number; null when there is none.</summary>
    public SipUser? FindNamedBy(SipUri uri) => Find(uri.User ?? "") ?? Find(TelephoneNumber.Of(uri) ?? "");

    /// <summary>The user of that name or number; null when there is none.</summary>
    public SipUser? Find(string nameOrNumber) => Named(nameOrNumber) ?? _known.ByNumber.GetValueOrDefault(nameOrNumber);
}

/// <summary>The users of one configuration, with their passwords read.</summary>
/// <remarks>Not changed once it is in use.</remarks>
internal sealed class KnownUsers
{
    /// <summary>By the name that they log in with.</summary>
    public Dictionary<string, SipUser> ByName { get; } = new(StringComparer.Ordinal);

    /// <summary>By number; those that have one.</summary>
    public Dictionary<string, SipUser> ByNumber { get; } = new(StringComparer.Ordinal);
}
