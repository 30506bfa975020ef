namespace Telephony.Media.Linux;

/// <summary>Asks Linux for real-time scheduling of the calling thread; what it starts, such as a thread of the pool for work that it hands over, is scheduled like others.</summary>
internal static class RealTimeThread
{
    // Above the normal world, below the kernel's own threads (50) and everything that somebody set higher on purpose.
    private const int Priority = 20;

    /// <summary>Whether the thread now runs under SCHED_FIFO; needs CAP_SYS_NICE or an RLIMIT_RTPRIO of at least 20.</summary>
    public static unsafe bool TryEnter()
    {
        var priority = Priority;
        return LibC.SetScheduling(LibC.CurrentThread(), LibC.ScheduleFifo | LibC.ScheduleResetOnFork, &priority) == 0;
    }
}
