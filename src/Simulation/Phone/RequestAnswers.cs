using System.Net;

namespace Simulation.Phone;

/// <summary>What the caller answers to requests of the agent: BYE, re-INVITE, OPTIONS, INFO, and those it does not know.</summary>
/// <remarks>Owned by <see cref="CallerDialog"/>'s loop.</remarks>
internal sealed class RequestAnswers(DialogText text, CallerSession session, ISipLine line, CallTimeline timeline)
{
    /// <summary>Answers a request where it came from; an ACK gets nothing.</summary>
    /// <param name="request">Any request.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="reinviting">An INVITE of the caller is under way, which refuses one of the agent (RFC 3261 section 14.2).</param>
    /// <returns>The status, 0 for an ACK.</returns>
    public int Answer(SipText request, IPEndPoint from, bool reinviting)
    {
        if (request.Method == "ACK")
            return 0;
        var (status, reason, sdp) = request.Method switch
        {
            "OPTIONS" => (200, "OK", ""),
            _ when request["Call-ID"] != text.CallId => (481, "Call/Transaction Does Not Exist", ""),
            "INVITE" when reinviting => (491, "Request Pending", ""),
            "INVITE" when session.AnswerTo(request.Body) is { Length: > 0 } answer => (200, "OK", answer),
            "INVITE" => (488, "Not Acceptable Here", ""),
            "BYE" or "INFO" or "CANCEL" => (200, "OK", ""),
            _ => (405, "Method Not Allowed", ""),
        };
        line.Send(text.Response(request, status, reason, "application/sdp", sdp), from);
        if (request.Method != "BYE")
            timeline.Add(CallEventKind.RequestReceived, $"{request.Method} of the agent: {status}");
        return status;
    }
}
