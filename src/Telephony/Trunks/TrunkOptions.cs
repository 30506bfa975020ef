namespace Telephony.Trunks;

/// <summary>Settings of one trunk: a provider, a PBX or another server that sends us calls and takes ours.</summary>
public sealed class TrunkOptions
{
    /// <summary>Where its requests come from: addresses and networks (CIDR), IPv4 and IPv6. Where two trunks have the same one, the smaller network decides.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>True to believe what it says of callers: P-Asserted-Identity (RFC 3325) and Remote-Party-ID. False takes the number of From, which is the caller's own word.</summary>
    public bool TrustIdentity { get; init; }
}
