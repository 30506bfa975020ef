using System.Runtime.InteropServices;

namespace Telephony.Media.Linux;

/// <summary>The system calls of the media thread: epoll, timerfd, eventfd, sleep and thread scheduling. The only native calls of this folder.</summary>
/// <remarks>Constants and layouts are those of Linux on every architecture that .NET runs on, except where said.</remarks>
internal static partial class LibC
{
    public const int EpollCloseOnExec = 0x80000;
    public const int EpollAdd = 1;
    public const int EpollRemove = 2;
    public const uint EpollReadable = 1;
    public const int ClockMonotonic = 1;
    public const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    public const int InterruptedError = 4;
    public const int ScheduleFifo = 1;
    public const int ScheduleResetOnFork = 0x40000000;

    private const long NsPerSecond = 1_000_000_000;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial DescriptorHandle EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static unsafe partial int EpollControl(DescriptorHandle epoll, int operation, nint descriptor, void* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int EpollWait(DescriptorHandle epoll, void* events, int maxEvents, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    public static partial DescriptorHandle TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    public static unsafe partial int TimerSet(DescriptorHandle timer, int flags, TimerSetting* setting, TimerSetting* previous);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial DescriptorHandle EventCreate(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(DescriptorHandle descriptor, void* buffer, nuint bytes);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(DescriptorHandle descriptor, void* buffer, nuint bytes);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(nint descriptor);

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    public static partial nuint CurrentThread();

    [LibraryImport("libc", EntryPoint = "pthread_setschedparam")]
    public static unsafe partial int SetScheduling(nuint thread, int policy, int* priority);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    public static unsafe partial int Sleep(int clock, int flags, Time* time, Time* left);

    /// <summary>struct timespec of a 64-bit system; <c>nint</c> makes it right on 32-bit ones too.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Time
    {
        public nint Seconds;
        public nint Ns;

        public static Time FromNs(long ns) => new() { Seconds = (nint)(ns / NsPerSecond), Ns = (nint)(ns % NsPerSecond) };
    }

    /// <summary>struct itimerspec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimerSetting
    {
        public Time Interval;
        public Time First;
    }
}
