namespace Telephony.Sip.UserAgents;

/// <summary>Who takes the calls of a <see cref="UserAgent"/>. Called on the signalling loop; must return at once.</summary>
public interface IUserAgentHandler
{
    /// <summary>An INVITE outside a dialog that passed all checks; 100 has gone out.</summary>
    void OnInvite(UserAgentServer invite);

    /// <summary>What OPTIONS is answered with: as an INVITE would be now (RFC 3261 section 11.2).</summary>
    OptionsAnswer OptionsStatus();
}

/// <summary>The answer to OPTIONS.</summary>
/// <param name="StatusCode">200 where a call would be taken.</param>
/// <param name="RetryAfter">Seconds for a Retry-After header; null for none.</param>
/// <param name="ReasonPhrase">What is wrong, for a person who reads it; null for the usual words.</param>
public readonly record struct OptionsAnswer(int StatusCode, string? RetryAfter = null, string? ReasonPhrase = null);
