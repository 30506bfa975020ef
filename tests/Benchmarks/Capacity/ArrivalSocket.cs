using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Benchmarks.Capacity;

/// <summary>One UDP socket of all callers: datagrams come in batches, each with its sender's port and the kernel's time of arrival.</summary>
/// <remarks>
/// One thread receives; any thread sends. It looks every two milliseconds and waits for none: a datagram that wakes a thread of the load over loopback
/// would be charged to the program that sent it, which no network card does. The buffers are native memory, held as long as the socket.
/// </remarks>
internal sealed unsafe class ArrivalSocket : IDisposable
{
    private const int Batch = 64;
    private const int DatagramBytes = 2048;
    private const int AddressBytes = 16;
    private const int ControlBytes = 64;
    private const int ControlHeaderBytes = 16;
    private const int ReceiveBufferBytes = 8 << 20;
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(2);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(Batch, DatagramBytes + AddressBytes + ControlBytes);
    private readonly LibC.Message* _messages = (LibC.Message*)NativeMemory.AllocZeroed(Batch, (nuint)sizeof(LibC.Message));
    private readonly LibC.Buffer* _buffers = (LibC.Buffer*)NativeMemory.AllocZeroed(Batch, (nuint)sizeof(LibC.Buffer));

    public ArrivalSocket()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.ReceiveBufferSize = ReceiveBufferBytes;
        _socket.SetRawSocketOption(LibC.SocketLevel, LibC.TimestampNs, BitConverter.GetBytes(1));
    }

    /// <summary>Takes a datagram: the sender's port, the kernel's wall-clock time in nanoseconds, the bytes.</summary>
    public delegate void Arrival(int port, long arrivalNs, ReadOnlySpan<byte> datagram);

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Send(ReadOnlySpan<byte> datagram, SocketAddress to) => _socket.SendTo(datagram, SocketFlags.None, to);

    /// <summary>Lets a round pass, then hands on all datagrams that are there.</summary>
    public void Receive(Arrival onArrival)
    {
        Thread.Sleep(Round);
        while (TakeBatch(onArrival) == Batch)
        {
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_memory);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_buffers);
    }

    private int TakeBatch(Arrival onArrival)
    {
        for (var i = 0; i < Batch; i++)
            Prepare(i);
        var count = LibC.ReceiveMany((int)_socket.Handle, _messages, Batch, LibC.DontWait, null);
        for (var i = 0; i < count; i++)
        {
            ref var message = ref _messages[i];
            var port = (message.Address[2] << 8) | message.Address[3];   // sockaddr_in: big-endian after the family
            onArrival(port, ArrivalNs(message), new ReadOnlySpan<byte>(_buffers[i].Start, (int)message.Received));
        }
        return count;
    }

    private void Prepare(int i)
    {
        var start = _memory + i * (DatagramBytes + AddressBytes + ControlBytes);
        _buffers[i] = new LibC.Buffer { Start = start, Bytes = DatagramBytes };
        _messages[i] = new LibC.Message
        {
            Address = start + DatagramBytes,
            AddressBytes = AddressBytes,
            Buffers = &_buffers[i],
            BufferCount = 1,
            Control = start + DatagramBytes + AddressBytes,
            ControlBytes = ControlBytes,
        };
    }

    // One control message, since we asked for one only: struct cmsghdr, then struct timespec.
    private static long ArrivalNs(in LibC.Message message)
    {
        if (message.ControlBytes < ControlHeaderBytes + (nuint)sizeof(LibC.Time))
            return 0;
        var time = *(LibC.Time*)(message.Control + ControlHeaderBytes);
        return time.Seconds * 1_000_000_000 + time.Ns;
    }
}
