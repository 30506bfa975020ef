using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Benchmarks.Capacity;

/// <summary>A Live server that costs next to nothing: it accepts any session, speaks without end from frames written beforehand, and counts what it hears.</summary>
/// <remarks>A blocking thread for each connection; the pacer's thread speaks. It judges nothing: whether messages are right is the simulated server's business.</remarks>
internal sealed class LiveStandIn : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly LoadPacer _pacer;
    private readonly X509Certificate2? _certificate;
    private readonly Thread _thread;
    private readonly List<LiveStandInSession> _sessions = [];
    private int _count;
    private volatile bool _closing;

    /// <summary>Listens on a free port.</summary>
    /// <param name="pacer">Whose thread speaks.</param>
    /// <param name="certificate">For wss; null for ws.</param>
    public LiveStandIn(LoadPacer pacer, X509Certificate2? certificate)
    {
        (_pacer, _certificate) = (pacer, certificate);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1024);
        _thread = new Thread(Accept) { Name = "load accept", IsBackground = true };
        _thread.Start();
    }

    public Uri Endpoint => new($"{(_certificate is null ? "ws" : "wss")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/live");

    /// <summary>Caller audio heard by all sessions so far, in messages and bytes.</summary>
    public (long Messages, long Bytes) Heard
    {
        get
        {
            lock (_sessions)
                return (_sessions.Sum(session => session.Messages), _sessions.Sum(session => session.Bytes));
        }
    }

    public void Dispose()
    {
        _closing = true;
        _listener.Dispose();
        _thread.Join();
        lock (_sessions)
            _sessions.ForEach(session => session.Dispose());
    }

    private void Accept()
    {
        try
        {
            while (!_closing)
                Serve(_listener.Accept());
        }
        catch (SocketException)
        {
            // The listener was closed: that is how this thread ends.
        }
    }

    private void Serve(Socket socket)
    {
        socket.NoDelay = true;
        new Thread(() =>
        {
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (_certificate is not null)
                stream = new SslStream(stream);
            var session = new LiveStandInSession(stream, _certificate, _pacer, Interlocked.Increment(ref _count));
            lock (_sessions)
                _sessions.Add(session);
            session.Run();
        }, maxStackSize: 256 * 1024)
        { IsBackground = true, Name = "load live" }.Start();
    }
}
