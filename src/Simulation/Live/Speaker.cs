namespace Simulation.Live;

/// <summary>The model's voice on one session: sends speeches chunk by chunk, keeps the turn open for as long as it plays, and is cut by interruption.</summary>
/// <remarks>Owned by the session's loop, which calls <see cref="AdvanceAsync"/> when <see cref="NextDueAt"/> has come.</remarks>
internal sealed class Speaker(LiveSocket socket, SessionRecord record, ToolLedger tools, SessionContext context, Func<ValueTask> sendHandle)
{
    private const double BytesPerSecond = 48_000;

    private readonly Queue<SimulatedSpeech> _queue = new();
    private SimulatedSpeech? _current;
    private SessionSetup? _setup;
    private TimeSpan? _firstByteDelay;
    private long _stalledUntil;

    /// <summary>Whether a turn is open that the caller could cut: something sounds, waits to sound, or waits for a blocking tool.</summary>
    public bool IsBusy => _current is not null || _queue.Count > 0 || tools.IsBlocked;

    /// <summary>Whether something sounds or waits to sound.</summary>
    public bool IsSpeaking => _current is not null || _queue.Count > 0;

    /// <summary>Whether a generation is unfinished.</summary>
    public bool IsGenerating => _current is { IsGenerated: false };

    /// <summary>What the turn has cost.</summary>
    public TurnAccounts Accounts { get; } = new(socket, record);

    /// <summary>Whether an interruption makes the model mute for the rest of the session.</summary>
    public bool IsMutedByInterruption { get; set; }

    /// <summary>Sizes of the chunks, one after the other, the last one from then on.</summary>
    public IReadOnlyList<int> ChunkBytes { get; set; } = context.Options.ChunkBytes;

    /// <summary>When there is something to do next, on the server's clock; null while silent.</summary>
    public long? NextDueAt => _current is null ? null : Math.Max(_stalledUntil, _current.IsGenerated ? _current.PlayedAt : _current.NextChunkAt);

    /// <summary>Audio of a dead generation that still follows an interruption, in ms.</summary>
    public int StaleMs { get; set; }

    /// <summary>Whether whatever it is asked to say is dropped unsaid.</summary>
    public bool IsMute { get; set; }

    /// <summary>Starts speaking for this setup; nothing may be said before.</summary>
    public void Open(SessionSetup setup, Conversation conversation)
    {
        _setup = setup;
        Accounts.Open(setup, conversation);
    }

    /// <summary>Delays the next generation's first chunk, once.</summary>
    public void DelayFirstByte(TimeSpan delay) => _firstByteDelay = delay;

    /// <summary>Holds everything back for a time, in mid-generation too.</summary>
    public void Stall(TimeSpan time) => _stalledUntil = context.After(time);

    public ValueTask SayAsync(SimulatedSpeech speech)
    {
        if (IsMute)
        {
            speech.End(SpeechOutcome.Interrupted);
            return ValueTask.CompletedTask;
        }
        _queue.Enqueue(speech);
        return AdvanceAsync();
    }

    /// <summary>Does everything that is due.</summary>
    public async ValueTask AdvanceAsync()
    {
        while (_current is not null || TryBeginNext())
        {
            if (NextDueAt > context.Now)
                return;
            if (_current!.IsGenerated)
                await EndTurnAsync(_current);
            else
                await SendChunkAsync(_current);
        }
    }

    /// <summary>Cuts the open turn: cancels the tools it waits for, says so, ends it.</summary>
    public async ValueTask InterruptAsync()
    {
        await CancelToolsAsync(tools.CancelBlocking());
        var dead = _current;
        _current = null;
        record.Add(SessionEventKind.Interrupted, dead?.Name ?? "");
        await socket.SendAsync(ServerMessages.Flag, "interrupted");
        if (dead is not null)
            await SendStaleAsync(dead);
        dead?.End(SpeechOutcome.Interrupted);
        while (_queue.TryDequeue(out var queued))
            queued.End(SpeechOutcome.Interrupted);
        await SendTurnCompleteAsync(InteractionStatus(dead));
        IsMute |= IsMutedByInterruption;
        await sendHandle();
    }

    /// <summary>Tells the client to stop working on these calls.</summary>
    public async ValueTask CancelToolsAsync(IReadOnlyList<string> ids)
    {
        if (ids.Count == 0)
            return;
        record.Add(SessionEventKind.ToolCallCancelled, string.Join(' ', ids));
        await socket.SendAsync(ServerMessages.ToolCallCancellation, ids);
    }

