namespace Telephony.Sip.Authentication;

/// <summary>What we log in with at somebody else's server.</summary>
/// <remarks>Not a record, whose text would show the password.</remarks>
internal sealed class DigestAccount
{
    private readonly bool _isConfigured;

    /// <param name="username">The name that the password belongs to, which need not be the one in From.</param>
    /// <param name="password">Never leaves this process, not even hashed alone.</param>
    /// <param name="realm">The only realm that is answered; null to take that of the first challenge.</param>
    public DigestAccount(string username, string password, string? realm = null)
    {
        Username = username;
        Password = password;
        Realm = realm;
        _isConfigured = realm is not null;
    }

    /// <summary>The name that the password belongs to.</summary>
    public string Username { get; }

    /// <summary>The password.</summary>
    public string Password { get; }

    /// <summary>The only realm that is answered at present; null before the first challenge where none is configured.</summary>
    public string? Realm { get; private set; }

    /// <summary>Whether a challenge of that realm may be answered. Where none is configured, the first asked for becomes the only one, until a registration is
    /// asked for another.</summary>
    /// <remarks>What asks for a registration is the account's own server, which may have a new name for itself, or another name than the one before it in a
    /// list. What asks for a call may stand far behind that server. Called by the one thread that owns the account: the signalling loop.</remarks>
    /// <param name="realm">Whose password is asked for.</param>
    /// <param name="isRegistration">Whether a REGISTER was challenged.</param>
    public bool Serves(string realm, bool isRegistration)
    {
        if (!_isConfigured && (Realm is null || isRegistration))
            Realm = realm;
        return Realm == realm;
    }

    /// <inheritdoc/>
    public override string ToString() => Username;
}
