using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>The send loop of one connection: control messages first, then caller audio in chunks, until told to stop; then the close frame.</summary>
/// <remarks>The only one that sends, since a WebSocket takes one message at a time. Allocates only when built.</remarks>
internal sealed class LiveSender(LiveConnection connection, LiveOutbox outbox, Uplink uplink, LiveWatchdog watchdog)
{
    private readonly short[] _chunk = new short[uplink.ChunkSamples];
    private readonly SpeechEnd _speechEnd = new(uplink.ChunkSamples * 1000 / Uplink.RateHz);
    private readonly AudioMessage _audio = new(uplink.ChunkSamples);
    private volatile bool _isStopping;

    /// <summary>Ends the loop with a close frame, dropping nothing that is still queued for the next connection; any thread.</summary>
    public void Stop()
    {
        _isStopping = true;
        uplink.Wake();
    }

    /// <summary>Runs until <see cref="Stop"/> or until the connection is gone.</summary>
    public async Task RunAsync()
    {
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

    private async ValueTask<bool> SendControlAsync()
    {
        while (!_isStopping && outbox.TryPeek(out var message))
        {
            if (!await connection.SendAsync(message))
                return false;
            outbox.Sent();
        }
        return true;
    }

    private async ValueTask<bool> SendAudioAsync()
    {
        while (!_isStopping && uplink.TryRead(_chunk))
        {
            if (!await connection.SendAsync(_audio.Write(_chunk)))
                return false;
            if (_speechEnd.Passes(_chunk))
                watchdog.ExpectSign();
        }
        return true;
    }
}
