namespace Telephony.Sip.UserAgents;

/// <summary>What an offer outside of INVITE is answered with.</summary>
/// <param name="StatusCode">200, or 300 to 699: then the session goes on as it was.</param>
/// <param name="Sdp">Our answer; empty with a refusal.</param>
/// <param name="Headers">Headers that explain a refusal, such as Warning.</param>
public readonly record struct OfferReply(int StatusCode, ReadOnlyMemory<byte> Sdp, params (string Name, string Value)[] Headers);
