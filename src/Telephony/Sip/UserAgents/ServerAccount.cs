using System.Net;
using Telephony.Sip.Authentication;

namespace Telephony.Sip.UserAgents;

/// <summary>What we log in with, and at which addresses only.</summary>
/// <param name="Account">Name and password.</param>
/// <param name="IsOwnServer">Whether an address is that of the account's server: nobody else gets an answer to a challenge, whatever realm it names.</param>
internal sealed record ServerAccount(DigestAccount Account, Func<IPAddress, bool> IsOwnServer);
