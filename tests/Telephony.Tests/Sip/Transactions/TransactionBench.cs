using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Telephony.Sip.Admission;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;
using Telephony.Tests.Sip.Messages;
using Telephony.Tests.Sip.Transport;

namespace Telephony.Tests.Sip.Transactions;

/// <summary>A transaction layer by itself, on virtual time: its user writes down what it is told.</summary>
internal sealed class TransactionBench : ITransactionUser, IClientTransactionUser, ISignalingLoop
{
    private static readonly IPEndPoint Peer = new(IPAddress.Parse("192.0.2.10"), 5070);

    private readonly SipFlow _flow;
    private readonly long _start;
    private int _read;

    public TransactionBench(SipProtocol protocol = SipProtocol.Udp)
    {
        Wire = new(new(protocol, new IPEndPoint(IPAddress.Any, 5060)));
        _flow = new(Wire, Peer, IPAddress.Parse("198.51.100.5"), protocol == SipProtocol.Tcp ? new FakeConnection() : null);
        Layer = new(this, new TimerQueue(Clock, this), new SipTimers(), maxTransactions: 100, this, new SipMetrics(() => 0, () => 0, () => 0, () => 0), NullLogger.Instance);
        _start = Clock.GetTimestamp();
    }

    public ManualTimeProvider Clock { get; } = new();

    public InMemoryTransport Wire { get; }

    public TransactionLayer Layer { get; }

    public List<string> Events { get; } = [];

    public ServerTransaction? Server { get; private set; }

    public void Receive(string text) => Layer.OnMessage(InboundMessage.From(SipParser.Parse(MessageText.Bytes(text + "\n")), _flow));

    public void ReceiveRequest(string method, string branch = "z9hG4bKone", string toTag = "") => Receive(
        $"{method} sip:agent@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.10:5070;branch={branch}\nFrom: <sip:a@192.0.2.10>;tag=a\n"
        + $"To: <sip:agent@198.51.100.5>{toTag}\nCall-ID: x\nCSeq: 1 {method}\n");

    public void Respond(int statusCode) => Server!.Respond(SipResponse.For(Server.Request, statusCode, toTag: "b"));

    public ClientTransaction SendRequest(string method) => Layer.Send(
        MessageText.Request(
            $"{method} sip:a@192.0.2.10 SIP/2.0\nVia: SIP/2.0/UDP placeholder\nRoute: <sip:192.0.2.10;lr>\nFrom: <sip:b@198.51.100.5>;tag=b\n"
            + $"To: <sip:a@192.0.2.10>\nCall-ID: x\nCSeq: 7 {method}\n\n").WithoutVia(),
        _flow,
        this);

    public void ReceiveResponse(ClientTransaction to, int statusCode) => Receive(
        $"SIP/2.0 {statusCode} X\nVia: {to.Request.TopVia}\nFrom: <sip:b@198.51.100.5>;tag=b\nTo: <sip:a@192.0.2.10>;tag=a{statusCode}\nCall-ID: x\nCSeq: {to.Request.CSeq}\n");

    /// <summary>Seconds at which messages leave until then, with their start lines' first word that tells them apart.</summary>
    public (double At, string What)[] SentUntil(double seconds)
    {
        var log = new List<(double, string)>();
        Collect(log);
        while (Now < seconds - 0.0001)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(100));
            Collect(log);
        }
        return [.. log];
    }

    public string[] TakeSent()
    {
        var log = new List<(double, string What)>();
        Collect(log);
        return [.. log.Select(entry => entry.What)];
    }

    public void Advance(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    public bool TryPost(Action work, string? sipCallId)
    {
        work();
        return true;
    }

    public void Run(Action work, string? sipCallId) => work();

    bool ITransactionUser.HasDialog(SipRequest request) => request.To.Tag is not null;

    Admittance ITransactionUser.Admit(SipRequest request, SipFlow flow, out string? user)
    {
        user = null;
        return Admittance.Welcome;
    }

    bool ITransactionUser.MayAnswer(SipFlow flow) => true;

    void ITransactionUser.OnRequest(ServerTransaction transaction)
    {
        Server = transaction;
        Events.Add(transaction.Request.Method);
    }

    void ITransactionUser.OnCancel(ServerTransaction cancel, InviteServerTransaction? invite)
    {
        Server = cancel;
        Events.Add(invite is null ? "cancel of nothing" : "cancel of invite");
    }

    void ITransactionUser.OnAck(SipRequest ack, SipFlow flow) => Events.Add("ACK");

    void ITransactionUser.OnTransportError(ServerTransaction transaction) => Events.Add("transport error");

    void IClientTransactionUser.OnResponse(SipRequest request, SipResponse response) => Events.Add($"{response.StatusCode}");

    void IClientTransactionUser.OnFailed(SipRequest request, bool isTimeout) => Events.Add(isTimeout ? "timeout" : "failed");

    private double Now => Math.Round((Clock.GetTimestamp() - _start) / (double)TimeSpan.TicksPerSecond, 3);

    private void Collect(List<(double, string)> log)
    {
        for (; _read < Wire.Sent.Count; _read++)
        {
            var words = Wire.Sent[_read].Text.Split(' ', 3);
            log.Add((Now, words[0] == "SIP/2.0" ? words[1] : words[0]));
        }
    }
}

internal static class RequestBuilding
{
    /// <summary>As a transaction's user builds it: the layer adds the Via.</summary>
    public static SipRequest WithoutVia(this SipRequest request)
    {
        request.Headers.Remove(HeaderNames.Via);
        return request;
    }
}
