using System.Text.Json;
using Simulation.Prompts;

namespace Simulation.Live;

/// <summary>One connection to the simulated server: what came, what went, and a hand on it for tests and scripts.</summary>
/// <remarks>Safe to use from any thread: commands run on the session's loop, records are copied out.</remarks>
public sealed class SimulatedSession
{
    private readonly SessionLoop _loop;
    private readonly SessionState _state;
    private readonly SessionRecord _record;
    private readonly LiveSocket _socket;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal SimulatedSession(int number, SessionLoop loop, SessionState state, SessionRecord record, LiveSocket socket)
    {
        Number = number;
        _loop = loop;
        _state = state;
        _record = record;
        _socket = socket;
    }

    /// <summary>Connections counted from 1, over the server's life.</summary>
    public int Number { get; }

    /// <summary>Model of the setup, with the prefix <c>models/</c>; empty before a legal setup came.</summary>
    public string Model => _state.Setup?.Model ?? "";

    /// <summary>Handle the client resumed with; empty for a fresh session.</summary>
    public string ResumedHandle => _state.Setup?.Handle ?? "";

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<SessionEvent> Events => _record.Events;

    /// <summary>The client's messages other than ordinary audio, in order, up to the options' limit.</summary>
    public IReadOnlyList<ReceivedMessage> Messages => _record.Messages;

    /// <summary>The caller's audio at 16 kHz, up to the options' limit.</summary>
    public short[] CallerAudio => _record.CallerAudio;

    /// <summary>When which part of <see cref="CallerAudio"/> arrived.</summary>
    public IReadOnlyList<AudioArrival> AudioArrivals => _record.Arrivals;

    /// <summary>Caller samples received at 16 kHz, those beyond the limit of the record too.</summary>
    public long CallerSamples => _record.CallerSamples;

    /// <summary>Every audio chunk sent, up to the record's limit.</summary>
    public IReadOnlyList<SentChunk> SentChunks => _record.Chunks;

    /// <summary>Done when the connection is over.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Waits for the first event of a kind, at or after index <paramref name="from"/> of <see cref="Events"/>.</summary>
    /// <param name="kind">What to wait for.</param>
    /// <param name="timeout">How long, on the wall clock.</param>
    /// <param name="from">Index of the first event that counts.</param>
    /// <exception cref="TimeoutException">It did not happen in time.</exception>
    public async Task<SessionEvent> WaitForAsync(SessionEventKind kind, TimeSpan timeout, int from = 0)
    {
        var index = await _record.WaitAsync(from, happened => happened.Kind == kind, timeout, TimeProvider.System, CancellationToken.None);
        return index >= 0
            ? _record.Events[index]
            : throw new TimeoutException($"Session {Number} saw no {kind} within {timeout}; it saw {string.Join(", ", Events.Select(e => e.Kind))}.");
    }

    /// <summary>Says a prompt, after what is being said already.</summary>
    /// <param name="prompt">Name of a prompt of <see cref="PromptLibrary"/>.</param>
    /// <exception cref="ArgumentException">There is no such prompt.</exception>
    public Task<SimulatedSpeech> SayAsync(string prompt) => SayAsync(SimulatedSpeech.Of(PromptLibrary.Get(prompt)));

    /// <summary>Says any audio, after what is being said already.</summary>
    /// <param name="pcm">Mono PCM16 at 24 kHz; not empty.</param>
    /// <param name="transcript">Words for the output transcription.</param>
    public Task<SimulatedSpeech> SayAsync(ReadOnlyMemory<short> pcm, string transcript = "")
    {
        ArgumentOutOfRangeException.ThrowIfZero(pcm.Length, nameof(pcm));
        return SayAsync(new SimulatedSpeech("pcm", pcm, transcript));
    }

    /// <summary>Cuts what is being said, as if the caller had spoken.</summary>
    /// <param name="staleMs">Audio of the dead generation that is sent after <c>interrupted</c> all the same.</param>
    public Task InterruptAsync(int staleMs = 0) => RunAsync(() =>
    {
        if (staleMs > 0)
            _state.Speaker.StaleMs = staleMs;
        return _state.Speaker.InterruptAsync();
    });

