namespace GeminiLive;

/// <summary>A socket that is open and waits for its session: it already reads, so that it is known when the server gives it up.</summary>
/// <remarks>Nothing has been sent over it, so nothing of any session clings to it. After <see cref="LiveWarmPool.Take"/> it belongs to the connection.</remarks>
internal sealed class WarmSocket : ILiveSocket
{
    // The server has nothing to say before the setup.
    private const int FirstReadBytes = 1024;

    private readonly ILiveSocket _socket;
    private readonly byte[] _buffer = new byte[FirstReadBytes];
    private Task<LiveRead>? _first;
    private int _given;

    /// <summary>Begins to read.</summary>
    public WarmSocket(ILiveSocket socket)
    {
        _socket = socket;
        _first = socket.ReadAsync(_buffer).AsTask();
    }

    /// <summary>False once the server has closed it, or has said anything.</summary>
    public bool IsGood => _first is { IsCompleted: false };

    /// <summary>Ends with the first thing that the server does.</summary>
    public Task FirstRead => _first ?? Task.CompletedTask;

    public int? CloseCode => _socket.CloseCode;

    public string CloseReason => _socket.CloseReason;

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message) => _socket.SendAsync(message);

    public ValueTask<LiveRead> ReadAsync(Memory<byte> buffer) => _first is null ? _socket.ReadAsync(buffer) : new(TakeFirstAsync(_first, buffer));

    public ValueTask CloseOutputAsync() => _socket.CloseOutputAsync();

    public void Abort() => _socket.Abort();

    public void Dispose()
    {
        _socket.Abort();   // ends the read that is under way
        _socket.Dispose();
    }

    private async Task<LiveRead> TakeFirstAsync(Task<LiveRead> first, Memory<byte> buffer)
    {
        var read = await first;
        var count = Math.Min(read.Bytes - _given, buffer.Length);
        _buffer.AsMemory(_given, count).CopyTo(buffer);
        _given += count;
        if (_given < read.Bytes)
            return read with { Bytes = count, EndOfMessage = false };
        _first = null;
        return read with { Bytes = count };
    }
}
