namespace Telephony.Trunks;

/// <summary>Settings of one trunk: a provider, a PBX or another server that sends us calls and takes ours.</summary>
public sealed class TrunkOptions
{
    /// <summary>Where its requests come from: addresses and networks (CIDR), IPv4 and IPv6. Where two trunks have the same one, the smaller network decides.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}
