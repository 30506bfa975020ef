using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Support;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;
using Telephony.Tests.Sip.Resolution;
using Telephony.Tests.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Tests.Sip.Registration;

/// <summary>A user agent with trunks on virtual time, memory in place of sockets and name servers, and servers that answer as scripted.</summary>
internal sealed class TrunkBench : IUserAgentHandler, ILoggerFactory
{
    public static readonly IPAddress OurAddress = IPAddress.Parse("198.51.100.5");

    private readonly List<InMemoryTransport> _transports = [];
    private readonly LogLines<TrunkBench> _log = new();
    private readonly Dictionary<InMemoryTransport, int> _read = [];

    /// <summary>Starts with one trunk, or several, and sockets of one protocol, or two.</summary>
    public TrunkBench(Dictionary<string, TrunkOptions> trunks, SipProtocol protocol = SipProtocol.Udp, TimeSpan spread = default, SipProtocol? second = null, params string[] zone)
    {
        Zone = new(zone);
        Directory = new(trunks);
        var options = new UserAgentOptions
        {
            Listen = [.. new[] { protocol, second ?? protocol }.Distinct().SelectMany(Both)],
            Trunks = Directory,
            RegistrationSpread = spread,
        };
        Agent = new(options, this, Clock, this, (listen, _, _, _, _) =>
        {
            _transports.Add(new InMemoryTransport(listen));
            return _transports[^1];
        }, isInline: true, Zone);
        Agent.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>One registering trunk named "provider".</summary>
    public TrunkBench(string server, Func<string, SipRequest, string?> whenAsked, SipProtocol protocol = SipProtocol.Udp, params string[] zone)
        : this(new Dictionary<string, TrunkOptions> { ["provider"] = Registering(server) }, protocol, zone: zone)
    {
        WhenAsked = whenAsked;
        Serve();
    }

    public ManualTimeProvider Clock { get; } = new();

    public ZoneLookup Zone { get; }

    public TrunkDirectory Directory { get; }

    public UserAgent Agent { get; }

    public IReadOnlyList<string> Log => _log.Lines;

    /// <summary>The answer of the server at an address to a request: a status and header lines, or null for silence.</summary>
    public Func<string, SipRequest, string?> WhenAsked { get; set; } = (_, _) => null;

    /// <summary>The connection that answers come on; null for datagrams.</summary>
    public FakeConnection? Connection { get; set; }

    /// <summary>Every request sent: when, where to, and what.</summary>
    public List<(TimeSpan At, string To, SipRequest Request)> Requests { get; } = [];

    public TrunkStatus Status => Agent.TrunkStatuses[0];

    public TimeSpan Now => Clock.GetElapsedTime(0);

    public bool IsBroken { set => _transports.ForEach(transport => transport.IsBroken = value); }

    public static TrunkOptions Registering(string server) => new() { Server = server, Register = true, Username = "me", Password = "secret", OptionsInterval = TimeSpan.Zero };

    /// <summary>Other trunks from now on, without calls of the former ones.</summary>
    public void Replace(Dictionary<string, TrunkOptions> trunks)
    {
        var options = new TelephonyOptions();
        foreach (var (name, trunk) in trunks)
            options.Trunks.Add(name, trunk);
        Agent.Replace(Agent.Prepare(options), _ => false);
        Serve();
    }

    /// <summary>REGISTER requests, as <c>seconds server expiry</c>.</summary>
    public string[] Registers => [.. Requests.Where(sent => sent.Request.Method == SipMethods.Register)
        .Select(sent => FormattableString.Invariant($"{sent.At.TotalSeconds:0.0} {sent.To} {sent.Request.Headers.GetFirst(HeaderNames.Expires)}"))];

    /// <summary>Moves the clock in steps of 50 ms; servers answer at once.</summary>
    public void Advance(double seconds)
    {
        for (var end = Now + TimeSpan.FromSeconds(seconds); Now < end;)
        {
            var step = end - Now;
            Clock.Advance(step < TimeSpan.FromMilliseconds(50) ? step : TimeSpan.FromMilliseconds(50));
            Serve();
        }
    }

    /// <summary>Answers what was sent since, and what follows from that.</summary>
    public void Serve()
    {
        for (var isIdle = false; !isIdle;)
        {
            isIdle = true;
            foreach (var transport in _transports)
            {
                for (var i = _read.GetValueOrDefault(transport); i < transport.Sent.Count; i++, isIdle = false)
                {
                    _read[transport] = i + 1;
                    if (SipParser.Parse(Encoding.UTF8.GetBytes(transport.Sent[i].Text)).Message is SipRequest request)
                        Serve(transport, request, transport.Sent[i].To);
                }
            }
        }
    }

    /// <summary>What a server says later to a request.</summary>
    public void Answer(SipRequest request, string answer, IPEndPoint from) => Answer(_transports[0], request, answer, from);

    void IUserAgentHandler.OnInvite(UserAgentServer invite) => invite.Reject(480);

    OptionsAnswer IUserAgentHandler.OptionsStatus() => new(200);

    void ILoggerFactory.AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    ILogger ILoggerFactory.CreateLogger(string categoryName) => _log;

    void IDisposable.Dispose()
    {
        // Nothing is held.
    }

    private static SipListenEndPoint[] Both(SipProtocol protocol) => [new(protocol, new IPEndPoint(OurAddress, 5060)), new(protocol, new IPEndPoint(IPAddress.Parse("2001:db8::5"), 5060))];

    private void Serve(InMemoryTransport transport, SipRequest request, IPEndPoint to)
    {
        Requests.Add((Now, to.ToString(), request));
        if (WhenAsked(to.ToString(), request) is { } answer)
            Answer(transport, request, answer, to);
    }

    private void Answer(InMemoryTransport transport, SipRequest request, string answer, IPEndPoint from)
    {
        var lines = answer.Split('\n');
        var seenAs = Array.Find(lines, line => line.StartsWith("seen ", StringComparison.Ordinal));
        var via = request.TopVia.ToString().Replace(";rport", seenAs is null ? ";rport" : $";received={seenAs.Split(' ')[1]};rport={seenAs.Split(' ')[2]}", StringComparison.Ordinal);
        var text = new StringBuilder($"SIP/2.0 {lines[0]} Whatever\r\nVia: {via}\r\n");
        foreach (var name in new[] { HeaderNames.From, HeaderNames.To, HeaderNames.CallId, HeaderNames.CSeq })
            text.Append(name).Append(": ").Append(request.Headers.GetFirst(name)).Append("\r\n");
        if (lines[0] == "200" && request.Contact is { } contact)
            text.Append("Contact: ").Append(contact).Append("\r\n");
        foreach (var line in lines.Skip(1).Where(line => line != seenAs))
            text.Append(line).Append("\r\n");
        transport.Receive(Encoding.UTF8.GetBytes(text.Append("Content-Length: 0\r\n\r\n").ToString()), from, OurAddress, Connection);
    }
}
