using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Telephony.Rtp;

/// <summary>One non-blocking UDP socket with its receive buffer: RTP or RTCP of one call.</summary>
/// <remarks>Owned by the media clock's thread. Allocates when built only: addresses are raw <see cref="SocketAddress"/> values.</remarks>
internal sealed partial class RtpSocket(Socket socket)
{
    // Larger than any packet that Ethernet carries whole; longer datagrams are cut, and then fail to parse or to decode.
    private const int ReceiveBufferBytes = 2048;
    private const long PauseAfterErrorNs = 200_000_000;

    [ThreadStatic]
    private static byte[]? _buffer;

    private readonly nint _descriptor = socket.Handle;
    private readonly SocketAddress _refused = new(socket.AddressFamily);
    private long _sendPausedUntilNs = long.MinValue;

    // One for all sockets of a thread: what was received is done with before the next is.
    private static byte[] Buffer => _buffer ??= new byte[ReceiveBufferBytes];

    /// <summary>The bound socket, for the waiter to watch.</summary>
    public Socket Socket => socket;

    /// <summary>Sender of the datagram received last; overwritten by the next one.</summary>
    public SocketAddress Sender { get; } = new(socket.AddressFamily);

    /// <summary>Takes the next datagram that is waiting; false when there is none.</summary>
    public bool TryReceive(out ReadOnlySpan<byte> datagram)
    {
        datagram = default;
        if (OperatingSystem.IsLinux())
            return TryReceiveAtOnce(out datagram);
        try
        {
            // Asking first keeps the empty socket, which ends every round of reading, from costing an exception.
            if (!socket.Poll(0, SelectMode.SelectRead))
                return false;
            datagram = Buffer.AsSpan(0, socket.ReceiveFrom(Buffer, SocketFlags.None, Sender));
            return true;
        }
        catch (SocketException)
        {
            // A damaged datagram, or an ICMP error of an earlier send: the next round goes on.
            return false;
        }
    }

    // One system call where asking first makes two, and none that is empty costs an exception.
    private unsafe bool TryReceiveAtOnce(out ReadOnlySpan<byte> datagram)
    {
        var into = Buffer;
        fixed (byte* buffer = into)
        fixed (byte* address = Sender.Buffer.Span)
        {
            var addressBytes = (uint)_refused.Size;
            var bytes = LibC.Receive(_descriptor, buffer, ReceiveBufferBytes, LibC.DontWait, address, &addressBytes);
            datagram = bytes >= 0 ? into.AsSpan(0, (int)bytes) : default;
            // Nothing there, or an ICMP error of an earlier send: the next round goes on.
            return bytes >= 0;
        }
    }

    /// <summary>Sends one datagram; false when the system refused it.</summary>
    /// <remarks>After a refusal (no route, interface down) that address is not tried for 200 ms, because each try costs a system call, and elsewhere than on Linux an exception. Another one is: behind NAT
    /// there is often no route to what the session description names, but one to where the caller's packets come from.</remarks>
    public bool TrySend(ReadOnlySpan<byte> datagram, SocketAddress to, long nowNs)
    {
        if (nowNs < _sendPausedUntilNs && to.Equals(_refused))
            return false;
        if (OperatingSystem.IsLinux() ? TrySendAtOnce(datagram, to) : TrySendPortably(datagram, to))
            return true;
        _sendPausedUntilNs = nowNs + PauseAfterErrorNs;
        SourceAddress.Copy(to, _refused);
        return false;
    }

    // Without what the framework does around the same system call.
    private unsafe bool TrySendAtOnce(ReadOnlySpan<byte> datagram, SocketAddress to)
    {
        fixed (byte* bytes = datagram)
        fixed (byte* address = to.Buffer.Span)
            return LibC.Send(_descriptor, bytes, (nuint)datagram.Length, flags: 0, address, (uint)to.Size) >= 0;
    }

    private bool TrySendPortably(ReadOnlySpan<byte> datagram, SocketAddress to)
    {
        try
        {
            socket.SendTo(datagram, SocketFlags.None, to);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The native calls of this folder; constants are those of Linux.</summary>
    private static partial class LibC
    {
        public const int DontWait = 0x40;

        [LibraryImport("libc", EntryPoint = "recvfrom")]
        public static unsafe partial nint Receive(nint socket, byte* buffer, nuint bytes, int flags, byte* address, uint* addressBytes);

        [LibraryImport("libc", EntryPoint = "sendto")]
        public static unsafe partial nint Send(nint socket, byte* buffer, nuint bytes, int flags, byte* address, uint addressBytes);
    }
}
