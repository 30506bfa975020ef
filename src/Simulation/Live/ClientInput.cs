using System.Buffers;
using System.Text;
using System.Text.Json;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>What the client sends while the session is open: caller audio and activity, text, tool responses, context updates.</summary>
/// <remarks>Owned by the session's loop. Methods that can meet a fault return the close that answers it, or null.</remarks>
internal sealed class ClientInput(SessionState session, LiveSocket socket, SessionRecord record, SessionContext context)
{
    private const double TokensPerSecond = 25;

    private readonly CallerAudio _callerAudio = new();
    private SessionSetup _setup = null!;
    private ActivityDetector? _detector;
    private IReadOnlySet<string> _blockingFunctions = new HashSet<string>(StringComparer.Ordinal);
    private bool _isInMarkedActivity;
    private long _markedSamples;
    private bool _awaitsHistory;

    /// <summary>When caller audio came last, or when the session opened.</summary>
    public long LastAudioAt { get; private set; }

    /// <summary>Begins to listen.</summary>
    public void Open(SessionSetup setup)
    {
        _setup = setup;
        _detector = setup.Detection is { } settings ? new ActivityDetector(settings) : null;
        _blockingFunctions = setup.BlockingFunctions;
        _awaitsHistory = setup.SeedsHistory && setup.Handle.Length == 0;
        LastAudioAt = context.Now;
    }

    /// <summary>Whether a function blocks the model until it is answered; one that was never declared does not.</summary>
    public bool IsBlocking(string function) => _blockingFunctions.Contains(function);

    /// <summary>Takes caller audio of whole samples.</summary>
    public async ValueTask OnAudioAsync(ReadOnlyMemory<byte> pcmBytes, int rateHz, long timestamp)
    {
        LastAudioAt = timestamp;
        var (pcm, rented) = _callerAudio.ToDetectorRate(pcmBytes.Span, rateHz);
        record.AddCallerAudio(timestamp, pcm.Span);
        if (_isInMarkedActivity)
            _markedSamples += pcm.Length;
        while (_detector is not null && !_awaitsHistory && !pcm.IsEmpty)
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
            return await OnClientContentAsync(message.Get("clientContent"));
        return message.Has("toolResponse")
            ? await OnToolResponseAsync(message.Get("toolResponse"))
            : OnContextUpdate(message.Get("contextUpdate"));
    }

    private async ValueTask<CloseReason?> OnRealtimeInputAsync(JsonElement input, long timestamp)
    {
        if (input.Has("mediaChunks") && _setup.Family != ModelFamily.NativeAudio25)
            return CloseReason.Invalid("realtime_input.media_chunks is deprecated. Use audio, video, or text instead.");
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
        record.Add(SessionEventKind.SpeechStarted);
        if (_setup.SpeechInterrupts && session.Speaker.IsBusy)
            await session.Speaker.InterruptAsync();
    }

    private async ValueTask OnSpeechEndedAsync(TimeSpan utterance)
    {
        record.Add(SessionEventKind.SpeechEnded, $"{utterance.TotalMilliseconds:0} ms");
        session.Conversation!.ContextTokens += utterance.TotalSeconds * TokensPerSecond;

        // The simulator hears levels, not words, and does not pretend otherwise.
        if (_setup.TranscribesInput && !session.HasScriptedTranscripts)
            await socket.SendAsync(ServerMessages.InputTranscription, $" (caller spoke for {utterance.TotalSeconds:0.0} s)");
        await session.AutoAnswer.OnUtteranceAsync();
    }

    private async ValueTask OnTextAsync(string text, bool interrupts)
    {
        record.Add(SessionEventKind.TextReceived, text);
        session.Conversation!.ContextTokens += text.Length / 4.0;
        if (interrupts && session.Speaker.IsBusy)
            await session.Speaker.InterruptAsync();
        await session.AutoAnswer.OnTextAsync(text);
    }

    private async ValueTask<CloseReason?> OnClientContentAsync(JsonElement content)
    {
        var turns = content.GetElements("turns").ToList();
        if (turns.Exists(turn => turn.GetText("role") is not ("user" or "model") && (turn.Has("role") || _setup.Family != ModelFamily.NativeAudio25)))
            return CloseReason.Invalid("Please use a valid role: user, model.");
        var text = string.Join('\n', turns.SelectMany(turn => turn.GetElements("parts")).Select(part => part.GetText("text")));
        var isComplete = content.GetBool("turnComplete");
        if (_awaitsHistory || !isComplete)
        {
            record.Add(SessionEventKind.TextReceived, text);
            session.Conversation!.ContextTokens += text.Length / 4.0;
            _awaitsHistory &= !isComplete;
            return null;
        }
        await OnTextAsync(text, interrupts: true);
        return null;
    }

    private async ValueTask<CloseReason?> OnToolResponseAsync(JsonElement toolResponse)
    {
        foreach (var response in toolResponse.GetElements("functionResponses"))
        {
            var id = response.GetText("id");
            if (id.Length == 0 || !response.Has("response"))
                return CloseReason.Invalid("Request contains an invalid argument: a function response needs an id and a response.");
            var answer = session.Tools.Answer(id, response.GetBool("willContinue"));
            if (answer == ToolAnswer.Unknown)
                return CloseReason.NotFound;
            record.Add(SessionEventKind.ToolResponseReceived, $"{id} {response.GetText("name")}".TrimEnd());
            if (answer == ToolAnswer.Expected)
                await session.AutoAnswer.OnToolResponseAsync(response.GetText("scheduling"));
        }
        return null;
    }

    private CloseReason? OnContextUpdate(JsonElement update)
    {
        if (_setup.Family is not (ModelFamily.Live38 or ModelFamily.ExtendedThinking38))
            return CloseReason.Invalid("Invalid JSON payload received. Unknown name \"contextUpdate\": Cannot find field.");
        if (update.Has("tools"))
            _blockingFunctions = SessionSetup.ReadBlockingFunctions(update.Get("tools").GetElements("tools"), _setup.Family);
        return null;
    }
}
