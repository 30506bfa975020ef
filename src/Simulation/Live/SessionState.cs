using System.Text.Json;

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

    public SessionState(LiveSocket socket, SessionRecord record, SessionContext context, string apiVersion)
    {
        _socket = socket;
        _record = record;
        _context = context;
        Tools = new ToolLedger();
        Speaker = new Speaker(socket, record, Tools, context);
        Life = new ConnectionLife(socket, record, context);
        AutoAnswer = new AutoAnswer(Speaker) { IsEnabled = context.Options.AutoAnswer };
        _input = new ClientInput(this, socket, record, context);
        _protocol = new ClientProtocol(this, _input, record, context, apiVersion);
    }

    /// <summary>The setup, once it was found legal.</summary>
    public SessionSetup? Setup { get; private set; }

    /// <summary>The talk this session continues or begins, once the setup was found legal.</summary>
    public Conversation? Conversation { get; private set; }

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
    public long? NextDueAt => _socket.IsFrozen ? null : Earliest(Earliest(Speaker.NextDueAt, Life.NextDueAt), IsOpen ? IdleAt : null);

    private long IdleAt => _context.After(_context.Options.IdleLimit, _input.LastAudioAt);

    /// <summary>Takes one message of the client.</summary>
    public async ValueTask OnFrameAsync(ClientFrame frame, long timestamp)
    {
        if (await _protocol.OnFrameAsync(frame, timestamp) is { } fault)
            await RefuseAsync(fault);
    }

    /// <summary>Takes a legal setup; it is not accepted yet.</summary>
    public void Begin(SessionSetup setup, Conversation conversation)
    {
        (Setup, Conversation) = (setup, conversation);
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
        else if (IsOpen && IdleAt <= _context.Now)
            await EndAsync(CloseReason.Aborted);
    }

    /// <summary>Accepts the setup.</summary>
    public async ValueTask CompleteSetupAsync()
    {
        if (IsOpen || Setup is null)
            return;
        IsOpen = true;
        _input.Open(Setup);
        _record.Add(SessionEventKind.SetupCompleted);
        await _socket.SendAsync(ServerMessages.SetupComplete, state: true);
        if (Setup.Handle.Length > 0)
            await Speaker.SendHandleAsync();
    }

    /// <summary>Says something, once the setup is complete.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public ValueTask SayAsync(SimulatedSpeech speech)
    {
        RequireOpen();
        return Speaker.SayAsync(speech);
    }

    /// <summary>Calls a function, once the setup is complete.</summary>
    /// <returns>The call's id.</returns>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public async ValueTask<string> CallToolAsync(string name, JsonElement args, string? id)
    {
        RequireOpen();
        id ??= Tools.NextId();
        Tools.Open(id, _input.IsBlocking(name));
        _record.Add(SessionEventKind.ToolCallSent, id);
        await _socket.SendAsync(ServerMessages.ToolCalls, new ServerMessages.ToolCall(id, name, args));
        await Speaker.SendHandleAsync();
        return id;
    }

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
