using System.Net;
using Telephony.Sdp;
using Telephony.Sip.Messages;
using Telephony.Tests.Sdp;
using Telephony.Tests.Sip.UserAgents;

namespace Telephony.Tests.Calls;

/// <summary>A caller on a <see cref="CallBench"/>: its requests, and what they were answered with.</summary>
internal sealed class Phone(CallBench bench, string callId = "call-1@192.0.2.10")
{
    public const string Offer = "m=audio 4000 RTP/AVP 0 8 101|a=rtpmap:101 telephone-event/8000";

    public PeerScript Script { get; } = new() { CallId = callId };

    /// <summary>The description that the latest 200 brought.</summary>
    public SessionDescription? Heard { get; private set; }

    /// <summary>A description with the given lines, a bar between them; a c= line of its own replaces the usual one.</summary>
    public static string Sdp(string lines) => lines.Length == 0 ? ""
        : "v=0\no=phone 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n" + lines.Replace('|', '\n') + "\n";

    /// <summary>INVITE; returns the codes sent back.</summary>
    public string Invite(string lines = Offer) => Send(Script.Invite(Sdp(lines)));

    /// <summary>INVITE with further header lines; returns the codes sent back.</summary>
    public string InviteWith(string headers, string lines = Offer, IPEndPoint? from = null)
    {
        bench.Receive(Script.Invite(Sdp(lines), headers), from);
        return Look();
    }

    /// <summary>INVITE that takes the place of another phone's call.</summary>
    public string Replace(Phone other, string lines = Offer, IPEndPoint? from = null) =>
        InviteWith($"Replaces: {other.Script.CallId};to-tag={other.Script.ToTag};from-tag={other.Script.FromTag}\n", lines, from);

    public string Reinvite(string lines = Offer) => Send(Script.Reinvite(Sdp(lines)));

    public string Ack(string lines = "") => Send(Script.Ack(Sdp(lines)));

    public string Cancel() => Send(Script.Cancel());

    public string Bye() => Send(Script.Bye());

    public string Info(string contentType, string body) =>
        Send(Script.InDialog("INFO", contentType.Length == 0 ? "" : $"Content-Type: {contentType}\n", body));

    /// <summary>UPDATE that changes nothing.</summary>
    public string Update() => Send(Script.InDialog("UPDATE"));

    /// <summary>Asks us to call somebody else.</summary>
    public string Refer(string to) => Send(Script.InDialog("REFER", $"Refer-To: {to}\n"));

    /// <summary>REFER with these header lines.</summary>
    public string ReferWith(string headers) => Send(Script.InDialog("REFER", headers));

    /// <summary>Reports how a transfer goes.</summary>
    public string Notify(string report, string headers = "Event: refer\nSubscription-State: active;expires=60\nContent-Type: message/sipfrag;version=2.0\n") =>
        Send(Script.InDialog("NOTIFY", headers, report));

    /// <summary>Answers our latest request.</summary>
    public void Respond(int statusCode = 200) => Respond((SipRequest)bench.LastSent(), statusCode);

    /// <summary>Answers a request of ours.</summary>
    public void Respond(SipRequest request, int statusCode = 200) => bench.Receive(PeerScript.Response(request, statusCode) + "\n");

    /// <summary>Looks at what was sent by itself, as by a command of the host.</summary>
    public string Look()
    {
        var sent = bench.TakeSent();
        foreach (var response in sent.OfType<SipResponse>().Where(response => response.To.Tag is not null))
        {
            Script.Learn(response);
            if (response.StatusCode == 200 && SdpParser.TryParse(response.Body.Span, out var description))
                Heard = description;
        }
        return string.Join(' ', sent.Select(Line).Where(line => line != "100"));
    }

    /// <summary>A call that is up, with nothing left to look at.</summary>
    public static Phone Connected(CallBench bench, string lines = Offer, string callId = "call-1@192.0.2.10")
    {
        var phone = new Phone(bench, callId);
        phone.Invite(lines);
        bench.Answer();
        phone.Look();
        phone.Ack();
        return phone;
    }

    /// <summary>The m= and a= lines of the latest 200, the port that was leased written as PORT.</summary>
    public string[] HeardLines => Heard is null ? [] : [.. Describe.MediaLines(Heard).Select(line => line.Replace($"audio {Heard.Media[0].Port} ", "audio PORT ", StringComparison.Ordinal))];

    private static string Line(SipMessage message) => message is SipResponse response ? $"{response.StatusCode}" : ((SipRequest)message).Method;

    private string Send(string text)
    {
        bench.Receive(text);
        return Look();
    }
}
