using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Registrar;

/// <summary>One phone of a user: where it wants to be called, and the way that its registration came (RFC 3261 section 10).</summary>
/// <remarks>Immutable. A request to it has <see cref="Uri"/> as its Request-URI and <see cref="Path"/> as its Route, and goes on <see cref="Flow"/>, which
/// leads through the NAT that the phone sits behind.</remarks>
/// <param name="User">Whose phone it is.</param>
/// <param name="Uri">The phone's own address, as it wrote it.</param>
/// <param name="Flow">The way back to it.</param>
/// <param name="Path">Proxies between us and it, nearest first (RFC 3327); empty for none.</param>
/// <param name="Preference">Its q, 0 to 1: phones with more are called first.</param>
/// <param name="Instance">What names the device whatever its address (RFC 5626); null when it does not say.</param>
/// <param name="SipCallId">Call-ID of its registrations.</param>
/// <param name="CSeq">Number of the latest.</param>
/// <param name="RegisteredAt">Timestamp of the latest.</param>
/// <param name="ExpiresAt">Timestamp at which it is forgotten.</param>
internal sealed record RegisteredContact(
    string User,
    SipUri Uri,
    SipFlow Flow,
    IReadOnlyList<string> Path,
    double Preference,
    string? Instance,
    string SipCallId,
    uint CSeq,
    long RegisteredAt,
    long ExpiresAt)
{
    /// <summary>Whether a request can still reach it: always over UDP, over a stream as long as its connection stands.</summary>
    public bool IsReachable => Flow.Connection is null or { IsOpen: true };

    /// <summary>Whether another registration is of the same phone: of the same device and line, or else for the same address.</summary>
    public bool IsSamePhone(RegisteredContact other) =>
        Instance is not null && other.Instance is not null ? Instance == other.Instance : Uri.Matches(other.Uri);
}
