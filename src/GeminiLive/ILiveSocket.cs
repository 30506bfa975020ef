namespace GeminiLive;

/// <summary>Opens sockets to the Live service; replaced in tests.</summary>
internal interface ILiveConnector
{
    /// <summary>Connects and upgrades. Expected failures are values; nothing is thrown.</summary>
    /// <param name="endpoint">Whole address, without credentials.</param>
    /// <param name="headers">Of the upgrade request; they hold the credentials.</param>
    /// <param name="cancellationToken">Gives the attempt up.</param>
    Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken);
}

/// <summary>How a connection attempt went: a socket, or why there is none.</summary>
/// <param name="Socket">Open socket; null after a failure.</param>
/// <param name="HttpStatus">Status of a refused upgrade.</param>
/// <param name="Error">For the log; null after success.</param>
internal readonly record struct LiveConnectAttempt(ILiveSocket? Socket, int? HttpStatus, string? Error);

/// <summary>One WebSocket to the Live service: the seam between the session and the network. Losses are values; nothing is thrown.</summary>
/// <remarks>One send and one read may be under way at a time. <see cref="Abort"/> comes from any thread and ends both.</remarks>
internal interface ILiveSocket : IDisposable
{
    /// <summary>Close code of the server, once a read has said <see cref="LiveRead.IsClosed"/>; null when there was no close frame.</summary>
    int? CloseCode { get; }

    /// <summary>The server's words, or the local error.</summary>
    string CloseReason { get; }

    /// <summary>Sends one text message.</summary>
    /// <returns>False when the socket is gone.</returns>
    ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message);

    /// <summary>Reads the next piece of a message, text or binary.</summary>
    ValueTask<LiveRead> ReadAsync(Memory<byte> buffer);

    /// <summary>Sends a close frame with code 1000; the server's own arrives through <see cref="ReadAsync"/>.</summary>
    ValueTask CloseOutputAsync();

    /// <summary>Drops the connection at once.</summary>
    void Abort();
}

/// <summary>One piece of a message.</summary>
/// <param name="Bytes">Bytes read into the buffer.</param>
/// <param name="EndOfMessage">True for the last piece.</param>
/// <param name="IsClosed">Nothing more will come.</param>
internal readonly record struct LiveRead(int Bytes, bool EndOfMessage, bool IsClosed);
