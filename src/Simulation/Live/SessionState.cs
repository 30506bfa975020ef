using System.Text.Json;
using Simulation.Live.Connections;

namespace Simulation.Live;

/// <summary>One session from its first frame to its last: what was set up, who speaks, which deadline is next, how it ended.</summary>
/// <remarks>Owned by the session's loop.</remarks>
internal sealed class SessionState
{
    private readonly LiveSocket _socket;
    private readonly SessionRecord _record;
    private readonly SessionContext _context;
    private readonly ClientInput _input;
    private readonly ClientProtocol _protocol;
    private readonly SessionLimits _limits;
    private readonly ResumptionUpdates _updates;

    public SessionState(LiveSocket socket, SessionRecord record, SessionContext context, Admission admission)
    {
        _socket = socket;
        _record = record;
        _context = context;
        Tools = new ToolLedger();
        Speaker = new Speaker(socket, record, Tools, context, SendHandleAsync);
        Life = new ConnectionLife(socket, record, context);
        AutoAnswer = new AutoAnswer(Speaker) { IsEnabled = context.Options.AutoAnswer };
        _input = new ClientInput(this, socket, record, context);
        _updates = new ResumptionUpdates(this, socket, record, context);
        _limits = new SessionLimits(this, _input, context);
        _protocol = new ClientProtocol(this, _input, record, context, admission);
    }

    /// <summary>The setup, once it was found legal.</summary>
    public SessionSetup? Setup { get; private set; }

    /// <summary>The talk this session continues or begins, once the setup was found legal.</summary>
    public Conversation? Conversation { get; private set; }

    /// <summary>What the client sends.</summary>
    public ClientInput Input => _input;

    public ToolLedger Tools { get; }

    public Speaker Speaker { get; }

    public ConnectionLife Life { get; }

    public AutoAnswer AutoAnswer { get; }

    /// <summary>Whether the script gives the caller's words, so that the placeholder transcript stays out.</summary>
    public bool HasScriptedTranscripts { get; set; }

    /// <summary>Decides on a legal setup: whether to leave <c>setupComplete</c> to someone else. Set by whoever drives the session.</summary>
    public Func<bool> HoldsSetup { get; set; } = () => false;

    /// <summary>Whether <c>setupComplete</c> was sent.</summary>
    public bool IsOpen { get; private set; }

    public bool IsEnded { get; private set; }

    /// <summary>Who ended the session and how; empty while it runs.</summary>
    public string EndText { get; private set; } = "";

    /// <summary>The next moment at which <see cref="OnTimeAsync"/> has something to do.</summary>
    public long? NextDueAt => _socket.IsFrozen ? null : Earliest(Earliest(Speaker.NextDueAt, Life.NextDueAt), _limits.NextDueAt);

    /// <summary>Takes one message of the client.</summary>
    public async ValueTask OnFrameAsync(ClientFrame frame, long timestamp)
    {
        if (await _protocol.OnFrameAsync(frame, timestamp) is { } fault)
            await RefuseAsync(fault);
        else if (_limits.Reached() is { } limit)
            await EndAsync(limit);
    }

    /// <summary>Takes a legal setup; it is not accepted yet.</summary>
    /// <param name="setup">The setup.</param>
    /// <param name="conversation">The conversation it begins or goes on with.</param>
    /// <param name="state">Where it goes on; null for a fresh one.</param>
    public void Begin(SessionSetup setup, Conversation conversation, ConversationState? state)
    {
        (Setup, Conversation) = (setup, conversation);
        if (state is null)
            conversation.Context = conversation.Context.For(setup);
        else
            conversation.Restore(state, setup);
        Tools.BlockingFunctions = setup.BlockingFunctions;
        Tools.Restore(state?.ClosedCalls ?? []);
        AutoAnswer.Conversation = conversation;
        Speaker.Open(setup, conversation);
        Speaker.IsMute = setup.Handle.Length > 0 && _context.Faults.PoisonResumes;
        Life.Begin();
    }

