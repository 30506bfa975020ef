namespace GeminiLive.Wire;

/// <summary>Bytes to and from the server, with TLS or without; the WebSocket's frames lie above (<see cref="FramedSocket"/>). Losses are values.</summary>
/// <remarks>One read and one write at a time. <see cref="Abort"/> comes from any thread and ends both.</remarks>
internal interface IWire : IDisposable
{
    /// <summary>Reads what has come, or waits for it.</summary>
    /// <returns>Bytes read; 0 when the server has ended the connection, negative when it is lost.</returns>
    ValueTask<int> ReadAsync(Memory<byte> buffer);

    /// <summary>Sends all of it, at once when there is room.</summary>
    /// <returns>False when the connection is lost.</returns>
    ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>What went wrong, after a loss.</summary>
    string? Error { get; }

    /// <summary>Ends the connection at once.</summary>
    void Abort();
}
