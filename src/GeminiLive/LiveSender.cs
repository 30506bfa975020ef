using System.Runtime.CompilerServices;
using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>The send loop of one connection: control messages first, then caller audio in chunks, until told to stop; then the close frame.</summary>
/// <remarks>
/// The only one that sends, since a WebSocket takes one message at a time. With manual activity detection only the caller's turns are sent,
/// between their marks, and a little silence now and then so that the service does not take the session for idle. Allocates only when built.
/// </remarks>
internal sealed class LiveSender(
    LiveConnection connection, LiveOutbox outbox, Uplink uplink, LiveWatchdog watchdog, LiveActivity activity, Action onActivityStart, Func<bool> holdsAudio,
    UnconsumedMessages unconsumed)
{
    // A session without audio is cut after about 150 s; 100 ms of silence every 30 s keep it (protocol reference, 10.5).
    private const int KeepAliveMs = 30_000;
    private const int KeepAliveSilenceMs = 100;

    private readonly short[] _chunks = new short[2 * uplink.ChunkSamples];
    private readonly SpeechEnd _speechEnd = new(uplink.ChunkSamples * 1000 / Uplink.RateHz);
    private readonly AudioMessage _audio = new(2 * uplink.ChunkSamples);
    private readonly int _chunkMs = uplink.ChunkSamples * 1000 / Uplink.RateHz;
    private int _taken;   // samples of the chunks at hand
    private int _withheldMs;
    private volatile bool _isStopping;

    /// <summary>True while the caller is in the middle of saying something; any thread.</summary>
    public bool IsCallerSpeaking => _speechEnd.IsSpeaking;

    /// <summary>Ends the loop with a close frame, dropping nothing that is still queued for the next connection; any thread.</summary>
    public void Stop()
    {
        _isStopping = true;
        uplink.Wake();
    }

    /// <summary>Runs until <see cref="Stop"/> or until the connection is gone.</summary>
    public async Task RunAsync()
    {
        uplink.MayPair = !activity.IsManual;
        uplink.Crowd.Enter();
        try
        {
            await SendAllAsync();
        }
        finally
        {
            uplink.Crowd.Leave();
        }
    }

    private Span<short> Chunk => _chunks.AsSpan(0, uplink.ChunkSamples);

    private async Task SendAllAsync()
    {
        activity.Reset();
        if (connection.History is { } history)
        {
            unconsumed.Keep(history);
            if (!await SendAsync(history))
            {
                connection.Abort("sending failed");
                return;
            }
        }
        while (!_isStopping)
        {
            if (!await SendControlAsync() || !await SendAudioAsync())
            {
                connection.Abort("sending failed");
                return;
            }
            if (!_isStopping)
                await uplink.WaitAsync();
        }
        await connection.CloseOutputAsync();
    }

    private ValueTask<bool> SendControlAsync() => outbox.Count == 0 ? new(true) : SendWaitingAsync();

    private async ValueTask<bool> SendWaitingAsync()
    {
        while (!_isStopping && outbox.TryPeek(out var message))
        {
            // Audio sent after it would open the stream again.
            if (message == ClientMessages.AudioStreamEnd && !await SendAudioAsync())
                return false;
            unconsumed.Keep(message);
            if (!await SendAsync(message))
                return false;
            outbox.Sent(message);
        }
        return true;
    }

    private ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message)
    {
        unconsumed.Count();
        var sending = connection.SendAsync(message);
        return sending.IsCompleted ? sending : WatchedAsync(sending);
    }

    // Only a message that finds no room at once is worth a timer.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WatchedAsync(ValueTask<bool> sending)
    {
        watchdog.NoteSending(isStuck: true);
        var isSent = await sending;
        watchdog.NoteSending(isStuck: false);
        return isSent;
    }

    // Almost every message finds room at once, and costs no more than the call.
    private ValueTask<bool> SendAudioAsync()
    {
        while (TryTake())
        {
            var sending = SendTakenAsync();
            if (!sending.IsCompletedSuccessfully)
                return SendAudioAsync(sending);
            if (!sending.Result)
                return new(false);
        }
        return new(true);
    }

    private async ValueTask<bool> SendAudioAsync(ValueTask<bool> sending)
    {
        var isSent = await sending;
        while (isSent && TryTake())
            isSent = await SendTakenAsync();
        return isSent;
    }

    /// <summary>Takes a chunk, or two where that is to be saved; turns that are marked here are marked chunk by chunk.</summary>
    private bool TryTake()
    {
        _taken = 0;
        if (TryTakeChunk() && uplink.Pairs)
            TryTakeChunk();
        return _taken > 0;
    }

    private bool TryTakeChunk()
    {
        var chunk = _chunks.AsSpan(_taken, uplink.ChunkSamples);
        if (_isStopping || holdsAudio() || !uplink.TryRead(chunk))
            return false;
        _taken += chunk.Length;
        // Where turns are marked here, nothing is due before one has ended: the service has not heard the rest.
        if (_speechEnd.Passes(chunk) && !activity.IsManual)
            watchdog.ExpectSign(SpeechEnd.Delay);
        return true;
    }

    private ValueTask<bool> SendTakenAsync() => activity.IsManual ? SendMarkedAsync() : SendAsync(_audio.Write(_chunks.AsSpan(0, _taken)));

    private ValueTask<bool> SendChunkAsync() => SendAsync(_audio.Write(Chunk));

    private async ValueTask<bool> SendMarkedAsync()
    {
        switch (activity.Hear(Chunk, uplink.IsSpeech))
        {
            case ActivityStep.Start:
                if (activity.Interrupts)
                    onActivityStart();
                return await SendAsync(ClientMessages.ActivityStart) && await SendPreRollAsync();
            case ActivityStep.Send:
                return await SendChunkAsync();
            case ActivityStep.End:
                _withheldMs = 0;
                watchdog.ExpectSign(TimeSpan.Zero);
                return await SendAsync(ClientMessages.ActivityEnd);
            default:
                return await KeepAliveAsync();
        }
    }

    private async ValueTask<bool> SendPreRollAsync()
    {
        while (activity.TryReadPreRoll(Chunk))
        {
            if (!await SendChunkAsync())
                return false;
        }
        return true;
    }

    private async ValueTask<bool> KeepAliveAsync()
    {
        _withheldMs += _chunkMs;
        if (_withheldMs < KeepAliveMs)
            return true;
        _withheldMs = 0;
        Chunk.Clear();
        for (var sentMs = 0; sentMs < KeepAliveSilenceMs; sentMs += _chunkMs)
        {
            if (!await SendChunkAsync())
                return false;
        }
        return true;
    }
}
