namespace Telephony.Sip.Identity;

/// <summary>Who calls, as far as the INVITE says so and may be believed.</summary>
public sealed record CallerIdentity
{
    /// <summary>Number, or the user part of a URI that is none; null when withheld or absent.</summary>
    public string? Number { get; init; }

    /// <summary>Display name; null when withheld or absent. Whatever its sender wrote, at most <see cref="CallerReader.MaxNameLength"/> characters on one line.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the caller asked that nobody shall be told who they are.</summary>
    public bool IsWithheld { get; init; }

    /// <summary>Header that the number comes from.</summary>
    public IdentitySource Source { get; init; }

    /// <summary>Whether a trusted network vouches for the number: it asserted it, and did not say that it did not check.</summary>
    public bool IsAsserted { get; init; }
}

/// <summary>Headers that may name the caller.</summary>
public enum IdentitySource
{
    /// <summary>From: whatever the caller's device says.</summary>
    From,

    /// <summary>P-Asserted-Identity of a trusted trunk (RFC 3325).</summary>
    PAssertedIdentity,

    /// <summary>Remote-Party-ID of a trusted trunk (an expired draft that older systems speak).</summary>
    RemotePartyId,
}
