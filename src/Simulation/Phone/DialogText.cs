using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Simulation.Phone;

/// <summary>The caller's end of its one dialog: who is who, where requests go, and their text (RFC 3261 section 12).</summary>
/// <remarks>Owned by <see cref="CallerDialog"/>'s loop.</remarks>
internal sealed class DialogText
{
    private const string Allow = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO\r\n";

    private readonly string _from;
    private readonly string _viaSentBy;
    private readonly string _transport;
    private readonly string _contact;
    private string _to;
    private string _remoteTarget;
    private string _routes = "";
    private uint _cseq;

    public DialogText(CallerOptions options, SipTarget target, ISipLine line, IPEndPoint firstHop)
    {
        _transport = line.Transport;
        _viaSentBy = line.LocalEndPoint.ToString();
        _contact = $"<sip:{options.CallerNumber}@{_viaSentBy}{(_transport == "TCP" ? ";transport=tcp" : "")}>";
        _from = $"\"{options.DisplayName}\" <sip:{options.CallerNumber}@{HostText(line.LocalEndPoint.Address)}>;tag={NewToken()}";
        _to = $"<{target.RequestUri}>";
        _remoteTarget = target.RequestUri;
        NextHop = firstHop;
        CallId = $"{NewToken()}@{HostText(line.LocalEndPoint.Address)}";
    }

    /// <summary>The Call-ID header of every message of the call.</summary>
    public string CallId { get; }

    /// <summary>Where the next request is sent.</summary>
    public IPEndPoint NextHop { get; private set; }

    /// <summary>Takes the number for the next request.</summary>
    public uint NextCSeq() => ++_cseq;

    /// <summary>A fresh branch with RFC 3261's cookie.</summary>
    public static string NewBranch() => "z9hG4bK" + NewToken();

    /// <summary>Takes remote tag, route set and remote target from the 2xx to the first INVITE.</summary>
    public void Establish(SipText answer)
    {
        _to = answer["To"];
        var routes = string.Join(',', answer.Lines("Record-Route")).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Array.Reverse(routes);
        _routes = string.Concat(routes.Select(r => $"Route: {r}\r\n"));
        Retarget(answer);
        if (routes.Length > 0)
            NextHop = SipTarget.LiteralEndPoint(SipText.Uri(routes[0])) ?? NextHop;
        else
            NextHop = SipTarget.LiteralEndPoint(_remoteTarget) ?? NextHop;
    }

    /// <summary>Takes a new remote target from the Contact of a message of the far side.</summary>
    public void Retarget(SipText message)
    {
        if (message["Contact"].Length > 0)
            _remoteTarget = SipText.Uri(message["Contact"]);
    }

    /// <summary>A request; after <see cref="Establish"/> it is one inside the dialog.</summary>
    public byte[] Request(string method, uint cseq, string branch, string extraHeaders = "", string contentType = "", string body = "") =>
        Encoding.UTF8.GetBytes(
            $"{method} {_remoteTarget} SIP/2.0\r\n" +
            $"Via: SIP/2.0/{_transport} {_viaSentBy};rport;branch={branch}\r\n" +
            "Max-Forwards: 70\r\n" + _routes +
            $"From: {_from}\r\nTo: {_to}\r\nCall-ID: {CallId}\r\nCSeq: {cseq} {method}\r\n" +
            (method is "INVITE" or "OPTIONS" ? $"Contact: {_contact}\r\n{Allow}" : "") +
            "User-Agent: VoiceAgent-SimulatedCaller\r\n" + extraHeaders + Content(contentType, body));

    /// <summary>The ACK of a final answer other than 2xx: same branch, the answer's To (RFC 3261 section 17.1.1.3).</summary>
    public byte[] AckOfRefusal(SipText refusal, string branch)
    {
        var established = _to;
        _to = refusal["To"];
        var ack = Request("ACK", refusal.CSeqNumber, branch);
        _to = established;
        return ack;
    }

    /// <summary>A response to a request of the far side.</summary>
    public byte[] Response(SipText request, int statusCode, string reasonPhrase, string contentType = "", string body = "") =>
        Encoding.UTF8.GetBytes(
            $"SIP/2.0 {statusCode} {reasonPhrase}\r\n" +
            string.Concat(request.Lines("Via").Select(v => $"Via: {v}\r\n")) +
            string.Concat(request.Lines("Record-Route").Select(r => $"Record-Route: {r}\r\n")) +
            $"From: {request["From"]}\r\nTo: {request["To"]}\r\nCall-ID: {request["Call-ID"]}\r\nCSeq: {request["CSeq"]}\r\n" +
            $"Contact: {_contact}\r\n{Allow}" + Content(contentType, body));

    private static string Content(string contentType, string body) =>
        (body.Length > 0 ? $"Content-Type: {contentType}\r\n" : "") + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    private static string HostText(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private static string NewToken() => RandomNumberGenerator.GetHexString(16, lowercase: true);
}
