using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Telephony.Media.Linux;

/// <summary>Waits on Linux: one epoll set holds every call's sockets, a timer for the next deadline and an event for other threads.</summary>
/// <remarks>
/// The timer has a resolution of nanoseconds where epoll's own time-out has milliseconds. Registrations are level-triggered: what is not read now is
/// reported again. Allocates when built only.
/// </remarks>
internal sealed unsafe class EpollWaiter : IMediaWaiter
{
    private const int MaxEvents = 128;
    private const uint TimerKey = uint.MaxValue;
    private const uint EventKey = uint.MaxValue - 1;
    private const int InfiniteMs = -1;

    // struct epoll_event is packed on x86 only: 32 bits of events, then 64 bits of ours.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;
    private static readonly int EventBytes = IsPacked ? 12 : 16;
    private static readonly int KeyOffset = IsPacked ? 4 : 8;

    private readonly DescriptorHandle _epoll;
    private readonly DescriptorHandle _timer;
    private readonly DescriptorHandle _event;
    private readonly byte[] _events = new byte[MaxEvents * EventBytes];

    /// <exception cref="Win32Exception">The system gives no descriptors.</exception>
    private EpollWaiter()
    {
        _epoll = Require(LibC.EpollCreate(LibC.EpollCloseOnExec));
        _timer = Require(LibC.TimerCreate(LibC.ClockMonotonic, LibC.NonBlockingCloseOnExec));
        _event = Require(LibC.EventCreate(0, LibC.NonBlockingCloseOnExec));
        Register(_timer.DangerousGetHandle(), TimerKey);
        Register(_event.DangerousGetHandle(), EventKey);
    }

    /// <inheritdoc/>
    public string Name => "epoll";

    /// <summary>Builds one; null where there is none: another system, or a sandbox without timerfd or eventfd.</summary>
    public static EpollWaiter? TryCreate(ILogger logger)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            return new EpollWaiter();
        }
        catch (Exception e) when (e is Win32Exception or DllNotFoundException or EntryPointNotFoundException)
        {
            logger.EpollUnusable(e.Message);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Add(ClockedMedia media)
    {
        Register(media.Rtp, KeyOf(media, isRtcp: false));
        Register(media.Rtcp, KeyOf(media, isRtcp: true));
    }

    /// <inheritdoc/>
    public void Remove(ClockedMedia media)
    {
        Unregister(media.Rtp);
        Unregister(media.Rtcp);
    }

    /// <inheritdoc/>
    public int Wait(long timeoutNs, Span<ReadySocket> ready)
    {
        if (timeoutNs > 0 && timeoutNs != long.MaxValue)
            SetTimer(timeoutNs);
        fixed (byte* events = _events)
        {
            var count = LibC.EpollWait(_epoll, events, Math.Min(MaxEvents, ready.Length), timeoutNs <= 0 ? 0 : InfiniteMs);
            if (count < 0 && Marshal.GetLastPInvokeError() != LibC.InterruptedError)
                throw new Win32Exception();
            return TakeReady(count, ready);
        }
    }

    /// <inheritdoc/>
    public void Rest(long ns)
    {
        var time = LibC.Time.FromNs(ns);
        // Woken early by a signal: the rest of it is not worth another call.
        _ = LibC.Sleep(LibC.ClockMonotonic, 0, &time, null);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        ulong one = 1;
        LibC.Write(_event, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _event.Dispose();
        _timer.Dispose();
        _epoll.Dispose();
    }

    private static DescriptorHandle Require(DescriptorHandle handle) => handle.IsInvalid ? throw new Win32Exception() : handle;

    private static uint KeyOf(ClockedMedia media, bool isRtcp) => (uint)media.Slot << 1 | (isRtcp ? 1u : 0u);

    private void Register(Socket? socket, uint key)
    {
        if (socket is not null)
            Register(socket.Handle, key);
    }

    private void Register(nint descriptor, uint key)
    {
        var epollEvent = stackalloc byte[EventBytes];
        BitConverter.TryWriteBytes(new Span<byte>(epollEvent, sizeof(uint)), LibC.EpollReadable);
        BitConverter.TryWriteBytes(new Span<byte>(epollEvent + KeyOffset, sizeof(ulong)), (ulong)key);
        if (LibC.EpollControl(_epoll, LibC.EpollAdd, descriptor, epollEvent) != 0)
            throw new Win32Exception();
    }

    private void Unregister(Socket? socket)
    {
        // A closed socket has left the set by itself.
        if (socket?.SafeHandle.IsClosed == false)
            LibC.EpollControl(_epoll, LibC.EpollRemove, socket.Handle, null);
    }

    private void SetTimer(long timeoutNs)
    {
        var setting = new LibC.TimerSetting { First = LibC.Time.FromNs(timeoutNs) };
        if (LibC.TimerSet(_timer, 0, &setting, null) != 0)
            throw new Win32Exception();
    }

    private int TakeReady(int count, Span<ReadySocket> ready)
    {
        var taken = 0;
        for (var i = 0; i < count; i++)
        {
            var key = BitConverter.ToUInt32(_events, i * EventBytes + KeyOffset);
            if (key == TimerKey)
                Clear(_timer);
            else if (key == EventKey)
                Clear(_event);
            else
                ready[taken++] = new ReadySocket((int)(key >> 1), (key & 1) != 0);
        }
        return taken;
    }

    private static void Clear(DescriptorHandle counter)
    {
        ulong count;
        LibC.Read(counter, &count, sizeof(ulong));
    }
}
