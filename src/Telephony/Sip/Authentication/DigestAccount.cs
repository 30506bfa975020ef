namespace Telephony.Sip.Authentication;

/// <summary>What we log in with at somebody else's server.</summary>
/// <remarks>Not a record, whose text would show the password.</remarks>
internal sealed class DigestAccount
{
    private readonly IReadOnlyList<string> _realms;

    /// <param name="username">The name that the password belongs to, which need not be the one in From.</param>
    /// <param name="password">Never leaves this process, not even hashed alone.</param>
    /// <param name="realms">The only realms that are answered; empty to take that of the first challenge.</param>
    public DigestAccount(string username, string password, params IReadOnlyList<string> realms)
    {
        Username = username;
        Password = password;
        _realms = realms;
    }

    /// <summary>The name that the password belongs to.</summary>
    public string Username { get; }

    /// <summary>The password.</summary>
    public string Password { get; }

    /// <summary>The only realm that is answered at present where none is configured; null before the first challenge.</summary>
    public string? Realm { get; private set; }

    /// <summary>Told a realm that has become the one that is answered.</summary>
    public Action<string> OnLearned { get; set; } = _ => { };

    /// <summary>Told a realm that was asked for and is not answered.</summary>
    public Action<string> OnStrange { get; set; } = _ => { };

    /// <summary>Whether a challenge of that realm may be answered. Where none is configured, the first asked for becomes the only one, until a registration is
    /// asked for another.</summary>
    /// <remarks>What asks for a registration is the account's own server, which may have a new name for itself, or another name than the one before it in a
    /// list. What asks for a call may stand far behind that server. Called by the one thread that owns the account: the signalling loop.</remarks>
    /// <param name="realm">Whose password is asked for.</param>
    /// <param name="isRegistration">Whether a REGISTER was challenged.</param>
    public bool Serves(string realm, bool isRegistration)
    {
        if (_realms.Count == 0 && Realm != realm && (Realm is null || isRegistration))
        {
            Realm = realm;
            OnLearned(realm);
        }
        var isServed = _realms.Count > 0 ? _realms.Contains(realm) : Realm == realm;
        if (!isServed)
            OnStrange(realm);
        return isServed;
    }

    /// <inheritdoc/>
    public override string ToString() => Username;
}
