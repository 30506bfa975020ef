namespace Telephony.Media;

/// <summary>How the media thread sleeps until a packet, a deadline or another thread wakes it: epoll on Linux, short sleeps elsewhere.</summary>
/// <remarks>Used by the media clock's thread, except <see cref="Wake"/>.</remarks>
internal interface IMediaWaiter : IDisposable
{
    /// <summary>What waits, for log and metric.</summary>
    string Name { get; }

    /// <summary>Watches a call's sockets under its slot.</summary>
    void Add(ClockedMedia media);

    /// <summary>Watches them no longer.</summary>
    void Remove(ClockedMedia media);

    /// <summary>Sleeps until something is readable, the time is over or <see cref="Wake"/> was called; may return early with nothing.</summary>
    /// <param name="timeoutNs">Longest sleep; 0 or less only looks; <see cref="long.MaxValue"/> has no end.</param>
    /// <param name="ready">Takes the readable sockets.</param>
    /// <returns>How many were written to <paramref name="ready"/>; the others are found by the next wait.</returns>
    int Wait(long timeoutNs, Span<ReadySocket> ready);

    /// <summary>Sleeps for so long, whatever comes; <see cref="Wake"/> counts for the next wait.</summary>
    void Rest(long ns);

    /// <summary>Ends the present or the next wait; any thread.</summary>
    void Wake();
}

/// <summary>A socket with something to read.</summary>
/// <param name="Slot">The call.</param>
/// <param name="IsRtcp">Which of its two sockets.</param>
internal readonly record struct ReadySocket(int Slot, bool IsRtcp);