    /// <summary>Calls a function.</summary>
    /// <param name="name">The function.</param>
    /// <param name="argsJson">Arguments, a JSON object.</param>
    /// <param name="id">Id of the call; absent, one is made.</param>
    /// <returns>The id.</returns>
    public async Task<string> CallToolAsync(string name, string argsJson = "{}", string? id = null)
    {
        using var args = JsonDocument.Parse(argsJson);
        return (await CallToolsAsync([new FunctionCall(name, args.RootElement, id)])).FirstOrDefault("");
    }

    /// <summary>Calls several functions in one message.</summary>
    /// <param name="calls">Names, and arguments as JSON objects.</param>
    /// <returns>The ids.</returns>
    public async Task<IReadOnlyList<string>> CallToolsAsync(params (string Name, string ArgsJson)[] calls) =>
        await CallToolsAsync([.. calls.Select(call => new FunctionCall(call.Name, JsonElement.Parse(call.ArgsJson), Id: null))]);

    /// <summary>Cancels a call, or every open one.</summary>
    public Task CancelToolAsync(string? id = null) => RunAsync(() => _state.Speaker.CancelToolsAsync(_state.Tools.Cancel(id)));

    /// <summary>Sends words as what the caller said.</summary>
    public Task SendTranscriptAsync(string text) => RunAsync(() => _socket.SendAsync(ServerMessages.InputTranscription, text));

    /// <summary>Sends bytes as one message, whatever they are.</summary>
    public Task SendRawAsync(ReadOnlyMemory<byte> message, bool binary = false) => RunAsync(() =>
    {
        _record.Add(SessionEventKind.RawSent);
        return _socket.SendAsync(message, binary);
    });

    /// <summary>Announces the connection's end.</summary>
    /// <param name="timeLeft">What the message says.</param>
    /// <param name="closes">Whether the connection then really ends, with 1011.</param>
    public Task GoAwayAsync(TimeSpan timeLeft, bool closes = true) => RunAsync(() => _state.Life.GoAwayAsync(timeLeft, closes));

    /// <summary>Holds back everything that is being said for a time.</summary>
    public Task StallAsync(TimeSpan time) => RunAsync(() =>
    {
        _state.Speaker.Stall(time);
        return ValueTask.CompletedTask;
    });

    /// <summary>Makes the model mute: it hears and transcribes, and says nothing, until it is told otherwise.</summary>
    public Task MuteAsync(bool isMute = true) => RunAsync(() =>
    {
        _state.Speaker.IsMute = isMute;
        return ValueTask.CompletedTask;
    });

    /// <summary>Closes the connection.</summary>
    public Task CloseAsync(int code = 1000, string reason = "") => RunAsync(() => _state.EndAsync(new CloseReason(code, reason)));

    /// <summary>Resets the connection without a close frame; a frozen one too.</summary>
    public Task AbortAsync()
    {
        _socket.Break();
        return RunAsync(_state.AbortAsync);
    }

    /// <summary>Makes the connection half-open: from now on the server neither reads, nor writes, nor answers a ping, and the socket stays open.</summary>
    /// <remarks>A client that closes its own end is noticed, so that it can resume elsewhere.</remarks>
    public Task FreezeAsync() => RunAsync(() =>
    {
        _record.Add(SessionEventKind.Frozen);
        _socket.Freeze();
        return ValueTask.CompletedTask;
    });

    /// <summary>Ends the freeze: what was held back goes on, late as it is.</summary>
    public Task ThawAsync()
    {
        _socket.Thaw();
        return RunAsync(() =>
        {
            _record.Add(SessionEventKind.Thawed);
            return ValueTask.CompletedTask;
        });
    }

    internal SessionState State => _state;

    internal SessionRecord Record => _record;

    internal async Task<SimulatedSpeech> SayAsync(SimulatedSpeech speech)
    {
        if (!await RunAsync(() => _state.SayAsync(speech)))
            speech.End(SpeechOutcome.ConnectionLost);
        return speech;
    }

    internal Task SendAsync<TState>(Action<Utf8JsonWriter, TState> write, TState state) => RunAsync(() => _state.SendAsync(write, state));

    internal async Task<IReadOnlyList<string>> CallToolsAsync(IReadOnlyList<FunctionCall> calls)
    {
        IReadOnlyList<string> ids = [];
        await RunAsync(async () => ids = await _state.CallToolsAsync(calls));
        return ids;
    }

    /// <summary>Runs a command on the session's loop; false when the session is over.</summary>
    internal Task<bool> RunAsync(Func<ValueTask> command) => _loop.PostAsync(command);

    internal void MarkClosed() => _closed.TrySetResult();
}
