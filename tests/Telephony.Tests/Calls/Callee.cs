using Telephony.Sip.Messages;
using Telephony.Tests.Sip.UserAgents;

namespace Telephony.Tests.Calls;

/// <summary>Whoever our INVITE reaches: its responses as text, with a tag for each device that takes it.</summary>
internal sealed class Callee(CallBench bench)
{
    public const string Answer = "m=audio 4000 RTP/AVP 0 101|a=rtpmap:101 telephone-event/8000";

    public static readonly TelephonyOptions Options = new() { PublicAddress = "198.51.100.5", Outbound = new() { Allow = ["*@192.0.2.10:*", "+49*"], MaxCallsPerHour = 100_000, MaxCallsPerNumberPerHour = 100_000 } };

    /// <summary>Our latest INVITE.</summary>
    public SipRequest Invite { get; private set; } = null!;

    /// <summary>Has a call made, and looks at its INVITE.</summary>
    public static Callee Dialled(CallBench bench, double ringSeconds = 30, string target = "sip:bob@192.0.2.10:5070", string? trunk = null)
    {
        Assert.Equal(Telephony.Calls.DialRefusal.None, bench.Dial(target, trunk, ringSeconds));
        var callee = new Callee(bench);
        callee.Look();
        return callee;
    }

    /// <summary>A call that stands, nothing left to look at; we got our ACK.</summary>
    public static Callee Connected(CallBench bench)
    {
        var callee = Dialled(bench);
        bench.Call.Answer(new Silence(), new Silence());
        Assert.Equal("ACK", callee.Respond(200, sdp: Answer));
        return callee;
    }

    /// <summary>Answers the latest INVITE; returns the methods and codes sent back.</summary>
    public string Respond(int statusCode, string tag = "bob", string sdp = "", string headers = "")
    {
        bench.Receive(Text(Invite, statusCode, tag, sdp, headers));
        return Look();
    }

    /// <summary>Answers another request of ours: CANCEL, PRACK, BYE.</summary>
    public string RespondTo(string method, int statusCode = 200)
    {
        var request = bench.Wire.Sent.Select(sent => Parse(sent.Text)).OfType<SipRequest>().Last(sent => sent.Method == method);
        bench.Receive(PeerScript.Response(request, statusCode) + "\n");
        return Look();
    }

    /// <summary>A request of the callee within the dialog.</summary>
    public string Request(string method, string tag = "bob", int cseq = 1, string headers = "", string body = "")
    {
        bench.Receive($"""
            {method} {Invite.Contact!.Uri} SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bKcallee{method}{cseq}{tag}
            Max-Forwards: 70
            From: {Invite.To};tag={tag}
            To: {Invite.From}
            Call-ID: {Invite.CallId}
            CSeq: {cseq} {method}
            Contact: <sip:bob@192.0.2.10:5070>

            """.ReplaceLineEndings("\n") + headers + "\n" + body);
        return Look();
    }

    /// <summary>Takes an INVITE that somebody else has looked at.</summary>
    public void Take(SipRequest invite) => Invite = invite;

    /// <summary>Looks at what was sent by itself.</summary>
    public string Look()
    {
        var sent = bench.TakeSent();
        if (sent.OfType<SipRequest>().LastOrDefault(request => request.Method == SipMethods.Invite) is { } invite)
            Invite = invite;
        return string.Join(' ', sent.Select(message => message is SipResponse response ? $"{response.StatusCode}" : ((SipRequest)message).Method));
    }

    /// <summary>The latest request of that method that we sent.</summary>
    public SipRequest Last(string method) => bench.Wire.Sent.Select(sent => Parse(sent.Text)).OfType<SipRequest>().Last(request => request.Method == method);

    private static SipMessage Parse(string text) => SipParser.Parse(System.Text.Encoding.UTF8.GetBytes(text)).Message!;

    private static string Text(SipRequest invite, int statusCode, string tag, string sdp, string headers)
    {
        var to = tag.Length == 0 || statusCode == 100 ? $"{invite.To}" : $"{invite.To};tag={tag}";
        var type = sdp.Length == 0 ? "" : "Content-Type: application/sdp\n";
        return $"""
            SIP/2.0 {statusCode} Whatever
            Via: {invite.Headers.GetFirst(HeaderNames.Via)}
            From: {invite.From}
            To: {to}
            Call-ID: {invite.CallId}
            CSeq: {invite.CSeq}
            Contact: <sip:{(tag.Length == 0 ? "bob" : tag)}@192.0.2.10:5070>

            """.ReplaceLineEndings("\n") + headers + type + "\n" + Phone.Sdp(sdp);
    }
}
