using System.Buffers;
using System.Text;
using System.Text.Json;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>What the client sends while the session is open: caller audio and activity, text, tool responses, context updates.</summary>
/// <remarks>Owned by the session's loop. Methods that can meet a fault return the close that answers it, or null.</remarks>
internal sealed class ClientInput
{
    private readonly SessionState _session;
    private readonly LiveSocket _socket;
    private readonly SessionRecord _record;
    private readonly SessionContext _context;
    private readonly ClientContent _content;
    private readonly ToolResults _results;
    private readonly CallerAudio _callerAudio = new();
    private SessionSetup _setup = null!;
    private ActivityDetector? _detector;
    private bool _isInMarkedActivity;
    private long _markedSamples;

    public ClientInput(SessionState session, LiveSocket socket, SessionRecord record, SessionContext context)
    {
        (_session, _socket, _record, _context) = (session, socket, record, context);
        _content = new ClientContent(session, this, record);
        _results = new ToolResults(session, this, record);
    }

    /// <summary>When caller audio came last, or when the session opened.</summary>
    public long LastAudioAt { get; private set; }

    /// <summary>Whether the initial history is still to come: nothing else may be sent before it.</summary>
    public bool AwaitsHistory { get; set; }

    /// <summary>Whether the caller is speaking, by detection or by the client's marks.</summary>
    public bool IsUserSpeaking => _isInMarkedActivity || _detector is { InSpeech: true };

    /// <summary>Texts that are still to be taken without an answer.</summary>
    public int IgnoredTexts { get; set; }

    /// <summary>Whether caller audio closes the connection while a blocking call is open, as on one 2.5 preview.</summary>
    public bool RefusesAudioDuringCalls { get; set; }

    /// <summary>Begins to listen.</summary>
    public void Open(SessionSetup setup)
    {
        _setup = setup;
        _detector = setup.Detection is { } settings ? new ActivityDetector(settings) : null;
        AwaitsHistory = setup.SeedsHistory && setup.Handle.Length == 0;
        LastAudioAt = _context.Now;
    }

    /// <summary>Takes caller audio of whole samples.</summary>
    public async ValueTask OnAudioAsync(ReadOnlyMemory<byte> pcmBytes, int rateHz, long timestamp)
    {
        LastAudioAt = timestamp;
        var (pcm, rented) = _callerAudio.ToDetectorRate(pcmBytes.Span, rateHz);
        _record.AddCallerAudio(timestamp, pcm.Span);
        if (_isInMarkedActivity)
            _markedSamples += pcm.Length;
        if (_setup.CoversAllInput)
            _session.Conversation!.Context.AddAudio(TimeSpan.FromSeconds((double)pcm.Length / ActivityDetector.SampleRateHz));
        while (_detector is not null && !pcm.IsEmpty)
        {
            var activity = _detector.Process(pcm.Span, out var consumed);
            pcm = pcm[consumed..];
            if (activity == Activity.Started)
                await OnSpeechStartedAsync();
            else if (activity == Activity.Ended)
                await OnSpeechEndedAsync(TimeSpan.FromMilliseconds(_detector.UtteranceMs));
        }
        ArrayPool<short>.Shared.Return(rented);
    }

    /// <summary>Takes a message that the schema has passed.</summary>
    public async ValueTask<CloseReason?> OnMessageAsync(JsonElement message, long timestamp)
    {
        if (message.Has("realtimeInput"))
            return await OnRealtimeInputAsync(message.Get("realtimeInput"), timestamp);
        if (message.Has("clientContent"))
            return await _content.OnContentAsync(message.Get("clientContent"));
        return message.Has("toolResponse")
            ? await _results.OnResponsesAsync(message.Get("toolResponse"))
            : _content.OnContextUpdate(message.Get("contextUpdate"));
    }

