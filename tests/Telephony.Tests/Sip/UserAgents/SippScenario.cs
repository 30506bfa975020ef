namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Scenarios for sipp, as XML: what the caller sends and what it must hear back.</summary>
internal static class SippScenario
{
    private const string Me = "[local_ip]:[local_port]";

    private const string Sdp = """
        v=0
        o=lab 1 1 IN IP[local_ip_type] [local_ip]
        s=-
        c=IN IP[media_ip_type] [media_ip]
        t=0 0
        m=audio [media_port] RTP/AVP 0 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        a=ptime:20

        """;

    private static readonly string Provisional =
        "<recv response=\"100\" optional=\"true\"/><recv response=\"180\" optional=\"true\"/>\n";

    private static readonly string Ok = "<recv response=\"200\" rrs=\"true\"/>\n";

    private static readonly string Bye = Send(InDialog("BYE", 9), 500) + Ok;

    /// <summary>INVITE with SDP, ACK, a short stay, BYE.</summary>
    public static string Plain => Scenario(Send(First("INVITE", Sdp), 500) + Provisional + Ok + Send(InDialog("ACK", 1)) + Pause(200) + Bye);

    /// <summary>INVITE without SDP; the answer is in the ACK.</summary>
    public static string LateOffer => Scenario(Send(First("INVITE", ""), 500) + Provisional + Ok + Send(InDialog("ACK", 1, Sdp)) + Pause(200) + Bye);

    /// <summary>The same INVITE again when the answer is there already, as if the network had kept it.</summary>
    public static string RepeatedInvite => Scenario(
        Send(First("INVITE", Sdp, branch: Branch)) + Provisional + Ok + Send(First("INVITE", Sdp, branch: Branch)) + Pause(100) + Send(InDialog("ACK", 1)) + Pause(100) + Bye);

    /// <summary>CANCEL while it rings.</summary>
    public static string Cancel => Scenario(
        Send(First("INVITE", Sdp, branch: Branch)) + "<recv response=\"100\" optional=\"true\"/><recv response=\"180\"/>\n" + Pause(200)
        + Send(First("CANCEL", "", branch: Branch), 500) + "<recv response=\"200\"/><recv response=\"487\"/>\n" + Send(First("ACK", "", branch: Branch)));

    /// <summary>No ACK ever: the agent repeats its 200 (which sipp skips by itself) and hangs up.</summary>
    public static string NoAck => Scenario(Send(First("INVITE", Sdp)) + Provisional + Ok + "<recv request=\"BYE\"/>\n" + Send(Reply("200 OK")));

    /// <summary>Hold and resume by re-INVITE.</summary>
    public static string Reinvite => Scenario(
        Send(First("INVITE", Sdp), 500) + Provisional + Ok + Send(InDialog("ACK", 1))
        + Send(InDialog("INVITE", 2, Sdp + "a=sendonly\n"), 500) + Provisional + Ok + Send(InDialog("ACK", 2)) + Pause(100)
        + Send(InDialog("INVITE", 3, Sdp + "a=sendrecv\n"), 500) + Provisional + Ok + Send(InDialog("ACK", 3)) + Bye);

    /// <summary>The agent hangs up.</summary>
    public static string AgentHangsUp => Scenario(
        Send(First("INVITE", Sdp), 500) + Provisional + Ok + Send(InDialog("ACK", 1)) + "<recv request=\"BYE\"/>\n" + Send(Reply("200 OK")));

    /// <summary>A transfer: agrees, reports that it rings and is answered, and is left.</summary>
    public static string Transferred => Scenario(
        Send(First("INVITE", Sdp), 500) + Provisional + Ok + Send(InDialog("ACK", 1)) + "<recv request=\"REFER\"/>\n" + Send(Reply("202 Accepted"))
        + Send(Report(2, "100 Trying", "active;expires=60"), 500) + Ok + Pause(50)
        + Send(Report(3, "200 OK", "terminated;reason=noresource"), 500) + Ok + "<recv request=\"BYE\"/>\n" + Send(Reply("200 OK")));

    /// <summary>Refuses a transfer, and is left.</summary>
    public static string TransferRefused => Scenario(
        Send(First("INVITE", Sdp), 500) + Provisional + Ok + Send(InDialog("ACK", 1)) + "<recv request=\"REFER\"/>\n" + Send(Reply("603 Decline"))
        + "<recv request=\"BYE\"/>\n" + Send(Reply("200 OK")));

    /// <summary>Agrees to a transfer and hangs up at once, as many phones do.</summary>
    public static string TransferredAtOnce => Scenario(
        Send(First("INVITE", Sdp), 500) + Provisional + Ok + Send(InDialog("ACK", 1)) + "<recv request=\"REFER\"/>\n" + Send(Reply("202 Accepted"))
        + Send(InDialog("BYE", 2), 500) + Ok);

    private static string Branch => "z9hG4bKs[pid]n[call_number]";

    private static string Reply(string status) => $"""
        SIP/2.0 {status}
        [last_Via:]
        [last_From:]
        [last_To:]
        [last_Call-ID:]
        [last_CSeq:]
        Contact: <sip:lab@{Me}>
        Content-Length: 0


        """;

    private static string First(string method, string body, string branch = "[branch]") =>
        Message(method, "sip:[service]@[remote_ip]:[remote_port]", 1, branch, "", "", body);

    private static string InDialog(string method, int cseq, string body = "") =>
        Message(method, "[next_url]", cseq, "[branch]", "[peer_tag_param]", "[routes]\n", body);

    private static string Report(int cseq, string status, string state) => Message("NOTIFY", "[next_url]", cseq, "[branch]", "[peer_tag_param]",
        $"[routes]\nEvent: refer\nSubscription-State: {state}\n", $"SIP/2.0 {status}\n", "message/sipfrag;version=2.0");

    private static string Message(string method, string uri, int cseq, string branch, string tag, string routes, string body, string type = "application/sdp") => $"""
        {method} {uri} SIP/2.0
        Via: SIP/2.0/[transport] {Me};branch={branch};rport
        {routes}From: "Lab" <sip:lab@{Me}>;tag=[pid]t[call_number]
        To: <sip:[service]@[remote_ip]:[remote_port]>{tag}
        Call-ID: [call_id]
        CSeq: {cseq} {method}
        Contact: <sip:lab@{Me};transport=[transport]>
        Max-Forwards: 70
        {(body.Length > 0 ? $"Content-Type: {type}\n" : "")}Content-Length: [len]

        {body}
        """;

    private static string Send(string message, int repeatMs = 0) =>
        $"<send{(repeatMs > 0 ? $" retrans=\"{repeatMs}\"" : "")}><![CDATA[\n{message}]]></send>\n";

    private static string Pause(int milliseconds) => $"<pause milliseconds=\"{milliseconds}\"/>\n";

    private static string Scenario(string steps) => $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<scenario name=\"test\">\n{steps}</scenario>\n";
}
