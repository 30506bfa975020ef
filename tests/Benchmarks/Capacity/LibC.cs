using System.Runtime.InteropServices;

namespace Benchmarks.Capacity;

/// <summary>The system calls of the load: many datagrams with the kernel's time of arrival in one call, exact sleep, one core for a process.</summary>
/// <remarks>Layouts of 64-bit Linux.</remarks>
internal static partial class LibC
{
    public const int SocketLevel = 1;
    public const int TimestampNs = 35;
    public const int DontWait = 0x40;
    public const int ClockMonotonic = 1;
    public const int AbsoluteTime = 1;

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static unsafe partial int ReceiveMany(int socket, Message* messages, uint count, int flags, Time* timeout);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    public static unsafe partial int Sleep(int clock, int flags, Time* until, Time* left);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static unsafe partial int SetAffinity(int thread, nuint bytes, ulong* cores);

    /// <summary>struct timespec.</summary>
    public struct Time
    {
        public long Seconds;
        public long Ns;

        public static Time FromNs(long ns) => new() { Seconds = ns / 1_000_000_000, Ns = ns % 1_000_000_000 };
    }

    /// <summary>struct iovec.</summary>
    public unsafe struct Buffer
    {
        public byte* Start;
        public nuint Bytes;
    }

    /// <summary>struct mmsghdr.</summary>
    public unsafe struct Message
    {
        public byte* Address;
        public nuint AddressBytes;
        public Buffer* Buffers;
        public nuint BufferCount;
        public byte* Control;
        public nuint ControlBytes;
        public nint Flags;
        public nuint Received;
    }
}
