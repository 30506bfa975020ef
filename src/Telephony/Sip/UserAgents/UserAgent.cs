using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Telephony.Nat;
using Telephony.Sip.Admission;
using Telephony.Sip.Ladders;
using Telephony.Sip.Registrar;
using Telephony.Sip.Resolution;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.UserAgents;

/// <summary>The SIP stack assembled: sockets, transactions, dialogs, and one signalling loop that owns them.</summary>
public sealed class UserAgent : IAsyncDisposable
{
    private readonly List<ISipTransport> _transports;
    private readonly SignalingLoop _loop;
    private readonly TimerQueue _timers;
    private readonly UserAgentCore _core;
    private readonly SipMetrics _metrics;
    private readonly ILogger _logger;
    private readonly PublicAddressFinder? _finder;
    private readonly HepExporter? _copies;
    private bool _isStopped;

    /// <summary>Builds the stack; nothing is bound before <see cref="StartAsync"/>.</summary>
    /// <param name="options">Where to listen, and limits.</param>
    /// <param name="handler">Who takes the calls.</param>
    /// <param name="timeProvider">All timers run on it.</param>
    /// <param name="loggerFactory">Gets the stack's logs.</param>
    public UserAgent(UserAgentOptions options, IUserAgentHandler handler, TimeProvider timeProvider, ILoggerFactory loggerFactory)
        : this(options, handler, timeProvider, loggerFactory, CreateTransport, isInline: false)
    {
    }

    /// <summary>For tests: other transports, other name servers, and a loop that works at once on the calling thread.</summary>
    internal UserAgent(UserAgentOptions options, IUserAgentHandler handler, TimeProvider timeProvider, ILoggerFactory loggerFactory,
        TransportFactory createTransport, bool isInline, IDnsLookup? dns = null)
    {
        _logger = loggerFactory.CreateLogger<UserAgent>();
        var gate = new SourceGate(options.Access, options.Strangers, StandingOf, timeProvider, _logger);
        SourceStanding StandingOf(IPEndPoint sender) => options.Trunks.OfCalls(sender.Address) is not null ? SourceStanding.Exempt
            : _core?.Desk.Locations.StandingOf(sender) ?? SourceStanding.Stranger;
        options = options with { Gate = gate, Own = OwnAddressesOf(options) };
        _metrics = new(() => _core?.Layer.Count ?? 0, () => _core?.Dialogs.Count ?? 0, CountConnections, () => gate.BanCount, options.MeterName, options.Meters);
        _copies = HepExporter.Create(options.Hep, _metrics, timeProvider);
        options = options with { Ladders = new SipLadders(timeProvider) { Export = _copies } };
        _loop = new(_logger, isInline);
        _timers = new(timeProvider, _loop);
        _transports = options.Listen.Select(listen => createTransport(listen, options, _metrics, timeProvider, _logger)).ToList();
        dns ??= NameLookup.Create(options.Dns, timeProvider);
        _finder = options.PublicAddressFrom is { } setting ? new PublicAddressFinder(setting, options.Own, dns, timeProvider, _logger) : null;
        var locator = new SipServerLocator(dns, options.Listen, options.Dns.PreferIPv6, Random.Shared);
        var admission = new RequestAdmission(options.Trunks, options.Strangers, timeProvider, _logger);
        _core = new(options, handler, _transports, _loop, _timers, _metrics, locator, admission, timeProvider, _logger);
    }

    /// <summary>Makes the transport of one listen endpoint.</summary>
    internal delegate ISipTransport TransportFactory(SipListenEndPoint listen, UserAgentOptions options, SipMetrics metrics, TimeProvider timeProvider, ILogger logger);

    /// <summary>Where it listens, with the ports really bound where 0 was asked for.</summary>
    public IReadOnlyList<SipListenEndPoint> ListenEndPoints => [.. _transports.Select(transport => transport.LocalEndPoint).Where(local => !local.OnlyConnects)];

    /// <summary>How the trunks are that have a server; any thread.</summary>
    public IReadOnlyList<TrunkStatus> TrunkStatuses => _core.Lines.Statuses;

    /// <summary>Sends requests and gives timers. On the loop.</summary>
    internal TransactionLayer Layer => _core.Layer;

    /// <summary>The messages of the calls that are up; on the signalling loop only.</summary>
    internal SipLadders Ladders => _core.Options.Ladders!;

    /// <summary>Counters of messages.</summary>
    internal SipMetrics Metrics => _metrics;

    /// <summary>Dialogs open; any thread.</summary>
    internal int DialogCount => _core.Dialogs.Count;

    /// <summary>Transactions open; any thread.</summary>
    internal int TransactionCount => _core.Layer.Count;

    /// <summary>Phones registered; any thread.</summary>
    internal int RegistrationCount => _core.Desk.Locations.Count;

    /// <summary>Sources that are not listened to; any thread.</summary>
    internal int BanCount => _core.Options.Gate?.BanCount ?? 0;

    /// <summary>Where users are registered; on the signalling loop only.</summary>
    internal LocationService Locations => _core.Desk.Locations;

    /// <summary>Stream connections open; any thread.</summary>
    internal int ConnectionCount => CountConnections();