    private async ValueTask<CloseReason?> OnRealtimeInputAsync(JsonElement input, long timestamp)
    {
        if (input.Has("mediaChunks") && !_setup.Traits.TakesMediaChunks)
            return CloseReason.Invalid("realtime_input.media_chunks is deprecated. Use audio, video, or text instead.");
        if (input.Has("text") && !_setup.Traits.TakesRealtimeText)
            return CloseReason.Invalid("realtime_input.text is not supported for this model, use client_content.");
        if (AwaitsHistory)
            return CloseReason.EarlyInput;
        var hasMarker = input.Has("activityStart") || input.Has("activityEnd");
        if (hasMarker && _detector is not null)
            return CloseReason.Invalid("Explicit activity control is not supported when automatic activity detection is enabled.");
        if (input.Has("audioStreamEnd") && _detector is null)
            return CloseReason.Invalid("audio_stream_end is not supported when automatic activity detection is disabled.");
        if (input.Has("activityStart"))
            await OnActivityStartAsync();
        var audio = input.Has("audio") ? input.Get("audio") : input.GetElements("mediaChunks").FirstOrDefault();
        if (audio.ValueKind == JsonValueKind.Object && await OnBlobAsync(audio, timestamp) is { } fault)
            return fault;
        if (input.Has("activityEnd"))
            await OnActivityEndAsync();
        if (input.GetBool("audioStreamEnd") && _detector!.Flush() == Activity.Ended)
            await OnSpeechEndedAsync(TimeSpan.FromMilliseconds(_detector.UtteranceMs));
        if (input.Has("text"))
            await OnTextAsync(input.GetText("text"), interrupts: _detector is not null && _setup.SpeechInterrupts);
        return null;
    }

    private async ValueTask<CloseReason?> OnBlobAsync(JsonElement blob, long timestamp)
    {
        var mimeType = blob.GetText("mimeType");
        if (!AudioMessage.TryParseMimeType(mimeType, out var rateHz))
            return CloseReason.Invalid($"Unsupported audio mime type '{mimeType}': use audio/pcm;rate=16000.");
        var text = Encoding.UTF8.GetBytes(blob.GetText("data"));
        var bytes = new byte[text.Length];
        _ = AudioMessage.TryDecode(text, bytes, out var length);
        if (length % sizeof(short) != 0)
            return CloseReason.Invalid("Audio data must hold whole 16-bit samples.");
        await OnAudioAsync(bytes.AsMemory(0, length), rateHz, timestamp);
        return null;
    }

    private ValueTask OnActivityStartAsync()
    {
        _isInMarkedActivity = true;
        _markedSamples = 0;
        return OnSpeechStartedAsync();
    }

    private async ValueTask OnActivityEndAsync()
    {
        if (!_isInMarkedActivity)
            return;
        _isInMarkedActivity = false;
        await OnSpeechEndedAsync(TimeSpan.FromSeconds((double)_markedSamples / ActivityDetector.SampleRateHz));
    }

    private async ValueTask OnSpeechStartedAsync()
    {
        _record.Add(SessionEventKind.SpeechStarted);
        await SignalActivityAsync("VAD_SIGNAL_TYPE_SOS");
        if (_setup.SpeechInterrupts && _session.Speaker.IsBusy)
            await _session.Speaker.InterruptAsync();
    }

    private async ValueTask OnSpeechEndedAsync(TimeSpan utterance)
    {
        _record.Add(SessionEventKind.SpeechEnded, $"{utterance.TotalMilliseconds:0} ms");
        await SignalActivityAsync("VAD_SIGNAL_TYPE_EOS");
        Hear(_setup.CoversAllInput ? TimeSpan.Zero : utterance);

        // The simulator hears levels, not words, and does not pretend otherwise.
        if (_setup.TranscribesInput && !_session.HasScriptedTranscripts)
            await _socket.SendAsync(ServerMessages.InputTranscription, $" (caller spoke for {utterance.TotalSeconds:0.0} s)");
        await _results.OnUserEndedAsync();
        await _session.AutoAnswer.OnUtteranceAsync();
    }

    // A turn of the user begins: the moment at which a context that is too large is cut.
    private void Hear(TimeSpan audio)
    {
        _session.Conversation!.Context.AddAudio(audio);
        _session.Conversation.Context.Compress();
    }

    private ValueTask SignalActivityAsync(string type) =>
        _setup.SignalsActivity ? _socket.SendAsync(ServerMessages.ActivitySignal, type) : ValueTask.CompletedTask;

    /// <summary>Takes text that asks for an answer.</summary>
    public async ValueTask OnTextAsync(string text, bool interrupts)
    {
        _record.Add(SessionEventKind.TextReceived, text);
        if (IgnoredTexts > 0)
        {
            IgnoredTexts--;
            return;
        }
        _session.Conversation!.Context.AddText(text);
        _session.Conversation.Context.Compress();
        if (interrupts && _session.Speaker.IsBusy)
            await _session.Speaker.InterruptAsync();
        await _session.AutoAnswer.OnTextAsync(text);
    }
}
