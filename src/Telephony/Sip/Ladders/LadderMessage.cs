using System.Text.Json.Serialization;

namespace Telephony.Sip.Ladders;

/// <summary>One SIP message of a call, as it came or went: a rung of its ladder.</summary>
/// <param name="At">When.</param>
/// <param name="IsSent">Whether we sent it.</param>
/// <param name="Protocol"><c>udp</c>, <c>tcp</c> or <c>tls</c>.</param>
/// <param name="Local">Our address and port, as the peer is told them.</param>
/// <param name="Remote">The peer's address and port.</param>
/// <param name="Text">The message without what nobody may read: credentials, keys of SRTP, digits.</param>
public sealed record LadderMessage(DateTimeOffset At, bool IsSent, string Protocol, string Local, string Remote, string Text)
{
    /// <summary>Its first line.</summary>
    [JsonIgnore]
    public string StartLine => Text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? Text[..end] : Text;
}
