using System.Buffers;
using System.Text.Json;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>One session from the first frame to the last: setup and resumption, deadlines, the end; live input goes on to <see cref="ClientInput"/>.</summary>
/// <remarks>Owned by the session's loop.</remarks>
internal sealed class SessionState
{
    private static readonly TimeSpan GoAwayLead = TimeSpan.FromSeconds(50);
    private static readonly JsonDocumentOptions StrictJson = new() { AllowDuplicateProperties = false };

    private readonly LiveSocket _socket;
    private readonly SessionRecord _record;
    private readonly SessionContext _context;
    private readonly ClientInput _input;
    private readonly string _apiVersion;
    private Conversation? _conversation;
    private long? _goAwayAt;
    private long? _closeAt;
    private bool _isOpen;

    public SessionState(LiveSocket socket, SessionRecord record, SessionContext context, string apiVersion)
    {
        _socket = socket;
        _record = record;
        _context = context;
        _apiVersion = apiVersion;
        Tools = new ToolLedger();
        Speaker = new Speaker(socket, record, Tools, context);
        AutoAnswer = new AutoAnswer(Speaker) { IsEnabled = context.Options.AutoAnswer };
        _input = new ClientInput(this, socket, record, context);
    }

    /// <summary>The setup, once it was found legal.</summary>
    public SessionSetup? Setup { get; private set; }

    /// <summary>The talk this session continues or begins, once the setup was found legal.</summary>
    public Conversation? Conversation => _conversation;

    public ToolLedger Tools { get; }

    public Speaker Speaker { get; }

    public AutoAnswer AutoAnswer { get; }

    /// <summary>Whether the script gives the caller's words, so that the placeholder transcript stays out.</summary>
    public bool HasScriptedTranscripts { get; set; }

    /// <summary>Decides on a legal setup: whether to leave <c>setupComplete</c> to someone else. Set by whoever drives the session.</summary>
    public Func<bool> HoldsSetup { get; set; } = () => false;

    public bool IsEnded { get; private set; }

    /// <summary>Who ended the session and how; empty while it runs.</summary>
    public string EndText { get; private set; } = "";

    /// <summary>The next moment at which <see cref="OnTimeAsync"/> has something to do.</summary>
    public long? NextDueAt => Earliest(Earliest(Speaker.NextDueAt, _goAwayAt), Earliest(_closeAt, _isOpen ? IdleAt : null));

    private long IdleAt => _context.After(_context.Options.IdleLimit, _input.LastAudioAt);

    /// <summary>Takes one message of the client.</summary>
    public async ValueTask OnFrameAsync(ClientFrame frame, long timestamp)
    {
        if (frame.IsBinary)
        {
            await RefuseAsync(CloseReason.Invalid("Invalid JSON payload received. Client messages are text frames."));
            return;
        }
        var pcm = ArrayPool<byte>.Shared.Rent(frame.Length);
        var isAudio = AudioMessage.TryRead(frame.Bytes, pcm, out var length, out var rateHz);
        var fault = isAudio && _isOpen && length % sizeof(short) == 0
            ? await _input.OnAudioAsync(pcm.AsMemory(0, length), rateHz, timestamp)
            : await OnMessageAsync(frame, timestamp);
        ArrayPool<byte>.Shared.Return(pcm);
        if (fault is not null)
            await RefuseAsync(fault);
    }

    /// <summary>Does what is due: audio, goAway, the end of the connection, the idle cut.</summary>
    public async ValueTask OnTimeAsync()
    {
        await Speaker.AdvanceAsync();
        if (_goAwayAt <= _context.Now)
        {
            _goAwayAt = null;
            await SendGoAwayAsync(_context.TimeProvider.GetElapsedTime(_context.Now, _closeAt ?? _context.Now));
        }
        if (_closeAt <= _context.Now)
            await EndAsync(CloseReason.DeadlineExpired);
        else if (_isOpen && IdleAt <= _context.Now)
            await EndAsync(CloseReason.Aborted);
    }

