namespace Telephony.Sip.Authentication;

/// <summary>What we log in with at somebody else's server.</summary>
/// <remarks>Not a record, whose text would show the password.</remarks>
internal sealed class DigestAccount
{
    /// <param name="username">The name that the password belongs to, which need not be the one in From.</param>
    /// <param name="password">Never leaves this process, not even hashed alone.</param>
    /// <param name="realm">The only realm that is answered; null to take that of the first challenge.</param>
    public DigestAccount(string username, string password, string? realm = null)
    {
        Username = username;
        Password = password;
        Realm = realm;
    }

    /// <summary>The name that the password belongs to.</summary>
    public string Username { get; }

    /// <summary>The password.</summary>
    public string Password { get; }

    /// <summary>The only realm that is answered; null to take that of the first challenge.</summary>
    public string? Realm { get; private set; }

    /// <summary>Whether a challenge of that realm may be answered; with none set, the first asked for becomes the only one.</summary>
    /// <remarks>Called by the one thread that owns the account: the signalling loop.</remarks>
    public bool Serves(string realm) => (Realm ??= realm) == realm;

    /// <inheritdoc/>
    public override string ToString() => Username;
}
