using System.Net.Sockets;

namespace Telephony.Media;

/// <summary>What other threads ask of the media thread on behalf of one call.</summary>
[Flags]
internal enum MediaRequests
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Take the call in.</summary>
    Join = 1,

    /// <summary>Look at what was left for you: a new answer, audio after idling, a fault to report.</summary>
    Wake = 2,

    /// <summary>End the call's media.</summary>
    Leave = 4,
}

/// <summary>One call as the <see cref="MediaClock"/> sees it: two sockets, or none, and the time at which it wants to be called.</summary>
/// <remarks>Everything but <see cref="TryRequest"/> belongs to the media clock's thread.</remarks>
internal abstract class ClockedMedia
{
    private int _requests;

    /// <summary>The call's place in the clock's table; -1 when it is in none.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Position in the <see cref="DeadlineHeap"/>; -1 when it is not in it.</summary>
    public int HeapIndex { get; set; } = -1;

    /// <summary>The fault that ended this call's media, if any.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Our id of the call.</summary>
    public abstract string CallId { get; }

    /// <summary>Readable when the caller's RTP is waiting; null for a call without.</summary>
    public abstract Socket? Rtp { get; }

    /// <summary>Readable when the caller's RTCP is waiting; null likewise.</summary>
    public abstract Socket? Rtcp { get; }

    /// <summary>When <see cref="Tick"/> is wanted next.</summary>
    public abstract long DueNs { get; }

    /// <summary>The call's media begins; its first packet is due then.</summary>
    public abstract void Start(long nowNs, long firstDueNs);

    /// <summary>RTP is waiting.</summary>
    public abstract void ReceiveRtp(long nowNs);

    /// <summary>RTCP is waiting.</summary>
    public abstract void ReceiveRtcp(long nowNs);

    /// <summary><see cref="DueNs"/> has come.</summary>
    public abstract void Tick(long nowNs);

    /// <summary>Another thread has left something.</summary>
    public abstract void Wake(long nowNs);

    /// <summary>The call's media ends; the sockets are closed.</summary>
    public abstract void Stop(long nowNs);

    /// <summary>Adds a request; true when none was pending, so that the clock must be told.</summary>
    public bool TryRequest(MediaRequests request) => Interlocked.Or(ref _requests, (int)request) == 0;

    /// <summary>Takes all requests.</summary>
    public MediaRequests TakeRequests() => (MediaRequests)Interlocked.Exchange(ref _requests, 0);
}
