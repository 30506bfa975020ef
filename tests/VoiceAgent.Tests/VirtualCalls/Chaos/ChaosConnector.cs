using GeminiLive;
using Simulation.Live;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>Connects a random call to its servers, and counts sockets and sessions as the client has them.</summary>
internal sealed class ChaosConnector(IReadOnlyList<SimulatedLive> servers) : ILiveConnector
{
    private readonly MemoryConnector[] _connectors = [.. servers.Select(server => new MemoryConnector(server))];
    private int _sockets;
    private int _open;
    private int _mostOpen;

    /// <summary>Sockets that have not been given back.</summary>
    public int Sockets => Volatile.Read(ref _sockets);

    /// <summary>Most sessions that were open at once: from the first message on a socket to its end.</summary>
    public int MostOpen => Volatile.Read(ref _mostOpen);

    public async Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        var attempt = await _connectors[endpoint.Host == ChaosSetting.SecondHost ? 1 : 0].ConnectAsync(endpoint, headers, cancellationToken);
        if (attempt.Socket is null)
            return attempt;
        return attempt with { Socket = new CountedSocket(attempt.Socket, this) };
    }

    private void Begun()
    {
        var open = Interlocked.Increment(ref _open);
        if (open > _mostOpen)
            Volatile.Write(ref _mostOpen, open);
    }

    private sealed class CountedSocket : ILiveSocket
    {
        private readonly ILiveSocket _socket;
        private readonly ChaosConnector _connector;
        private int _hasBegun;
        private int _hasEnded;
        private int _isDisposed;

        public CountedSocket(ILiveSocket socket, ChaosConnector connector)
        {
            (_socket, _connector) = (socket, connector);
            Interlocked.Increment(ref connector._sockets);
        }

        public int? CloseCode => _socket.CloseCode;

        public string CloseReason => _socket.CloseReason;

        public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message)
        {
            if (Interlocked.Exchange(ref _hasBegun, 1) == 0)
                _connector.Begun();
            return _socket.SendAsync(message);
        }

        public async ValueTask<LiveRead> ReadAsync(Memory<byte> buffer)
        {
            var read = await _socket.ReadAsync(buffer);
            if (read.IsClosed)
                End();
            return read;
        }

        public ValueTask CloseOutputAsync() => _socket.CloseOutputAsync();

        public void Abort()
        {
            End();
            _socket.Abort();
        }

        public void Dispose()
        {
            End();
            _socket.Dispose();
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
                Interlocked.Decrement(ref _connector._sockets);
        }

        private void End()
        {
            if (_hasBegun == 1 && Interlocked.Exchange(ref _hasEnded, 1) == 0)
                Interlocked.Decrement(ref _connector._open);
        }
    }
}