    /// <summary>The connection is over: whoever waits for a speech learns it.</summary>
    public void Stop()
    {
        _current?.End(SpeechOutcome.ConnectionLost);
        _current = null;
        while (_queue.TryDequeue(out var queued))
            queued.End(SpeechOutcome.ConnectionLost);
    }

    private bool TryBeginNext()
    {
        if (!_queue.TryDequeue(out _current))
            return false;
        _current.NextChunkAt = context.After(_firstByteDelay ?? context.Options.ResponseDelay);
        _firstByteDelay = null;
        return true;
    }

    private async ValueTask SendChunkAsync(SimulatedSpeech speech)
    {
        if (speech.SentChunks == 0)
            await sendHandle();
        var bytes = Math.Min(ChunkBytes[Math.Min(speech.SentChunks, ChunkBytes.Count - 1)], speech.TotalBytes - speech.SentBytes);
        if (speech.SentChunks == 0)
            record.Add(SessionEventKind.GenerationStarted, speech.Name);
        await SendAudioAsync(speech, bytes);
        speech.MarkStarted();
        if (speech.IsGenerated)
            await EndGenerationAsync(speech);
    }

    private async ValueTask SendAudioAsync(SimulatedSpeech speech, int bytes)
    {
        var firstByte = speech.SentBytes;
        speech.SentBytes += bytes;
        speech.SentChunks++;
        Accounts.AddAudio(bytes);
        var time = TimeSpan.FromSeconds(bytes / BytesPerSecond);
        speech.PlayedAt = context.After(time, Math.Max(speech.PlayedAt, context.Now));
        speech.NextChunkAt = context.After(time / context.Options.Pace, Math.Max(speech.NextChunkAt, _stalledUntil));
        var words = _setup!.TranscribesOutput ? speech.NextWords() : "";

        var apart = _setup.Traits.SendsWordsApart && words.Length > 0;
        record.AddChunk(bytes, stale: false);
        await socket.SendAsync(ServerMessages.ModelOutput, new ServerMessages.Output(speech.Pcm, firstByte, bytes, apart ? "" : words, _setup.Traits.OutputMimeType));
        if (apart)
            await socket.SendAsync(ServerMessages.ModelOutput, new ServerMessages.Output(default, 0, 0, words, ""));
    }

    private async ValueTask EndGenerationAsync(SimulatedSpeech speech)
    {
        // A blocking call is part of the generation: the answer to it goes on in the same turn.
        if (!tools.IsBlocked && speech.Ending != SpeechEnding.Nothing)
        {
            record.Add(SessionEventKind.GenerationCompleted, speech.Name);
            await socket.SendAsync(ServerMessages.Flag, "generationComplete");
            await sendHandle();
        }
        if (speech.Ending == SpeechEnding.Early)
            speech.PlayedAt = context.Now;
        speech.MarkGenerated();
    }

    private async ValueTask EndTurnAsync(SimulatedSpeech speech)
    {
        _current = null;
        if (!tools.IsBlocked && speech.Ending is (SpeechEnding.Turn or SpeechEnding.Early))
            await SendTurnCompleteAsync(InteractionStatus(speech));
        speech.End(SpeechOutcome.Completed);
    }

    private string InteractionStatus(SimulatedSpeech? speech)
    {
        if (!_setup!.Traits.ReportsInteraction)
            return "";
        return tools.HasOpen || speech is { IsInProgress: true } ? "IN_PROGRESS" : "IDLE";
    }

    private ValueTask SendTurnCompleteAsync(string interactionStatus) => Accounts.SendAsync(Accounts.Close() with { InteractionStatus = interactionStatus });

    private async ValueTask SendStaleAsync(SimulatedSpeech dead)
    {
        var left = (int)(StaleMs * BytesPerSecond / 1_000);
        var position = dead.IsGenerated ? 0 : dead.SentBytes;
        while (left > 0)
        {
            var bytes = Math.Min(Math.Min(left, ChunkBytes[^1]), dead.TotalBytes - position);
            record.AddChunk(bytes, stale: true);
            await socket.SendAsync(ServerMessages.ModelOutput, new ServerMessages.Output(dead.Pcm, position, bytes, "", _setup!.Traits.OutputMimeType));
            left -= bytes;
            position = (position + bytes) % dead.TotalBytes;
        }
        StaleMs = 0;
    }
}
