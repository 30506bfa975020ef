using System.Net;
using Telephony.Sip.Authentication;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.UserAgents;

/// <summary>What we log in with, and at which addresses only.</summary>
/// <param name="Account">Name and password.</param>
/// <param name="IsOwnServer">Whether an address is that of the account's server: nobody else gets an answer to a challenge, whatever realm it names.</param>
internal sealed record ServerAccount(DigestAccount Account, Func<IPAddress, bool> IsOwnServer)
{
    /// <summary>That of a trunk, in a call that came or goes by a flow of its; null without a trunk or without credentials.</summary>
    public static ServerAccount? Of(Trunk? trunk, SipFlow flow) =>
        trunk?.Account is { } account ? new(account, address => address.Equals(flow.Remote.Address) || trunk.Match(address) >= 0) : null;
}