    /// <summary>Binds all endpoints and starts to answer.</summary>
    /// <exception cref="IOException">An address cannot be bound.</exception>
    /// <exception cref="InvalidDataException">A file of <see cref="UserAgentOptions.Tls"/> or of a trunk's client certificate cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var certificate in _core.Options.Trunks.All.Select(trunk => trunk.ClientCertificate).OfType<ClientCertificate>())
            certificate.Load();
        _loop.Start();
        if (_finder is not null)
            await _finder.StartAsync(cancellationToken);
        try
        {
            foreach (var transport in _transports)
                Start(transport);
            Post(_core.Lines.Start);
        }
        catch
        {
            await StopAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Takes back all registrations, so that no new calls are sent to us; completes when the servers have answered, or after 2 s. Idempotent; any thread.</summary>
    public Task LeaveTrunksAsync() => _core.Lines.StopAsync();

    /// <summary>Does what is queued, then closes the sockets; calls still up are not ended. Idempotent.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_isStopped)
            return;
        _isStopped = true;
        await _loop.StopAsync().WaitAsync(cancellationToken);
        _timers.Dispose();
        if (_finder is not null)
            await _finder.DisposeAsync();
        await _core.Requests.StopAsync();
        foreach (var transport in _transports)
            await transport.DisposeAsync();
        _copies?.Dispose();
        _metrics.Dispose();
    }

    /// <summary>Runs work on the signalling loop; any thread. Work that comes after the stop is not done.</summary>
    /// <param name="work">Must return at once; if it throws, the call below is ended.</param>
    /// <param name="sipCallId">The Call-ID header of the call it is about, or null.</param>
    public void Post(Action work, string? sipCallId = null)
    {
        if (!_loop.TryPost(work, sipCallId) && !_isStopped)
            _logger.CommandLost(sipCallId ?? "-");
    }

    /// <summary>Runs work on the signalling loop; false when it is not done, because the loop has stopped or its queue is full. Any thread.</summary>
    internal bool TryPost(Action work) => _loop.TryPost(work, sipCallId: null);

    /// <summary>Tries out other trunks, users and limits; any thread. Reads files.</summary>
    /// <exception cref="InvalidDataException">A trunk's client certificate cannot be used.</exception>
    internal UserAgentChange Prepare(TelephonyOptions options)
    {
        var trunks = _core.Trunks.With(options.Trunks);
        foreach (var certificate in trunks.Except(_core.Trunks.All).Select(trunk => trunk.ClientCertificate).OfType<ClientCertificate>())
            certificate.Load();
        return new UserAgentChange(trunks, _core.Desk.Read(options.Users), options.Access, options.Strangers);
    }

    /// <summary>Goes by other trunks, users and limits from now on. On the loop.</summary>
    internal void Replace(UserAgentChange change, Func<string, bool> hasCalls) => _core.Replace(change, hasCalls);

    /// <summary>The servers of a URI, the best first; any thread.</summary>
    internal Task<IReadOnlyList<SipTarget>> LocateAsync(SipUri uri) => _core.Locator.LocateAsync(uri);

    /// <summary>The way to a server; null when there is none, or when we are that server.</summary>
    /// <param name="target">The server.</param>
    /// <param name="serverName">What its certificate must prove.</param>
    /// <param name="trunk">Whose server it is, and gets that trunk's certificate; null for nobody's.</param>
    internal SipFlow? FlowTo(SipTarget target, string serverName, Trunk? trunk) => OutboundFlow.To(target, serverName, trunk?.ClientCertificate, _transports, _core.Options.Own);

    /// <summary>Whether a server of a trunk is known not to answer. On the loop.</summary>
    internal bool IsSilent(Trunk trunk, SipTarget server) => _core.Lines.IsSilent(trunk, server);

    /// <summary>The way to the server that a trunk has registered us at, connection included; null where we are not registered. On the loop.</summary>
    internal SipFlow? RegisteredFlow(Trunk trunk) => _core.Lines.RegisteredFlow(trunk);

    /// <summary>An INVITE of ours, to be sent by <see cref="IInviteAttempt.Send"/>; on the signalling loop.</summary>
    /// <param name="invites">Whom it calls: one, or several at once of whom the first that answers is kept.</param>
    /// <param name="handler">Who is told.</param>
    internal IInviteAttempt Invite(IReadOnlyList<OutboundInvite> invites, IOutboundInviteHandler handler) =>
        invites.Count == 1 ? new UserAgentClient(_core, invites[0], handler) : new ParallelInvite(_core, invites, handler);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private void Start(ISipTransport transport)
    {
        try
        {
            transport.Start(_loop);
        }
        catch (SocketException refused)
        {
            throw new IOException($"{transport.LocalEndPoint} cannot be listened on: {refused.Message}", refused);
        }
    }

    private static OwnAddresses OwnAddressesOf(UserAgentOptions options) => new(options.LocalNetworks, peer => options.Trunks.OfCalls(peer)?.PublicAddress)
    {
        Public = options.PublicAddress is { } address ? [address] : [],
    };

    private static ISipTransport CreateTransport(SipListenEndPoint listen, UserAgentOptions options, SipMetrics metrics, TimeProvider timeProvider, ILogger logger) =>
        listen.Protocol == SipProtocol.Udp
            ? new UdpTransport(listen, options.Own, options.Gate, metrics, logger)
            : new TcpTransport(listen, options.Own, options.Tcp, options.Tls, options.Gate, metrics, timeProvider, logger);

    private int CountConnections() => _transports.OfType<TcpTransport>().Sum(transport => transport.ConnectionCount);
}
