using System.Net.WebSockets;
using Simulation.Live.Connections;
using Simulation.Live.Scripts;

namespace Simulation.Live;

/// <summary>Runs the sessions of one server and keeps the last thousand of them for inspection.</summary>
/// <remarks>Safe to use from any thread; a session's own state stays with its loop.</remarks>
internal sealed class SessionHost(SessionContext context, ConnectionCounters counters)
{
    private const int KeptSessions = 1_000;

    private readonly Lock _gate = new();
    private readonly List<SimulatedSession> _sessions = [];
    private readonly List<(int Number, TaskCompletionSource<SimulatedSession> Found)> _waiting = [];
    private int _sessionCount;

    public IReadOnlyList<SimulatedSession> Sessions
    {
        get
        {
            lock (_gate)
                return _sessions.ToArray();
        }
    }

    /// <summary>The session with this number, as soon as it is there.</summary>
    public Task<SimulatedSession> WaitForSessionAsync(int number)
    {
        lock (_gate)
        {
            if (_sessions.Find(session => session.Number == number) is { } found)
                return Task.FromResult(found);
            var waiting = new TaskCompletionSource<SimulatedSession>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((number, waiting));
            return waiting.Task;
        }
    }

    /// <summary>Serves one connection until it is over.</summary>
    /// <param name="webSocket">The upgraded connection; disposed at the end.</param>
    /// <param name="stream">The bytes under it.</param>
    /// <param name="reset">Tears the connection down without a close frame.</param>
    /// <param name="admission">What was decided at the door.</param>
    /// <param name="stopping">Resets the connection.</param>
    public async Task ServeAsync(WebSocket webSocket, FreezableStream stream, Action reset, Admission admission, CancellationToken stopping)
    {
        using var socket = new LiveSocket(webSocket, stream, reset, context);
        var record = new SessionRecord(context.Options, context.TimeProvider);
        var state = new SessionState(socket, record, context, admission);
        using var loop = new SessionLoop(socket, record, state, context);
        var session = Add(loop, state, record, socket);
        SimulationLog.SessionOpened(context.Logger, session.Number);
        try
        {
            await using var run = new ScriptRun(context.Options.Script, session, context);

            // Into the mailbox before the loop runs: the first thing it does, whatever the client has sent meanwhile.
            var refusing = admission.Close is { } close ? session.RunAsync(() => state.RefuseAsync(close)) : Task.CompletedTask;
            await loop.RunAsync(stopping);
            await refusing;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            SimulationLog.SessionFailed(context.Logger, session.Number, exception);
            socket.Abort();
        }
        finally
        {
            counters.Closed();
            session.MarkClosed();
            SimulationLog.SessionClosed(context.Logger, session.Number, state.EndText);
        }
    }

    private SimulatedSession Add(SessionLoop loop, SessionState state, SessionRecord record, LiveSocket socket)
    {
        counters.Opened();
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
