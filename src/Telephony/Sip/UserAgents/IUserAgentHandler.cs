namespace Telephony.Sip.UserAgents;

/// <summary>Who takes the calls of a <see cref="UserAgent"/>. Called on the signalling loop; must return at once.</summary>
public interface IUserAgentHandler
{
    /// <summary>An INVITE outside a dialog that passed all checks; 100 has gone out.</summary>
    void OnInvite(UserAgentServer invite);

    /// <summary>What OPTIONS is answered with: the status that an INVITE would get now (RFC 3261 section 11.2), and seconds for Retry-After or null.</summary>
    (int StatusCode, string? RetryAfter) OptionsStatus();
}
