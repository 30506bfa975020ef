using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Support;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;
using Telephony.Tests.Sip.Transport;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>An assembled user agent on virtual time and an in-memory transport: raw SIP text in and out, and a host that writes down what it is told.</summary>
internal sealed class SipBench : IUserAgentHandler, IInviteHandler
{
    public const string Sdp = "v=0\r\n";

    public static readonly IPEndPoint Peer = new(IPAddress.Parse("192.0.2.10"), 5070);
    public static readonly IPAddress OurAddress = IPAddress.Parse("198.51.100.5");

    private readonly List<InMemoryTransport> _transports = [];
    private int _read;

    public SipBench(SipProtocol protocol = SipProtocol.Udp, Func<UserAgentOptions, UserAgentOptions>? configure = null)
    {
        var options = new UserAgentOptions { Listen = [new(protocol, new IPEndPoint(IPAddress.Any, 5060))] };
        Agent = new(configure?.Invoke(options) ?? options, this, Clock, new Loggers(Log), (listen, _, _, _, _) =>
        {
            _transports.Add(new InMemoryTransport(listen));
            return _transports[^1];
        }, isInline: true);
        Agent.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public ManualTimeProvider Clock { get; } = new();

    /// <summary>What the stack logged.</summary>
    public LogLines<UserAgent> Log { get; } = new();

    public UserAgent Agent { get; }

    public InMemoryTransport Wire => _transports[0];

    public InMemoryTransport SecondWire => _transports[1];

    /// <summary>The connection that messages arrive on; null for datagrams.</summary>
    public FakeConnection? Connection { get; set; }

    /// <summary>What the host was told, in order.</summary>
    public List<string> Events { get; } = [];

    /// <summary>The latest call.</summary>
    public UserAgentServer? Call { get; private set; }

    public ReinviteServer? Reinvite { get; private set; }

    /// <summary>What the host does with an INVITE; by default it waits.</summary>
    public Action<UserAgentServer> WhenInvited { get; set; } = _ => { };

    public Action<ReinviteServer> WhenReinvited { get; set; } = _ => { };

    public Action WhenAcked { get; set; } = () => { };

    public (int, string?) Options { get; set; } = (200, null);

    /// <summary>What offers outside of INVITE are answered with.</summary>
    public OfferReply Reply { get; set; } = new(200, Encoding.UTF8.GetBytes(Sdp));

    /// <summary>Text with LF line ends, as from the peer; Content-Length is added.</summary>
    public void Receive(string text, IPEndPoint? from = null)
    {
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var body = end < 0 ? "" : text[(end + 2)..];
        var head = (end < 0 ? text.TrimEnd('\n') : text[..end]).ReplaceLineEndings("\r\n");
        ReceiveRaw(Encoding.UTF8.GetBytes($"{head}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), from);
    }

    public void ReceiveRaw(byte[] bytes, IPEndPoint? from = null) => Wire.Receive(bytes, from ?? Peer, OurAddress, Connection);

    /// <summary>Everything sent since the last look.</summary>
    public IReadOnlyList<string> TakeSent()
    {
        var fresh = Wire.Sent.Skip(_read).Select(sent => sent.Text).ToList();
        _read = Wire.Sent.Count;
        return fresh;
    }

    /// <summary>Start lines of everything sent since the last look, without <c>SIP/2.0</c>.</summary>
    public string[] TakeStartLines() =>
        [.. TakeSent().Select(text => text.Split("\r\n")[0].Replace("SIP/2.0", "", StringComparison.Ordinal).Trim())];

    /// <summary>The latest message sent.</summary>
    public SipMessage LastSent() => SipParser.Parse(Encoding.UTF8.GetBytes(Wire.Sent[^1].Text)).Message!;

    public SipResponse LastResponse() => Assert.IsType<SipResponse>(LastSent());

    public SipRequest LastRequest() => Assert.IsType<SipRequest>(LastSent());

    public void Advance(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>A call that is answered, and confirmed if wanted; nothing is left to look at.</summary>
    public PeerScript Answered(bool isAcked = true, Action<PeerScript>? configure = null)
    {
        var peer = new PeerScript();
        configure?.Invoke(peer);
        Receive(peer.Invite());
        Call!.Accept(Encoding.UTF8.GetBytes(Sdp));
        peer.Learn(LastResponse());
        if (isAcked)
            Receive(peer.Ack());
        TakeSent();
        Events.Clear();
        return peer;
    }

    void IUserAgentHandler.OnInvite(UserAgentServer invite)
    {
        Call = invite;
        invite.Handler = this;
        Events.Add("invite");
        WhenInvited(invite);
    }

    OptionsAnswer IUserAgentHandler.OptionsStatus() => new(Options.Item1, Options.Item2);

    void IInviteHandler.OnCancelled() => Events.Add("cancelled");

    void IInviteHandler.OnAck(ReadOnlyMemory<byte> body, string? contentType)
    {
        Events.Add($"ack {body.Length}");
        WhenAcked();
    }

    void IInviteHandler.OnAckTimeout() => Events.Add("ack timeout");

    bool IInviteHandler.OnEarlyAnswer(ReadOnlyMemory<byte> answer)
    {
        Events.Add($"early answer {answer.Length}");
        return !answer.IsEmpty;
    }

    OfferReply IInviteHandler.OnOffer(ReadOnlyMemory<byte> offer)
    {
        Events.Add($"offer {offer.Length}");
        return Reply;
    }

    ReadOnlyMemory<byte> IInviteHandler.OnOfferDue() => Encoding.UTF8.GetBytes(Sdp);

    void IInviteHandler.OnReoffered(int statusCode, ReadOnlyMemory<byte> answer, bool isTriedAgain) => Events.Add($"reoffered {statusCode} {answer.Length}");

    void IInviteHandler.OnSessionLost() => Events.Add("session lost");

    void IInviteHandler.OnReinvite(ReinviteServer reinvite)
    {
        Reinvite = reinvite;
        reinvite.OnAck = (body, _) => Events.Add($"reinvite ack {body.Length}");
        Events.Add("reinvite");
        WhenReinvited(reinvite);
    }

    int IInviteHandler.OnInfo(SipRequest info)
    {
        Events.Add($"info {info.ContentType}");
        return info.ContentType == "application/dtmf-relay" ? 200 : 415;
    }

    void IInviteHandler.OnTransferEnded(TransferOutcome outcome) => Events.Add($"transfer {outcome.End} {outcome.StatusCode}");

    void IInviteHandler.OnBye(string? reason) => Events.Add(reason is null ? "bye" : $"bye {reason}");

    void IInviteHandler.OnByeCompleted() => Events.Add("bye completed");

    void IInviteHandler.OnPrackTimeout() => Events.Add("prack timeout");

    void IInviteHandler.OnTransportFailed() => Events.Add("transport failed");

    private sealed class Loggers(LogLines<UserAgent> lines) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => lines;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
