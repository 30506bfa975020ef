using Telephony.Sip.Messages;

namespace Telephony.Sip.Transport;

/// <summary>A message off the wire, parsed on the receiving thread, on its way to the signalling loop.</summary>
/// <param name="Parsed">The message, or why it is none.</param>
/// <param name="Flow">The way it came.</param>
internal sealed record InboundMessage(SipParseResult Parsed, SipFlow Flow)
{
    /// <summary>Call-ID for logs; empty when it cannot be read.</summary>
    public string SipCallId => (Parsed.Message ?? Parsed.Failure?.Answerable)?.CallId ?? "";

    /// <summary>Takes a parsed message and, for a request, stamps the topmost Via with where it came from.</summary>
    public static InboundMessage From(SipParseResult parsed, SipFlow flow)
    {
        if ((parsed.Message as SipRequest ?? parsed.Failure?.Answerable) is { } request)
            request.TopVia = ResponseRoute.Stamp(request.TopVia, flow.Remote);
        return new(parsed, flow);
    }
}
