using System.Globalization;
using System.Text;

namespace EndToEnd.Tests.Yardstick;

/// <summary>A sipp scenario written line by line: what the caller sends, and what it insists on getting back.</summary>
/// <param name="headers">Further header lines of every INVITE, each with its line end.</param>
/// <param name="contactPort">Port that the Contact names; 0 for sipp's own.</param>
/// <param name="contactUser">User that the Contact names.</param>
internal sealed class SippScript(string headers = "", int contactPort = 0, string contactUser = "sipp")
{
    /// <summary>The lines of an audio offer behind <c>t=</c>.</summary>
    public const string Audio = "m=audio [field0] RTP/AVP 0 101|a=rtpmap:0 PCMU/8000|a=rtpmap:101 telephone-event/8000|a=fmtp:101 0-15|a=ptime:20|a=sendrecv";

    private const string From = "From: \"sipp\" <sip:sipp@[local_ip]:[local_port]>;tag=[pid]c[call_number]";

    private readonly StringBuilder _steps = new();
    private int _cseq = 1;
    private int _version;

    /// <summary>INVITE or re-INVITE.</summary>
    /// <param name="sdp">Lines of the offer, a bar between them; empty for none.</param>
    /// <param name="more">Further header lines, each with its line end.</param>
    public SippScript Invite(string sdp = Audio, string more = "")
    {
        if (_version > 0)
            _cseq++;
        return Send("INVITE", _cseq, Description(sdp), "application/sdp", more + headers, isFirst: _version++ == 0);
    }

    /// <summary>INVITE with a body of one's own.</summary>
    public SippScript Invite(string contentType, string body, string more) =>
        Send("INVITE", _cseq, body, contentType, more + headers, isFirst: _version++ == 0);

    /// <summary>ACK of the latest 200.</summary>
    public SippScript Ack(string sdp = "") => Send("ACK", _cseq, Description(sdp), "application/sdp", "", isFirst: false);

    /// <summary>Another request in the dialog, and its 200.</summary>
    public SippScript Request(string method, string more = "", string contentType = "", string body = "", string check = "")
    {
        Send(method, ++_cseq, body, contentType, more, isFirst: false);
        return Expect(200, check);
    }

    /// <summary>A response, provisional ones but the wanted may come before.</summary>
    /// <param name="statusCode">The status.</param>
    /// <param name="check">A regular expression that the message must match.</param>
    /// <param name="variable">Keeps what its first group matches.</param>
    public SippScript Expect(int statusCode, string check = "", string variable = "")
    {
        foreach (var before in new[] { 100, 180, 183 }.Where(code => statusCode >= 200 && code != statusCode))
            _steps.Append(CultureInfo.InvariantCulture, $"<recv response=\"{before}\" optional=\"true\"/>");
        _steps.Append(CultureInfo.InvariantCulture, $"<recv response=\"{statusCode}\" rrs=\"true\" timeout=\"9000\">").Append(Action(check, variable)).Append("</recv>\n");
        return this;
    }

    /// <summary>A provisional response only, with 100 before it.</summary>
    public SippScript ExpectEarly(int statusCode, string check, string variable = "")
    {
        _steps.Append("<recv response=\"100\" optional=\"true\"/>")
            .Append(CultureInfo.InvariantCulture, $"<recv response=\"{statusCode}\" rrs=\"true\" timeout=\"9000\">").Append(Action(check, variable)).Append("</recv>\n");
        return this;
    }

    /// <summary>PRACK of a response of that RSeq, and its 200.</summary>
    public SippScript Prack(string rseq)
    {
        Send("PRACK", ++_cseq, "", "", $"RAck: {rseq} 1 INVITE\n", isFirst: false);
        return Expect(200);
    }

    /// <summary>ACK of the first INVITE, whatever was sent since.</summary>
    public SippScript AckOfInvite() => Send("ACK", 1, "", "", "", isFirst: false);

    /// <summary>A request of the far side, answered with 200 or what is given; null leaves it without an answer.</summary>
    public SippScript Await(string method, string check = "", string? answer = "200 OK", string more = "", string sdp = "")
    {
        _steps.Append(CultureInfo.InvariantCulture, $"<recv request=\"{method}\" timeout=\"12000\">").Append(Action(check, "")).Append("</recv>\n");
        return answer is null ? this : Message($"SIP/2.0 {answer}\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>\n{more}", Description(sdp), "application/sdp");
    }

    /// <summary>An ACK of the far side.</summary>
    public SippScript AwaitAck()
    {
        _steps.Append("<recv request=\"ACK\" timeout=\"9000\"/>\n");
        return this;
    }

    /// <summary>Waits.</summary>
    public SippScript Pause(int ms)
    {
        _steps.Append(CultureInfo.InvariantCulture, $"<pause milliseconds=\"{ms}\"/>\n");
        return this;
    }

    /// <summary>The scenario as sipp reads it.</summary>
    public override string ToString() => $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<scenario name=\"yardstick\">\n{_steps}</scenario>\n";

    private string Description(string lines) => lines.Length == 0 ? ""
        : $"v=0\no=sipp 1 {_version + 1} IN IP[local_ip_type] [local_ip]\ns=-\nc=IN IP[media_ip_type] [media_ip]\nt=0 0\n{lines.Replace('|', '\n')}\n";

    private SippScript Send(string method, int cseq, string body, string contentType, string more, bool isFirst) =>
        Message(
            $"{method} {(isFirst ? "sip:[service]@[remote_ip]:[remote_port]" : "[next_url]")} SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=[branch]\n{(isFirst ? "" : "[routes]\n")}"
            + $"{From}\nTo: <sip:[service]@[remote_ip]:[remote_port]>{(isFirst ? "" : "[peer_tag_param]")}\nCall-ID: [call_id]\nCSeq: {cseq} {method}\n"
            + $"Contact: <sip:{contactUser}@[local_ip]:{(contactPort == 0 ? "[local_port]" : $"{contactPort}")};transport=[transport]>\nMax-Forwards: 70\n{more}", body, contentType, method == "ACK" ? "" : " retrans=\"500\"");

    private SippScript Message(string head, string body, string contentType, string attributes = "")
    {
        var type = body.Length > 0 ? $"Content-Type: {contentType}\n" : "";
        _steps.Append(CultureInfo.InvariantCulture, $"<send{attributes}><![CDATA[\n{head}{type}Content-Length: [len]\n\n{body}]]></send>\n");
        return this;
    }

    // Every variable has to be used, or sipp refuses the scenario.
    private static string Action(string check, string variable) => check.Length == 0 ? ""
        : $"<action><ereg regexp=\"{check.Replace("<", "&lt;", StringComparison.Ordinal)}\" search_in=\"msg\" check_it=\"true\" assign_to=\"{(variable.Length > 0 ? $"whole,{variable}" : "whole")}\"/><log message=\"got [$whole]\"/></action>";
}
