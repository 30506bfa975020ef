using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>The caller's side as text: requests of one call, each with a branch of its own.</summary>
internal sealed class PeerScript
{
    private int _branch;

    public string CallId { get; init; } = "call-1@192.0.2.10";

    public string RequestUri { get; set; } = "sip:agent@198.51.100.5";

    public string FromTag { get; set; } = "caller";

    public string ToTag { get; set; } = "";

    public string Contact { get; set; } = "<sip:caller@192.0.2.10:5070>";

    public string Via { get; set; } = "SIP/2.0/UDP 192.0.2.10:5070";

    /// <summary>Further header lines of every request, each with its line end.</summary>
    public string Extra { get; set; } = "";

    public int CSeq { get; set; } = 1;

    /// <summary>Branch of the INVITE; CANCEL and the ACK of a refusal carry it too.</summary>
    public string InviteBranch { get; private set; } = "";

    /// <summary>Takes our tag from a response.</summary>
    public void Learn(SipResponse response) => ToTag = response.To.Tag!;

    public string Invite(string body = SipBench.Sdp, string headers = "")
    {
        InviteBranch = NextBranch();
        return Request("INVITE", InviteBranch, CSeq, headers + (body.Length > 0 ? "Content-Type: application/sdp\n" : ""), body);
    }

    /// <summary>A re-INVITE with the next number.</summary>
    public string Reinvite(string body = SipBench.Sdp, string headers = "")
    {
        CSeq++;
        return Invite(body, headers);
    }

    /// <summary>ACK of a 2xx: a branch of its own.</summary>
    public string Ack(string body = "", int? cseq = null) =>
        Request("ACK", NextBranch(), cseq ?? CSeq, body.Length > 0 ? "Content-Type: application/sdp\n" : "", body);

    /// <summary>ACK of a refusal: the INVITE's branch, and the tag of the refusal.</summary>
    public string AckOfRefusal(SipResponse refusal)
    {
        Learn(refusal);
        return Request("ACK", InviteBranch, CSeq);
    }

    public string Cancel() => Request("CANCEL", InviteBranch, CSeq);

    public string Bye(string headers = "") => InDialog("BYE", headers);

    /// <summary>Any request with the next number and a new branch.</summary>
    public string InDialog(string method, string headers = "", string body = "") => Request(method, NextBranch(), ++CSeq, headers, body);

    public string Request(string method, string branch, int cseq, string headers = "", string body = "") =>
        $"""
        {method} {RequestUri} SIP/2.0
        Via: {Via};branch={branch}
        Max-Forwards: 70
        From: "Caller" <sip:caller@192.0.2.10>;tag={FromTag}
        To: <sip:agent@198.51.100.5>{(ToTag.Length > 0 ? $";tag={ToTag}" : "")}
        Call-ID: {CallId}
        CSeq: {cseq} {method}
        Contact: {Contact}

        """.ReplaceLineEndings("\n") + Extra + headers + "\n" + body;

    /// <summary>A response to one of our requests.</summary>
    public static string Response(SipRequest request, int statusCode)
    {
        var lines = new[] { HeaderNames.Via, HeaderNames.From, HeaderNames.To, HeaderNames.CallId, HeaderNames.CSeq }
            .Select(name => $"{name}: {request.Headers.GetFirst(name)}\n");
        return $"SIP/2.0 {statusCode} Whatever\n" + string.Concat(lines);
    }

    /// <summary>A response with further header lines and a body.</summary>
    public static string Response(SipRequest request, int statusCode, string headers, string body = "") =>
        Response(request, statusCode) + headers + (body.Length > 0 ? "Content-Type: application/sdp\n" : "") + "\n" + body;

    private string NextBranch() => $"z9hG4bKbench{++_branch}{CallId.Replace('@', '-')}";
}
