using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Benchmarks.Media;

/// <summary>An answer to one of our requests.</summary>
/// <param name="Number">Number of the call.</param>
/// <param name="Status">Its status code.</param>
/// <param name="Method">Of the request.</param>
/// <param name="Message">All of it.</param>
/// <param name="Arrival">When it came.</param>
internal readonly record struct SipAnswer(int Number, int Status, string Method, string Message, long Arrival);

/// <summary>The SIP side of a phone with many lines: one UDP socket, whose plain blocking thread stamps the answers that come and hands them on.</summary>
internal sealed class SipSocket : IDisposable
{
    private const int ReceiveBufferBytes = 4 << 20;   // no answer of hundreds of calls a second is lost on its way to us

    private readonly Socket _socket = LoopbackSocket.Bind();
    private readonly IPEndPoint _target;
    private readonly Action<SipAnswer> _onAnswer;
    private readonly Thread _thread;
    private volatile bool _closing;

    /// <param name="target">Who is called.</param>
    /// <param name="onAnswer">Called on the socket's thread, from <see cref="Start"/> on.</param>
    public SipSocket(IPEndPoint target, Action<SipAnswer> onAnswer)
    {
        (_target, _onAnswer) = (target, onAnswer);
        _socket.ReceiveBufferSize = ReceiveBufferBytes;
        _thread = new Thread(Receive) { Name = "phone sip", IsBackground = true };
    }

    /// <summary>Its own address.</summary>
    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Begins to read.</summary>
    public void Start() => _thread.Start();

    /// <summary>Sends to who is called; any thread.</summary>
    public void Send(byte[] request) => _socket.SendTo(request, _target);

    public void Dispose()
    {
        _closing = true;
        _socket.SendTo([0], Local);   // a datagram of its own ends the blocking receive
        _thread.Join();
        _socket.Dispose();
    }

    private void Receive()
    {
        var datagram = new byte[4096];
        while (!_closing)
        {
            var length = _socket.Receive(datagram);
            var arrival = Clock.Now;
            var message = Encoding.UTF8.GetString(datagram, 0, length);
            if (SipRequests.TryRead(message, out var status, out var method, out var number))
                _onAnswer(new SipAnswer(number, status, method, message, arrival));
        }
    }
}