    /// <summary>Does what is due: audio, goAway, the end of the connection, the idle cut.</summary>
    public async ValueTask OnTimeAsync()
    {
        await Speaker.AdvanceAsync();
        await Life.AdvanceAsync();
        if (Life.IsOver)
            await EndAsync(CloseReason.DeadlineExpired);
        else if (_limits.Reached() is { } limit)
            await EndAsync(limit);
    }

    /// <summary>Accepts the setup.</summary>
    public async ValueTask CompleteSetupAsync()
    {
        if (IsOpen || Setup is null)
            return;
        IsOpen = true;
        _input.Open(Setup);
        _record.Add(SessionEventKind.SetupCompleted);
        await _socket.SendAsync(ServerMessages.SetupComplete, Setup.Traits.IsVertex ? Guid.NewGuid().ToString() : null);
        if (Setup.Handle.Length > 0)
            await SendHandleAsync();
    }

    /// <summary>Says something, once the setup is complete.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public ValueTask SayAsync(SimulatedSpeech speech)
    {
        RequireOpen();
        return Speaker.SayAsync(speech);
    }

    /// <summary>Calls functions in one message, once the setup is complete.</summary>
    /// <returns>The calls' ids.</returns>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public async ValueTask<IReadOnlyList<string>> CallToolsAsync(IReadOnlyList<FunctionCall> calls)
    {
        RequireOpen();
        var sent = calls.Select(call => call with { Id = call.Id ?? ToolLedger.NextId(Setup!.Traits) }).ToList();
        foreach (var call in sent)
        {
            Tools.Open(call.Id!, call.Name);
            _record.Add(SessionEventKind.ToolCallSent, call.Id!);
        }
        await _socket.SendAsync(ServerMessages.ToolCalls, sent);
        await SendHandleAsync();
        return sent.ConvertAll(call => call.Id!);
    }

    /// <summary>Sends a message of server content as it is given.</summary>
    public ValueTask SendAsync<TState>(Action<Utf8JsonWriter, TState> write, TState state)
    {
        _record.Add(SessionEventKind.RawSent);
        return _socket.SendAsync(write, state);
    }

    /// <summary>Tells the client where it may resume.</summary>
    public ValueTask SendHandleAsync() => _updates.SendAsync(_protocol.MessageIndex);

    /// <summary>Ends the session from the server's side.</summary>
    public async ValueTask EndAsync(CloseReason reason)
    {
        Finish($"server {reason.Code} {reason.Cut}".TrimEnd());
        await _socket.CloseAsync(reason);
    }

    /// <summary>Ends the session by a reset, without a close frame.</summary>
    public ValueTask AbortAsync()
    {
        Finish("server reset");
        _socket.Abort();
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends the session because the client broke a rule.</summary>
    public ValueTask RefuseAsync(CloseReason reason)
    {
        _record.Add(SessionEventKind.Refused, $"{reason.Code} {reason.Reason}");
        SimulationLog.ClientRefused(_context.Logger, reason.Code, reason.Reason);
        return EndAsync(reason);
    }

    /// <summary>The client closed, or its connection broke.</summary>
    public async ValueTask OnClientGoneAsync()
    {
        if (_socket.IsOverfull)
        {
            await RefuseAsync(CloseReason.TooBig);
            return;
        }
        if (_socket.ClientClose is not { } close)
        {
            Finish("client vanished");
            return;
        }
        Finish($"client {close.Code} {close.Reason}".TrimEnd());
        await _socket.CloseAsync(new CloseReason(close.Code, ""));
    }

    private void RequireOpen()
    {
        if (!IsOpen)
            throw new InvalidOperationException("The session's setup is not complete.");
    }

    /// <summary>Marks the session as over, once; whatever waits for it learns it.</summary>
    public void Finish(string text)
    {
        if (IsEnded)
            return;
        IsEnded = true;
        EndText = text;
        Speaker.Stop();
        if (Conversation is not null)
            _context.Conversations.Disconnect(Conversation);
    }

    private static long? Earliest(long? one, long? other) => one is null || other < one ? other : one;
}
