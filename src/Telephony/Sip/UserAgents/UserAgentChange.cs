using Telephony.Sip.Admission;
using Telephony.Sip.Authentication;
using Telephony.Trunks;

namespace Telephony.Sip.UserAgents;

/// <summary>What a running SIP stack can be given anew: who may call, and whose servers it watches.</summary>
/// <param name="Trunks">The trunks.</param>
/// <param name="Users">Who may log in.</param>
/// <param name="Access">What strangers may send.</param>
/// <param name="Strangers">What becomes of their requests.</param>
internal sealed record UserAgentChange(IReadOnlyList<Trunk> Trunks, KnownUsers Users, AccessOptions Access, StrangerPolicy Strangers);