    /// <summary>Accepts the setup.</summary>
    public async ValueTask CompleteSetupAsync()
    {
        if (_isOpen || Setup is null)
            return;
        _isOpen = true;
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

    /// <summary>Announces the end of the connection, and keeps the word when <paramref name="closes"/>.</summary>
    public ValueTask GoAwayAsync(TimeSpan timeLeft, bool closes)
    {
        if (closes)
            _closeAt = _context.After(timeLeft);
        return SendGoAwayAsync(timeLeft);
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
        if (_socket.ClientClose is not { } close)
        {
            Finish("client vanished");
            return;
        }
        Finish($"client {close.Code} {close.Reason}".TrimEnd());
        await _socket.CloseAsync(new CloseReason(close.Code, ""));
    }

    private async ValueTask<CloseReason?> OnMessageAsync(ClientFrame frame, long timestamp)
    {
        _record.AddMessage(timestamp, frame.Bytes);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(frame.Buffer.AsMemory(0, frame.Length), StrictJson);
        }
        catch (JsonException exception)
        {
            return CloseReason.Invalid($"Invalid JSON payload received. {exception.Message}");
        }
        using (document)
            return SchemaValidator.Check(document.RootElement) ?? await OnLegalMessageAsync(document.RootElement, timestamp);
    }

    private async ValueTask<CloseReason?> OnLegalMessageAsync(JsonElement message, long timestamp)
    {
        var isSetup = message.Has("setup");
        if (isSetup && Setup is null)
            return await OnSetupAsync(message.Get("setup"));
        if (isSetup || Setup is null)
            return CloseReason.Invalid("setup must be the first message and only the first.");
        return _isOpen
            ? await _input.OnMessageAsync(message, timestamp)
            : CloseReason.Invalid("Request contains an invalid argument: nothing may be sent before setupComplete.");
    }

    private async ValueTask<CloseReason?> OnSetupAsync(JsonElement setup)
    {
        if (SetupRules.Check(setup, _apiVersion) is { } fault)
            return fault;
        var read = SessionSetup.Read(setup);
        if (Resume(read) is { } refusal)
            return refusal;
        Setup = read;
        AutoAnswer.Conversation = _conversation;
        Speaker.Open(read, _conversation!);
        SetLifetime();
        _record.Add(SessionEventKind.SetupReceived, read.Model);
        if (!HoldsSetup() && !SetupRules.IsNeverAnswered(setup))
            await CompleteSetupAsync();
        return null;
    }

    private CloseReason? Resume(SessionSetup setup)
    {
        if (setup.Handle.Length == 0)
        {
            _conversation = new Conversation(setup.Model) { ContextTokens = setup.PromptTokens };
            return null;
        }
        return _context.Conversations.Resume(setup.Handle, setup.Model, out _conversation) switch
        {
            ResumeResult.Resumed => null,
            ResumeResult.StillConnected => Detached(CloseReason.StillOpen),
            ResumeResult.OtherModel => Detached(CloseReason.InvalidArgument),
            _ => Detached(CloseReason.NotFound),
        };
    }

    // A refused resumption must not hang up the conversation it asked for.
    private CloseReason Detached(CloseReason reason)
    {
        _conversation = null;
        return reason;
    }

    private void SetLifetime()
    {
        if (_context.Options.ConnectionLifetime is not { } lifetime)
            return;
        _closeAt = _context.After(lifetime);
        _goAwayAt = _context.After(lifetime > GoAwayLead ? lifetime - GoAwayLead : TimeSpan.Zero);
    }

    private ValueTask SendGoAwayAsync(TimeSpan timeLeft)
    {
        var text = $"{timeLeft.TotalSeconds:0.###}s";
        _record.Add(SessionEventKind.GoAwaySent, text);
        return _socket.SendAsync(ServerMessages.GoAway, text);
    }

    private void RequireOpen()
    {
        if (!_isOpen)
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
        if (_conversation is not null)
            _context.Conversations.Disconnect(_conversation);
    }

    private static long? Earliest(long? one, long? other) => one is null || other < one ? other : one;
}
