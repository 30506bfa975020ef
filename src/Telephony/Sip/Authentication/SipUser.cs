using Telephony.Sip.Identity;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Authentication;

/// <summary>A configured user: name, number, and the secrets that check a login.</summary>
internal sealed class SipUser
{
    private readonly Dictionary<DigestAlgorithm, DigestSecret> _secrets;

    public SipUser(string name, UserOptions options, string password, string realm, IEnumerable<DigestAlgorithm> algorithms)
    {
        Name = name;
        Number = options.Number;
        MayNameAnyCaller = options.AnyCaller;
        _secrets = algorithms.ToDictionary(algorithm => algorithm, algorithm => new DigestSecret(algorithm, name, realm, password));
    }

    /// <summary>The name it logs in with.</summary>
    public string Name { get; }

    /// <summary>Its number; empty for none.</summary>
    public string Number { get; }

    /// <summary>Whether its calls may come in anybody's name.</summary>
    public bool MayNameAnyCaller { get; }

    /// <summary>What checks a proof made with that algorithm; null for one that is not offered.</summary>
    public DigestSecret? Secret(DigestAlgorithm algorithm) => _secrets.GetValueOrDefault(algorithm);

    /// <summary>Whether another user is this one, and logs in with the same password.</summary>
    public bool IsSame(SipUser? other) =>
        other is not null && other.Name == Name && _secrets.All(secret => secret.Value.IsSame(other.Secret(secret.Key)));

    /// <summary>Whether an address names this user, so that nobody signs in as one and speaks as another (CVE-2025-47779).</summary>
    public bool IsNamedBy(SipUri uri) => GoesBy(uri.User) || GoesBy(TelephoneNumber.Of(uri));

    private bool GoesBy(string? nameOrNumber) => nameOrNumber is { Length: > 0 } && (nameOrNumber == Name || nameOrNumber == Number);
}
