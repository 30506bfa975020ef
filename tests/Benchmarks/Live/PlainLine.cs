using System.Net.WebSockets;
using Benchmarks.Media;
using GeminiLive.Messages;

namespace Benchmarks.Live;

/// <summary>The reference session: a bare socket that sends the same bytes, written once, and throws away what comes.</summary>
internal sealed class PlainLine : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly ReadOnlyMemory<byte> _message = new AudioMessage(CountedAudio.FrameSamples).Write(new short[CountedAudio.FrameSamples]);
    private readonly Task _receiving;

    private PlainLine(ClientWebSocket socket)
    {
        _socket = socket;
        _receiving = ReceiveAsync();
    }

    public static async Task<PlainLine> OpenAsync(Uri endpoint) => new(await LiveDoor.OpenAsync(endpoint));

    /// <summary>Sends one frame; the metronome's thread.</summary>
    public void Tick()
    {
        var sending = _socket.SendAsync(_message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        if (!sending.IsCompletedSuccessfully)
            sending.AsTask().Wait();
    }

    public async ValueTask DisposeAsync()
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);
        await _receiving;
        _socket.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[1 << 16];
        while (await LiveDoor.ReceiveAsync(_socket, buffer) > 0)
        {
        }
    }
}
