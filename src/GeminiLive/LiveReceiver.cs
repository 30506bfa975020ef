using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>Acts on each server message: every key on its own, in the one order in which they make sense together.</summary>
/// <remarks>Owned by the session's loop, but for <see cref="InterruptHere"/>, which takes its turn; lives as long as the session.</remarks>
internal sealed class LiveReceiver(
    ILiveListener listener, LiveTurn turn, LiveHistory history, LiveToolCalls toolCalls, Action<UsageReported> onUsage, LiveResumption resumption, LiveWatchdog watchdog, LiveGreeting greeting,
    UnconsumedMessages unconsumed)
{
    private readonly Lock _gate = new();
    private readonly PcmDecoder _decoder = new();
    private readonly ToolCodeFilter _toolCode = new();
    private readonly EmptyTurns _emptyTurns = new();

    /// <summary>Audio parts that were no base64.</summary>
    public int MalformedAudioParts => _decoder.MalformedParts;

    /// <summary>Audio parts of interrupted generations, dropped.</summary>
    public int StaleAudioParts { get; private set; }

    /// <summary>Time until the server closes this connection; null before its <c>goAway</c>.</summary>
    public TimeSpan? GoAwayTimeLeft { get; private set; }

    /// <summary>True while an extended-thinking model works: its turn is over only when it says so (<see cref="InteractionChanged"/>).</summary>
    public bool IsWorking { get; private set; }

    /// <summary>True when a change of connection would lose nothing: no generation is running, none is due, and the server's state is saved.</summary>
    /// <remarks>Not on a connection that was changed over to just now: a server that announces the end of each one at once would be left for ever.</remarks>
    public bool IsCalm =>
        !IsWorking && !turn.IsGenerating && !turn.IsDead && !watchdog.IsAnswerDue && !toolCalls.IsAnyOpen && resumption.IsResumable && resumption.IsSettled;

    /// <summary>Handles one message.</summary>
    /// <param name="message">As read.</param>
    /// <param name="json">Its bytes, in which the audio lies.</param>
    public void Handle(ServerMessage message, ReadOnlySpan<byte> json)
    {
        lock (_gate)
        {
            if (!message.IsSetupComplete)
                watchdog.NoteSign();
            HandleSession(message);
            HandleInterruption(message);
            HandleTranscripts(message);
            HandleOutput(message, json);
            HandleToolCalls(message);
            HandleEnds(message);
            HandleInteraction(message);
        }
    }

    /// <summary>The caller's turn has been marked here: what the model is saying is void, and the service's own word for it need not be waited for. Any thread.</summary>
    public void InterruptHere()
    {
        lock (_gate)
            Interrupt();
    }

    /// <summary>The connection is gone: the open turn's ends will never come.</summary>
    /// <returns>Number of that turn; 0 when none was open.</returns>
    public int ConnectionLost()
    {
        unconsumed.Forget(toolCalls.ConnectionLost());
        var lost = turn.OpenNumber;
        TellWords(_toolCode.End(), language: null);
        if (IsWorking || turn.IsGenerating)
            watchdog.Expect();   // the rest of the answer will never come by itself
        _emptyTurns.Forget();
        if (lost > 0)
            history.EndAgent(lost, turn.IsGenerating ? LiveTurnEnd.ConnectionLost : LiveTurnEnd.Completed);
        turn.Complete();
        _decoder.Reset();
        GoAwayTimeLeft = null;
        IsWorking = false;
        return lost;
    }

    private void HandleSession(ServerMessage message)
    {
        if (message.IsResumable is { } isResumable)
            NoteHandle(message, isResumable);
        if (message.GoAwayTimeLeft is { } timeLeft)
        {
            GoAwayTimeLeft = timeLeft;
            listener.OnEvent(new GoAwayReceived(timeLeft));
        }
        if (message.Error is { } error)
            listener.OnEvent(new ServerErrorReported(error));
        if (message.VoiceActivity is { } activity)
            listener.OnEvent(activity);
    }

    private void HandleInterruption(ServerMessage message)
    {
        if (message.CancelledCalls.Count > 0)
        {
            toolCalls.Cancel(message.CancelledCalls);
            if (watchdog.IsAnswerDue)
                watchdog.Expect();   // it may have waited for the calls before
            listener.OnEvent(new ToolCallsCancelled([.. message.CancelledCalls]));
        }
        if (message.IsInterrupted)
            Interrupt();
    }

    private void NoteHandle(ServerMessage message, bool isResumable)
    {
        resumption.Note(message.NewHandle, isResumable);
        if (message.NewHandle is null)
            return;
        toolCalls.HandleIssued();
        if (message.LastConsumedIndex is { } index)
            unconsumed.Consumed(index);
    }

    private void Interrupt()
    {
        TellWords(_toolCode.End(), language: null);
        if (turn.OpenNumber > 0)
            history.EndAgent(turn.Number, LiveTurnEnd.Interrupted);
        turn.Interrupt();
        watchdog.EndTurn();
        _emptyTurns.Forget();
        _decoder.Reset();
        listener.OnInterrupted();
    }

    private void HandleTranscripts(ServerMessage message)
    {
        if (message.InputTranscript.Length > 0)
        {
            watchdog.Expect();
            history.AddCaller(message.InputTranscript);
            listener.OnEvent(new InputTranscript(message.InputTranscript) { LanguageCode = message.InputLanguage });
        }
        if (message.OutputTranscript.Length > 0 && Admit(message))
            TellWords(_toolCode.Pass(message.OutputTranscript), message.OutputLanguage);
    }

    private void TellWords(string words, string? language)
    {
        if (words.Length == 0)
            return;
        history.AddAgent(turn.Number, words);
        listener.OnEvent(new OutputTranscript(words, turn.Number) { LanguageCode = language });
    }

    private void HandleOutput(ServerMessage message, ReadOnlySpan<byte> json)
    {
        if (!message.HasModelTurn)
            return;
        if (!Admit(message))
        {
            StaleAudioParts += message.Audio.Count;
            return;
        }
        if (message.Text.Length > 0)
            listener.OnEvent(new ModelText(message.Text, turn.Number));
        foreach (var part in message.Audio)
        {
            var pcm = _decoder.Decode(json, part);
            if (pcm.IsEmpty)
                continue;
            greeting.Heard();
            watchdog.ExpectTurnEnd(TimeSpan.FromSeconds((double)pcm.Length / part.SampleRateHz));
            _emptyTurns.Hear(pcm);
            history.AddAudio(turn.Number, pcm.Length, part.SampleRateHz);
            listener.OnAudio(pcm, part.SampleRateHz, turn.Number);
        }
    }

    private void HandleToolCalls(ServerMessage message)
    {
        if (message.ToolCalls.Count == 0)
            return;
        var calls = message.ToolCalls.ToArray();
        watchdog.Satisfy();
        watchdog.EndTurn();   // it is our turn to answer
        toolCalls.Add(calls);
        listener.OnEvent(new ToolCallsRequested(calls));
        if (toolCalls.AnswerUnknown(calls))
            watchdog.Expect();
    }

    private void HandleEnds(ServerMessage message)
    {
        if (message.Sources.Count + message.SearchQueries.Count > 0)
            listener.OnEvent(new GroundingReceived([.. message.SearchQueries], [.. message.Sources], turn.OpenNumber));
        if (message.IsGenerationComplete)
        {
            _decoder.Reset();
            EndWait();
            if (turn.CompleteGeneration())
                listener.OnEvent(new GenerationComplete(turn.OpenNumber));
        }
        if (message.Usage is { } usage)
        {
            onUsage(usage);
            listener.OnEvent(usage);
        }
        // The end of an interrupted turn is no answer to the words that interrupted it.
        var hasYielded = (message.IsTurnComplete && !turn.IsDead) || message.IsWaitingForInput;
        if (hasYielded)
        {
            watchdog.Satisfy();
            resumption.Reacted();
        }
        if (message.IsWaitingForInput)
            listener.OnEvent(new WaitingForInput());
        if (message.IsTurnComplete)
            CompleteTurn(message);
        // A model that goes on working, or was refused, has not answered.
        if (hasYielded && (message.IsIdle || message.IsWaitingForInput) && message.TurnCompleteReason is null or "NEED_MORE_INPUT")
            listener.OnEvent(new AnswerSettled());
    }

    private void CompleteTurn(ServerMessage message)
    {
        EndWait();
        TellWords(_toolCode.End(), language: null);
        var ended = turn.OpenNumber;
        turn.Complete();
        history.EndAgent(ended, LiveTurnEnd.Completed);
        listener.OnEvent(new TurnComplete(message.IsIdle, message.TurnCompleteReason, ended));
        if (_emptyTurns.EndsInARow(message.TurnCompleteReason))
            watchdog.Reject("answers in a row were without sound or were rejected");
    }

    // A model that works on says when it has finished.
    private void EndWait()
    {
        if (IsWorking)
            watchdog.ExpectTurnEnd(TimeSpan.Zero);
        else
            watchdog.EndTurn();
    }

    private void HandleInteraction(ServerMessage message)
    {
        var saysNothing = message.InteractionStatus is null && !message.IsTurnComplete;
        if (saysNothing || IsWorking == !message.IsIdle)
            return;
        IsWorking = !message.IsIdle;
        watchdog.NoteWorking(IsWorking);
        EndWait();
        listener.OnEvent(new InteractionChanged(message.IsIdle));
        if (message.IsIdle && !message.IsTurnComplete)
        {
            watchdog.Satisfy();
            listener.OnEvent(new AnswerSettled());
        }
    }

    /// <summary>Output beside <c>interrupted</c> in one message is of the dead generation, wherever it stands in the JSON text.</summary>
    private bool Admit(ServerMessage message)
    {
        if (message.IsInterrupted || !(message.HasModelTurn ? turn.Admit() : turn.AdmitWords()))
            return false;
        resumption.Healthy();
        if (message.OutputTranscript.Length > 0 || message.Audio.Count > 0)
            watchdog.Satisfy();
        return true;
    }
}
