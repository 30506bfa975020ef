using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Telephony.Calls;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.Identity.Stir;
using Telephony.Sip.Messages;
using Telephony.Sip.Resolution;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;
using Telephony.Tests.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Tests.Calls;

/// <summary>The call layer over a whole SIP stack on virtual time and an in-memory transport; media has real sockets, on which nobody speaks.</summary>
internal sealed class CallBench : ICallHandler, IDisposable
{
    public static readonly IPEndPoint Peer = new(IPAddress.Parse("192.0.2.10"), 5070);
    private static readonly IPAddress OurAddress = IPAddress.Parse("198.51.100.5");
    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MediaClock _mediaClock;
    private readonly CallLayer _layer;
    private InMemoryTransport? _wire;
    private int _read;

    public CallBench(TelephonyOptions? options = null, string portRange = "30000-39999", StirCheck? stir = null, ILoggerFactory? loggers = null, IDnsLookup? dns = null,
        TimeSpan firstPacketTimeout = default, bool withIPv6 = false, bool withTls = false)
    {
        options ??= new TelephonyOptions();
        loggers ??= NullLoggerFactory.Instance;
        var rtpOptions = new RtpOptions { PortRange = portRange, RealTimePriority = RealTimePriority.Off, FirstPacketTimeout = firstPacketTimeout };
        Assert.True(RtpPortRange.TryParse(portRange, out var ports));
        Ports = ports;
        Metrics = new TelephonyMetrics(_metrics.GetRequiredService<IMeterFactory>());
        _mediaClock = new MediaClock(rtpOptions, Clock, loggers);
        _layer = new CallLayer(new CallServices(this, options, rtpOptions, ports, _mediaClock, Metrics, Clock, loggers.CreateLogger("calls")) { Stir = stir ?? StirCheck.Off });
        Directory = new TrunkDirectory(options.Trunks);
        Agent = new UserAgent(options.ToUserAgentOptions(Directory) with { Listen = [.. Listen(withIPv6, withTls)] }, _layer, Clock, loggers, (listen, _, _, _, _) => Open(listen), isInline: true, dns);
        _layer.Attach(Agent, Directory);
        Agent.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public ManualTimeProvider Clock { get; } = new();

    public UserAgent Agent { get; }

    public TrunkDirectory Directory { get; }

    public RtpPortRange Ports { get; }

    public TelephonyMetrics Metrics { get; }

    public InMemoryTransport Wire => _wire!;

    /// <summary>The wire for IPv6, where there is one.</summary>
    public InMemoryTransport? WireOfIPv6 { get; private set; }

    /// <summary>The wire for TLS, where there is one.</summary>
    public InMemoryTransport? WireOfTls { get; private set; }

    public int OpenDialogs => _layer.OpenDialogs;

    public (int StatusCode, string? RetryAfter) Availability { get; set; } = (200, null);

    public bool IsStopping { get; set; }

    /// <summary>What the host does with a call; by default it waits.</summary>
    public Action<Call> WhenOffered { get; set; } = _ => { };

    public List<(Call Call, CallEvents Events)> Offered { get; } = [];

    /// <summary>The latest call.</summary>
    public Call Call => Offered[^1].Call;

    /// <summary>What was told of the latest call.</summary>
    public CallEvents Events => Offered[^1].Events;

    private CallEvents OnCreated(Call call)
    {
        var events = new CallEvents();
        Offered.Add((call, events));
        return events;
    }

    public void OnCallOffered(Call call)
    {
        var events = new CallEvents();
        call.Listener = events;
        Offered.Add((call, events));
        WhenOffered(call);
    }

    /// <summary>Has a call made; <see cref="Call"/> and <see cref="Events"/> are then its.</summary>
    public DialRefusal Dial(string target = "sip:bob@192.0.2.10:5070", string? trunk = null, double ringSeconds = 30, bool mayRefer = true)
    {
        var dialling = _layer.DialAsync(new DialRequest { Target = target, Trunk = trunk, RingTimeout = TimeSpan.FromSeconds(ringSeconds), MayRefer = mayRefer, OnCreated = OnCreated });
        return dialling.GetAwaiter().GetResult();
    }

    /// <summary>Other settings from now on.</summary>
    public void Replace(TelephonyOptions options) => _layer.Replace(options, Agent.Prepare(options));

    public Task HangUpAllAsync() => _layer.HangUpAllAsync("Q.850;cause=31");

    public void Answer() => Call.Answer(new Silence(), new Silence());

    /// <summary>A request of the peer as text with LF line ends; Content-Length is added. It comes at <paramref name="at"/>, by default the address of ours that all are told.</summary>
    public void Receive(string text, IPEndPoint? from = null, IPAddress? at = null)
    {
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var body = text[(end + 2)..].ReplaceLineEndings("\r\n");
        var head = text[..end].ReplaceLineEndings("\r\n");
        Wire.Receive(Encoding.UTF8.GetBytes($"{head}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), from ?? Peer, at ?? OurAddress);
    }

    /// <summary>Everything sent since the last look.</summary>
    public List<SipMessage> TakeSent()
    {
        var fresh = Wire.Sent.Skip(_read).Select(sent => SipParser.Parse(Encoding.UTF8.GetBytes(sent.Text)).Message!).ToList();
        _read = Wire.Sent.Count;
        return fresh;
    }

    /// <summary>The latest message sent.</summary>
    public SipMessage LastSent() => SipParser.Parse(Encoding.UTF8.GetBytes(Wire.Sent[^1].Text)).Message!;

    /// <summary>The latest request of that method that was sent.</summary>
    public SipRequest LastRequest(string method) => Wire.Sent.Select(sent => SipParser.Parse(Encoding.UTF8.GetBytes(sent.Text)).Message!).OfType<SipRequest>().Last(request => request.Method == method);

    /// <summary>The latest response that was sent.</summary>
    public SipResponse LastResponse() => Wire.Sent.Select(sent => SipParser.Parse(Encoding.UTF8.GetBytes(sent.Text)).Message!).OfType<SipResponse>().Last();

    private static IEnumerable<SipListenEndPoint> Listen(bool withIPv6, bool withTls)
    {
        yield return new(SipProtocol.Udp, new IPEndPoint(IPAddress.Any, 5060));
        if (withIPv6)
            yield return new(SipProtocol.Udp, new IPEndPoint(IPAddress.IPv6Any, 5060));
        if (withTls)
            yield return new(SipProtocol.Tls, new IPEndPoint(IPAddress.Any, 5061));
    }

    private InMemoryTransport Open(SipListenEndPoint listen)
    {
        var wire = new InMemoryTransport(listen);
        if (listen.Protocol == SipProtocol.Tls)
            WireOfTls = wire;
        else if (listen.EndPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
            _wire = wire;
        else
            WireOfIPv6 = wire;
        return wire;
    }

    /// <summary>Ports come back from the media thread soon after a call's end.</summary>
    public bool AllPortsReturned() => SpinWait.SpinUntil(() => Ports.Leases == Ports.Returns, TimeSpan.FromSeconds(10));

    public void Dispose()
    {
        Agent.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _mediaClock.Dispose();
        _metrics.Dispose();
    }
}
