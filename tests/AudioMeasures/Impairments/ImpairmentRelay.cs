using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AudioMeasures.Impairments;

/// <summary>A bad network between two UDP sockets: passes datagrams on in both directions, and loses, delays, reorders and doubles them by a seed.</summary>
/// <remarks>
/// Who sends to it first is the near side; what it sends goes to the far side, and what the far side answers comes back. To stand between peers that tell each other
/// where they listen, it listens where one of them says it does (another loopback address, the same port). One thread of its own; packets leave to the millisecond.
/// </remarks>
public sealed class ImpairmentRelay : IDisposable
{
    private const int MaxDatagramBytes = 2048;
    private const int IdlePollUs = 20_000;

    private readonly Socket _near;
    private readonly Socket _far;
    private readonly IPEndPoint _farAddress;
    private readonly ImpairedLine _toFar;
    private readonly ImpairedLine _toNear;
    private readonly PriorityQueue<Waiting, (double AtMs, int Order)> _waiting = new();
    private readonly byte[] _buffer = new byte[MaxDatagramBytes];
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Thread _thread;
    private volatile bool _stopping;
    private EndPoint? _nearAddress;
    private int _order;

    /// <summary>Begins to relay.</summary>
    /// <param name="listen">Where the near side sends; port 0 for any.</param>
    /// <param name="far">Where it goes on to.</param>
    /// <param name="toFar">What happens on the way there.</param>
    /// <param name="toNear">What happens on the way back.</param>
    /// <param name="seed">Decides both.</param>
    /// <exception cref="SocketException">The address cannot be listened at.</exception>
    public ImpairmentRelay(IPEndPoint listen, IPEndPoint far, Impairment toFar, Impairment toNear, int seed)
    {
        (_farAddress, _toFar, _toNear) = (far, new ImpairedLine(toFar, seed), new ImpairedLine(toNear, unchecked(seed + 1_000_003)));
        _near = Bound(listen);
        _far = Bound(new IPEndPoint(IPAddress.IsLoopback(far.Address) ? far.Address : listen.Address, 0));   // as a NAT on the far side's own network would
        Address = (IPEndPoint)_near.LocalEndPoint!;
        _thread = new Thread(Run) { IsBackground = true, Name = "impairment relay" };
        _thread.Start();
    }

    /// <summary>Where the near side sends.</summary>
    public IPEndPoint Address { get; }

    /// <summary>What happened on the way to the far side; read it when nothing is sent any more.</summary>
    public ImpairedLine ToFar => _toFar;

    /// <summary>What happened on the way back.</summary>
    public ImpairedLine ToNear => _toNear;

    /// <summary>Called on the relay's thread with every datagram, right before it goes on to the far side, and the time by <see cref="Stopwatch"/>.</summary>
    public Action<ReadOnlyMemory<byte>, long>? OnSentToFar { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _near.Dispose();
        _far.Dispose();
    }

    private static Socket Bound(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(address);
        return socket;
    }

    private double NowMs => Stopwatch.GetElapsedTime(_started).TotalMilliseconds;

    private void Run()
    {
        var readable = new List<Socket>();
        while (!_stopping)
        {
            SendDue();
            readable.Clear();
            readable.Add(_near);
            readable.Add(_far);
            Socket.Select(readable, null, null, WaitUs());
            foreach (var socket in readable)
                Read(socket);
        }
    }

    private int WaitUs() =>
        _waiting.TryPeek(out _, out var first) ? (int)Math.Clamp((first.AtMs - NowMs) * 1000, 0, IdlePollUs) : IdlePollUs;

    private void Read(Socket socket)
    {
        var fromNear = socket == _near;
        EndPoint from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (socket.Available > 0)
        {
            if (TryReceive(socket, ref from) is not { } bytes)
                continue;
            if (fromNear)
                _nearAddress = from;
            foreach (var atMs in (fromNear ? _toFar : _toNear).Arrivals(NowMs))
                _waiting.Enqueue(new(_buffer.AsMemory(0, bytes).ToArray(), fromNear), (atMs, _order++));
        }
    }

    // A peer that has closed its port answers with an error, which says nothing about the next datagram.
    private int? TryReceive(Socket socket, ref EndPoint from)
    {
        try
        {
            return socket.ReceiveFrom(_buffer, ref from);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private void SendDue()
    {
        while (_waiting.TryPeek(out var packet, out var first) && first.AtMs <= NowMs)
        {
            _waiting.Dequeue();
            if (packet.ToFar)
                OnSentToFar?.Invoke(packet.Datagram, Stopwatch.GetTimestamp());
            if (packet.ToFar || _nearAddress is not null)
                TrySend(packet.ToFar ? _far : _near, packet.Datagram, packet.ToFar ? _farAddress : _nearAddress!);
        }
    }

    private static void TrySend(Socket socket, byte[] datagram, EndPoint to)
    {
        try
        {
            socket.SendTo(datagram, to);
        }
        catch (SocketException)
        {
            // Lost, as on any network.
        }
    }

    private readonly record struct Waiting(byte[] Datagram, bool ToFar);
}
