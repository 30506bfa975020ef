using System.Runtime.InteropServices;

namespace Telephony.Sip.Transport;

/// <summary>Has the thread that calls it run soon after it wakes, on a core that calls' work keeps full: its turns are short, and so they come early. Its share of the processor stays what it is.</summary>
/// <remarks>Needs no right. Linux 6.12 and newer; older ones take no notice, other systems are not asked.</remarks>
internal static unsafe partial class PromptThread
{
    private const ulong TurnNs = 100_000;   // the shortest that the kernel takes, instead of some 3 ms
    private const uint NormalScheduling = 0;

    /// <summary>Asks for the calling thread.</summary>
    /// <returns>False where that is not known.</returns>
    public static bool TryEnter()
    {
        if (!OperatingSystem.IsLinux() || Calls is not var (get, set))
            return false;
        var attributes = new Attributes { Size = (uint)sizeof(Attributes) };
        if (SystemCall(get, 0, &attributes, attributes.Size, 0) != 0 || attributes.Policy != NormalScheduling)
            return false;
        attributes.TurnNs = TurnNs;
        return SystemCall(set, 0, &attributes, 0, 0) == 0;
    }

    /// <summary>Length of the calling thread's turns as the kernel tells it; 0 where it does not.</summary>
    public static long OwnTurnNs()
    {
        var attributes = new Attributes { Size = (uint)sizeof(Attributes) };
        return OperatingSystem.IsLinux() && Calls is var (get, _) && SystemCall(get, 0, &attributes, attributes.Size, 0) == 0 ? (long)attributes.TurnNs : 0;
    }

    // Numbers of sched_getattr and sched_setattr, for which older C libraries have no functions.
    private static (nint Get, nint Set)? Calls => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => (315, 314),
        Architecture.Arm64 => (275, 274),
        _ => null,
    };

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint thread, Attributes* attributes, nuint sizeOrFlags, nuint flags);

    /// <summary>struct sched_attr, its first version.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong TurnNs;
        public ulong DeadlineNs;
        public ulong PeriodNs;
    }
}
