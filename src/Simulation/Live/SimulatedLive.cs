using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Simulation.Live.Connections;
using Simulation.Live.Tokens;

namespace Simulation.Live;

/// <summary>A Gemini Live server for people without a key, for tests and for the demo: as strict as the real one, and it speaks.</summary>
/// <remarks>It listens on TCP (<see cref="StartAsync"/>), or exists in memory only (<see cref="Create"/>) and then lives wholly by the clock it is given.</remarks>
public sealed class SimulatedLive : IAsyncDisposable
{
    private readonly SessionContext _context;
    private readonly ConnectionCounters _counters;
    private readonly FrontDoor _door;
    private readonly SessionHost _host;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<Task> _serving = [];
    private WebApplication? _app;
    private bool _isDisposed;

    private SimulatedLive(SimulatedLiveOptions options, TimeProvider timeProvider, ILoggerFactory? loggerFactory, TimeProvider handshakeClock)
    {
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<SimulatedLive>();
        _context = new SessionContext(options, new ConversationStore(options.HandleValidity, timeProvider), timeProvider, _logger)
        {
            Faults = Faults,
            HandshakeClock = handshakeClock,
        };
        _counters = new ConnectionCounters(timeProvider);
        _door = new FrontDoor(_context, _counters, new TokenStore(timeProvider));
        _host = new SessionHost(_context, _counters);
        Endpoint = new Uri($"ws://simulated{LiveRoute.Default.Path}");
    }

    /// <summary>Address to connect to, path included: that of the Gemini Developer API, version v1beta.</summary>
    public Uri Endpoint { get; private set; }

    /// <summary>Faults of the server as a whole.</summary>
    public SimulatedFaults Faults { get; } = new();

    /// <summary>The last thousand connections, in the order in which they came.</summary>
    public IReadOnlyList<SimulatedSession> Sessions => _host.Sessions;

    /// <summary>Requests to connect, refused ones too.</summary>
    public int ConnectionAttempts => _counters.ConnectionAttempts;

    /// <summary>When each request came, on the server's clock, and the HTTP status that refused it; null for an upgrade.</summary>
    public IReadOnlyList<(long Timestamp, int? HttpStatus)> Attempts => _counters.Attempts;

    /// <summary>Connections that are open now.</summary>
    public int OpenSessions => _counters.OpenSessions;

    /// <summary>Most connections that were ever open at once.</summary>
    public int MaxOpenSessions => _counters.MaxOpenSessions;

    /// <summary>Most connections that one conversation ever had at once, those counted that were refused because an older one was still open.</summary>
    public int MaxOpenPerConversation => _context.Conversations.MaxOpenPerConversation;

    /// <summary>Makes a server that is reached by <see cref="ConnectAsync"/> only: no sockets, no wait on any clock but the given one.</summary>
    /// <param name="options">How to behave; <see cref="SimulatedLiveOptions.Listen"/> is not used.</param>
    /// <param name="timeProvider">Clock of everything.</param>
    /// <param name="loggerFactory">Where sessions are logged; absent, nowhere.</param>
    public static SimulatedLive Create(SimulatedLiveOptions options, TimeProvider timeProvider, ILoggerFactory? loggerFactory = null) =>
        new(options, timeProvider, loggerFactory, handshakeClock: timeProvider);

    /// <summary>Starts a server; it listens when the task is done.</summary>
    /// <param name="options">Where to listen and how to behave.</param>
    /// <param name="timeProvider">Clock of pace, playing time, idle cut and every recorded timestamp.</param>
    /// <param name="loggerFactory">Where sessions are logged; absent, nowhere.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="ArgumentException"><see cref="SimulatedLiveOptions.Listen"/> is not <c>ws://</c> with an address or localhost.</exception>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<SimulatedLive> StartAsync(
        SimulatedLiveOptions options, TimeProvider timeProvider, ILoggerFactory? loggerFactory = null, CancellationToken cancellationToken = default)
    {
        // A peer that keeps its socket open is no matter of simulated time.
        var server = new SimulatedLive(options, timeProvider, loggerFactory, handshakeClock: TimeProvider.System);
        var app = LiveListener.Build(options.Listen, server._door, server._host, server._stopping.Token);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        server._app = app;
        server.Endpoint = LiveListener.FindEndpoint(app);
        SimulationLog.Listening(server._logger, server.Endpoint);
        return server;
    }

    /// <summary>Connects in memory: same paths, credentials and faults as over TCP.</summary>
    /// <param name="address">An address with the path and query of the real one; scheme and host are not looked at.</param>
    /// <param name="headers">Request headers.</param>
    /// <param name="cancellationToken">Gives the attempt up.</param>
    public async Task<SimulatedUpgrade> ConnectAsync(Uri address, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var admission = await _door.AdmitAsync(MemoryRequest.Read(address, headers), cancellationToken);
        if (admission.Refusal is { } refusal)
            return new SimulatedUpgrade(Socket: null, refusal.Status, refusal.Body);
        var (client, server) = MemoryConnection.CreatePair();
        var stream = new FreezableStream(server);
        var webSocket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        Keep(_host.ServeAsync(webSocket, stream, server.Reset, admission, _stopping.Token));
        return new SimulatedUpgrade(WebSocket.CreateFromStream(client, new WebSocketCreationOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan }), 101, "");
    }

    /// <summary>Mints an ephemeral token, as <c>POST /v1alpha/auth_tokens</c> does over TCP.</summary>
    /// <param name="json">Body of the request.</param>
    /// <param name="apiKey">The key; empty for none.</param>
    /// <returns>HTTP status and body.</returns>
    public (int HttpStatus, string Body) CreateToken(string json, string apiKey) => _door.CreateToken(json, apiKey);

    /// <summary>Waits for a connection, counted from 1 over the server's life.</summary>
    /// <param name="number">Which one.</param>
    /// <param name="timeout">How long, on the wall clock.</param>
    /// <exception cref="TimeoutException">It did not come.</exception>
    public Task<SimulatedSession> WaitForSessionAsync(int number, TimeSpan timeout) => _host.WaitForSessionAsync(number).WaitAsync(timeout);

    /// <summary>Resets every connection and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;

        // Not CancelAsync: it would leave the caller's thread, and with it the context in which everything else runs.
        ContextScheduler.WithoutContext(_stopping.Cancel);
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        Task[] serving;
        lock (_gate)
            serving = [.. _serving];
        await Task.WhenAll(serving);
        _stopping.Dispose();
    }

    private void Keep(Task serving)
    {
        lock (_gate)
        {
            _serving.RemoveAll(task => task.IsCompleted);
            _serving.Add(serving);
        }
    }
}
