using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Simulation.Live.Scripts;

namespace Simulation.Live;

/// <summary>A Gemini Live server for people without a key, for tests and for the demo: as strict as the real one, and it speaks.</summary>
public sealed class SimulatedLive : IAsyncDisposable
{
    private const int KeptSessions = 1_000;

    private readonly SimulatedLiveOptions _options;
    private readonly SessionContext _context;
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<SimulatedSession> _sessions = [];
    private readonly List<(int Number, TaskCompletionSource<SimulatedSession> Found)> _waiting = [];
    private int _sessionCount;
    private bool _isDisposed;

    private SimulatedLive(SimulatedLiveOptions options, TimeProvider timeProvider, ILogger logger)
    {
        _options = options;
        _context = new SessionContext(options, new ConversationStore(options.HandleValidity, timeProvider), timeProvider, logger);
        _app = LiveListener.Build(options.Listen, ServeAsync);
    }

    /// <summary>Address to connect to, path included: that of the Gemini Developer API, version v1beta.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>The last thousand connections, in the order in which they came.</summary>
    public IReadOnlyList<SimulatedSession> Sessions
    {
        get
        {
            lock (_gate)
                return _sessions.ToArray();
        }
    }

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
        var logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<SimulatedLive>();
        var server = new SimulatedLive(options, timeProvider, logger);
        try
        {
            await server._app.StartAsync(cancellationToken);
        }
        catch
        {
            await server._app.DisposeAsync();
            throw;
        }
        server.Endpoint = LiveListener.FindEndpoint(server._app);
        SimulationLog.Listening(logger, server.Endpoint);
        return server;
    }

    /// <summary>Waits for a connection, counted from 1 over the server's life.</summary>
    /// <param name="number">Which one.</param>
    /// <param name="timeout">How long, on the wall clock.</param>
    /// <exception cref="TimeoutException">It did not come.</exception>
    public Task<SimulatedSession> WaitForSessionAsync(int number, TimeSpan timeout)
    {
        lock (_gate)
        {
            if (_sessions.Find(session => session.Number == number) is { } found)
                return Task.FromResult(found);
            var waiting = new TaskCompletionSource<SimulatedSession>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((number, waiting));
            return waiting.Task.WaitAsync(timeout);
        }
    }

    /// <summary>Resets every connection and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task ServeAsync(HttpContext http)
    {
        if (!LiveListener.TryReadApiVersion(http.Request, out var apiVersion))
        {
            await LiveListener.RejectAsync(http, StatusCodes.Status404NotFound, "NOT_FOUND", "Requested entity was not found.");
            return;
        }
        var key = LiveListener.ReadKey(http.Request);
        if (_options.RequireApiKey && key.Length == 0)
            await LiveListener.RejectAsync(http, StatusCodes.Status403Forbidden, "PERMISSION_DENIED", "Method doesn't allow unregistered callers (callers without established identity).");
        else if (!http.WebSockets.IsWebSocketRequest)
            await LiveListener.RejectAsync(http, StatusCodes.Status400BadRequest, "INVALID_ARGUMENT", "A WebSocket upgrade is needed.");
        else
            await ServeSocketAsync(http, apiVersion, hasValidKey: _options.ApiKey is null || _options.ApiKey == key);
    }

    private async Task ServeSocketAsync(HttpContext http, string apiVersion, bool hasValidKey)
    {
        using var webSocket = await http.WebSockets.AcceptWebSocketAsync();
        using var socket = new LiveSocket(webSocket, http.Abort, _options);
        var record = new SessionRecord(_options, _context.TimeProvider);
        var state = new SessionState(socket, record, _context, apiVersion);
        using var loop = new SessionLoop(socket, record, state, _context);
        var session = Add(loop, state, record, socket);
        SimulationLog.SessionOpened(_context.Logger, session.Number);
        try
        {
            await using var run = new ScriptRun(_options.Script, session, _context);

            // Into the mailbox before the loop runs: the first thing it does, whatever the client has sent meanwhile.
            var refusing = hasValidKey ? Task.CompletedTask : session.RunAsync(() => state.RefuseAsync(CloseReason.InvalidKey));
            await loop.RunAsync(_stopping.Token);
            await refusing;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            SimulationLog.SessionFailed(_context.Logger, session.Number, exception);
            socket.Abort();
        }
        finally
        {
            session.MarkClosed();
            SimulationLog.SessionClosed(_context.Logger, session.Number, state.EndText);
        }
    }

    private SimulatedSession Add(SessionLoop loop, SessionState state, SessionRecord record, LiveSocket socket)
    {
        lock (_gate)
        {
            var session = new SimulatedSession(++_sessionCount, loop, state, record, socket);
            record.Add(SessionEventKind.Connected);
            _sessions.Add(session);
            if (_sessions.Count > KeptSessions)
                _sessions.RemoveAt(0);
            foreach (var (_, found) in _waiting.Where(waiting => waiting.Number == session.Number))
                found.TrySetResult(session);
            _waiting.RemoveAll(waiting => waiting.Number == session.Number);
            return session;
        }
    }
}
