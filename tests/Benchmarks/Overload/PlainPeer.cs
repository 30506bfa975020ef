using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Benchmarks.Media;

namespace Benchmarks.Overload;

/// <summary>The reference: on plain threads one datagram of an INVITE's size comes back at once, and one stream is sent every 20 ms and timed as the agent's are.</summary>
internal sealed class PlainPeer : IDisposable
{
    private const int InviteBytes = 600;
    private const int PacketBytes = 172;
    private const int PingMs = 10;

    private readonly Socket _echo = LoopbackSocket.Bind();
    private readonly Socket _asking = LoopbackSocket.Bind();
    private readonly Socket _heard = LoopbackSocket.Bind();
    private readonly Socket _speaking = LoopbackSocket.Bind();
    private readonly Thread[] _threads;
    private volatile bool _closing;

    public PlainPeer()
    {
        _asking.ReceiveTimeout = 1_000;
        _threads = [Start(Echo), Start(Ask), Start(Hear), Start(Speak)];
    }

    /// <summary>There and back.</summary>
    public Samples Echoes { get; private set; } = new();

    /// <summary>The stream's.</summary>
    public Pacing Pacing { get; } = new();

    /// <summary>The echoes since the last time.</summary>
    public Samples TakeEchoes()
    {
        var taken = Echoes;
        Echoes = new Samples();
        return taken;
    }

    public void Dispose()
    {
        _closing = true;
        // A datagram of its own ends each blocking receive.
        _asking.SendTo([0], _echo.LocalEndPoint!);
        _speaking.SendTo([0], _heard.LocalEndPoint!);
        Array.ForEach(_threads, thread => thread.Join());
        _echo.Dispose();
        _asking.Dispose();
        _heard.Dispose();
        _speaking.Dispose();
    }

    private static Thread Start(ThreadStart work)
    {
        var thread = new Thread(work) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Echo()
    {
        var datagram = new byte[InviteBytes];
        while (!_closing)
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            var length = _echo.ReceiveFrom(datagram, ref from);
            _echo.SendTo(datagram.AsSpan(0, length), SocketFlags.None, from);
        }
    }

    private void Ask()
    {
        var datagram = new byte[InviteBytes];
        while (!_closing)
        {
            var sent = Clock.Now;
            _asking.SendTo(datagram, _echo.LocalEndPoint!);
            try
            {
                _asking.Receive(datagram);
                Echoes.Add(Clock.Milliseconds(sent, Clock.Now));
            }
            catch (SocketException)
            {
                // Lost on the way: the buffer was full.
            }
            Thread.Sleep(PingMs);
        }
    }

    private void Hear()
    {
        var datagram = new byte[PacketBytes];
        while (!_closing)
        {
            var length = _heard.Receive(datagram);
            if (length == PacketBytes)
                Pacing.Add(datagram, Clock.Now);
        }
    }

    private void Speak()
    {
        var packet = new byte[PacketBytes];
        var due = Clock.Now;
        for (uint timestamp = 0; !_closing; timestamp += 160)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp);
            due = Clock.After(due, PhoneLine.FrameMs);
            Clock.SleepUntil(due);
            _speaking.SendTo(packet, _heard.LocalEndPoint!);
        }
    }
}
