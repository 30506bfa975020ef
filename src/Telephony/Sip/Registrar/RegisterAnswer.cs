using Telephony.Sip.Messages;

namespace Telephony.Sip.Registrar;

/// <summary>What a REGISTER is answered with.</summary>
/// <param name="StatusCode">200, or why nothing was changed.</param>
/// <param name="ReasonPhrase">Null for the usual one.</param>
/// <param name="Headers">Contacts and the like.</param>
internal sealed record RegisterAnswer(int StatusCode, string? ReasonPhrase, IReadOnlyList<SipHeader> Headers)
{
    /// <summary>A refusal that says why.</summary>
    public static RegisterAnswer Refusal(int statusCode, string? reasonPhrase = null, params SipHeader[] headers) => new(statusCode, reasonPhrase, headers);
}
