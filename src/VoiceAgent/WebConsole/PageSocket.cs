using System.Net.WebSockets;

namespace VoiceAgent.WebConsole;

/// <summary>A WebSocket to a page of the console: whole messages of a bounded size, and no send that waits for long.</summary>
/// <remarks>One thread at a time receives, and one sends.</remarks>
internal sealed class PageSocket(WebSocket socket, TimeProvider time, CancellationToken aborted)
{
    /// <summary>Bytes of the largest message that is taken.</summary>
    public const int MaxMessageBytes = 8 * 1024;

    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private readonly byte[] _message = new byte[MaxMessageBytes];

    /// <summary>How often a page is asked for a sign of life, and how long it has for it: one that has gone without a word is noticed by that.</summary>
    public static WebSocketAcceptContext Terms { get; } = new() { KeepAliveInterval = TimeSpan.FromSeconds(5), KeepAliveTimeout = TimeSpan.FromSeconds(10) };

    /// <summary>Whether the page has closed it as one does; else it has just gone.</summary>
    public bool IsClosedByPage => socket.State == WebSocketState.CloseReceived;

    /// <summary>The next message, valid until the next call; null when there will be none: the page has gone, or has sent more than it may.</summary>
    public async Task<(WebSocketMessageType Type, ReadOnlyMemory<byte> Body)?> ReceiveAsync()
    {
        var length = 0;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(_message.AsMemory(length), aborted);
                length += part.Count;
                if (part.MessageType == WebSocketMessageType.Close)
                    return null;
                if (part.EndOfMessage)
                    return (part.MessageType, _message.AsMemory(0, length));
                if (length == _message.Length)
                    return null;
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    /// <summary>Sends a message; false when the page has gone, or has not taken it within seconds.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        using var slow = new CancellationTokenSource(SendLimit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(slow.Token, aborted);
        try
        {
            await socket.SendAsync(message, type, endOfMessage: true, limit.Token);
            return true;
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Waits a moment until the page has closed it too, and ends it in any case.</summary>
    /// <param name="receiving">The loop that receives.</param>
    public async Task EndAsync(Task receiving)
    {
        await Task.WhenAny(receiving, Task.Delay(CloseLimit, time));
        socket.Abort();
        await receiving;
    }

    /// <summary>Says why it is over.</summary>
    /// <param name="status">The reason as RFC 6455 section 7.4.1 has it.</param>
    /// <param name="reason">The same in words.</param>
    public async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        using var slow = new CancellationTokenSource(CloseLimit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(slow.Token, aborted);
        try
        {
            await socket.CloseOutputAsync(status, reason, limit.Token);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            socket.Abort();
        }
    }
}
