using System.Net;
using Telephony.Sip.Authentication;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>A user's phone as text: registers, calls, and answers challenges with its password.</summary>
internal sealed class PhoneScript(Func<string, IPEndPoint, SipResponse> exchange, string user = "alice", string password = PhoneScript.Password)
{
    public const string Password = "CANARY-secret-of-alice";

    private int _branch;

    public PhoneScript(SipBench bench, string user = "alice", string password = Password)
        : this((text, from) => Exchange(bench, text, from), user, password)
    {
    }

    public string CallId { get; set; } = $"registration-of-{user}";

    public int CSeq { get; set; }

    public IPEndPoint Address { get; set; } = SipBench.Peer;

    public string Contact { get; set; } = $"<sip:{user}@192.0.2.10:5070>";

    public string From { get; set; } = user;

    public string To { get; set; } = user;

    /// <summary>What it logs in with.</summary>
    public DigestAccount Account { get; } = new(user, password);

    /// <summary>The latest credentials sent; null before the first.</summary>
    public string? Authorization { get; private set; }

    /// <summary>Registers, with credentials when asked.</summary>
    public SipResponse Register(string headers = "", string? contact = null) => Send("REGISTER", "sip:198.51.100.5", (contact ?? Contact) is { Length: > 0 } value
        ? $"Contact: {value}\n{headers}" : headers);

    /// <summary>Calls, with credentials when asked; the ACK of the challenge is sent.</summary>
    public SipResponse Invite() => Send("INVITE", "sip:agent@198.51.100.5", $"Contact: {Contact}\nContent-Type: application/sdp\n", SipBench.Sdp);

    /// <summary>Sends a request, and again as long as its challenges can be answered.</summary>
    public SipResponse Send(string method, string requestUri, string headers, string body = "")
    {
        var client = new DigestClient(Account);
        var response = Exchange(method, requestUri, headers, body);
        while (client.TryAnswer(Request(method, requestUri), response, out var authorization))
        {
            Authorization = authorization.Value.Value;
            response = Exchange(method, requestUri, $"{headers}Authorization: {Authorization}\n", body);
        }
        return response;
    }

    /// <summary>Sends a request once, as it is.</summary>
    public SipResponse Exchange(string method, string requestUri, string headers, string body = "")
    {
        var branch = $"z9hG4bK{CallId}{++_branch}";
        var response = exchange(Text(method, requestUri, branch, ++CSeq, headers, body), Address);
        if (method == "INVITE" && response.StatusCode >= 300)
            exchange(Text("ACK", requestUri, branch, CSeq, "", ""), Address);
        return response;
    }

    private static SipResponse Exchange(SipBench bench, string text, IPEndPoint from)
    {
        bench.TakeSent();
        bench.Receive(text, from);
        return bench.LastResponse();
    }

    private static SipRequest Request(string method, string requestUri) =>
        SipUri.TryParse(requestUri, out var uri) ? new SipRequest(method, uri) : throw new ArgumentException(requestUri);

    private string Text(string method, string requestUri, string branch, int cseq, string headers, string body) =>
        $"""
        {method} {requestUri} SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.10:5070;rport;branch={branch}
        Max-Forwards: 70
        From: <sip:{From}@198.51.100.5>;tag=phone
        To: <sip:{(method == "REGISTER" ? To : "agent")}@198.51.100.5>
        Call-ID: {CallId}
        CSeq: {cseq} {method}

        """.ReplaceLineEndings("\n") + headers + "\n" + body;
}
