using GeminiLive;
using Telephony.Calls;
using VoiceAgent.Audio;

namespace VoiceAgent.Calls;

/// <summary>Joins one <see cref="Call"/> and one <see cref="LiveClient"/>: caller audio -> uplink -> Live, Live -> playout -> caller.</summary>
/// <remarks>Audio and barge-in pass through here on the threads they come on; everything else is handed to the call's loop as a signal.</remarks>
internal sealed class CallBridge : ILiveListener, IAsyncDisposable
{
    private readonly Call _call;
    private readonly Action<CallSignal> _post;
    private readonly CancellationTokenSource _over = new();
    private Task _connecting = Task.CompletedTask;

    public CallBridge(Call call, Action<CallSignal> post, LiveSessionConfig config, LiveClientFactory factory)
    {
        _call = call;
        _post = post;
        Uplink = factory.CreateUplink();
        Playout = new PlayoutBuffer(factory.Options.PlayoutLimit);
        Playout.BecameReady = OnAgentAudioReady;
        Playout.TurnPlayed = OnTurnPlayed;
        Live = factory.Create(config, this, Uplink, call.CallId);
    }

    /// <summary>The Live session.</summary>
    public LiveClient Live { get; }

    /// <summary>Caller audio on its way up.</summary>
    public Uplink Uplink { get; }

    /// <summary>Agent audio on its way to the caller.</summary>
    public PlayoutBuffer Playout { get; }

    /// <summary>Starts the Live session; its end is a signal.</summary>
    public void Connect() => _connecting = ConnectAsync();

    /// <inheritdoc/>
    public void OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn) => Playout.Write(pcm, sampleRateHz, turn);

    /// <summary>The model stopped for the caller: what is not yet on the wire is never played.</summary>
    public void OnInterrupted()
    {
        Playout.Flush();
        _post(new CallSignal(CallTrigger.BargeIn));
    }

    /// <inheritdoc/>
    public void OnEvent(LiveEvent liveEvent)
    {
        // A lost connection ends the turn too: neither of its own ends will come.
        if (liveEvent is GenerationComplete or TurnComplete or ConnectionLost)
            Playout.CompleteTurn();
        _post(CallSignal.Of(liveEvent));
    }

    /// <summary>Plays a recording in place of whatever the agent was saying. Only once the Live session has failed: it writes where that session wrote.</summary>
    public void PlayInstead(Recording recording)
    {
        Playout.Flush();
        Playout.Write(recording.Samples, recording.SampleRateHz, PlayedTurn.Recording);
        Playout.CompleteTurn();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _connecting;
        await Live.DisposeAsync();
        _over.Dispose();
    }

    private async Task ConnectAsync()
    {
        var result = await Live.ConnectAsync(_over.Token);
        if (result.Failure is { } failure)
            OnEvent(new LiveFailed(failure));
    }

    private void OnTurnPlayed(PlayedTurn turn)
    {
        if (!turn.WasCut)
            _post(new CallSignal(CallTrigger.AgentSpeechEnded));
    }

    private void OnAgentAudioReady()
    {
        _call.AudioReady();
        _post(new CallSignal(CallTrigger.AgentSpeechStarted));
    }
}
