using System.Net.Sockets;

namespace Telephony.Media;

/// <summary>Waits where there is no epoll: looks at every socket, then sleeps for a millisecond at most.</summary>
/// <remarks>Fit for development on other systems; costs one system call per socket and millisecond.</remarks>
internal sealed class PortableWaiter : IMediaWaiter
{
    private const long LongestSleepNs = 1_000_000;

    private readonly List<ClockedMedia> _watched = [];
    private readonly ManualResetEventSlim _wake = new();
    private int _next;

    /// <inheritdoc/>
    public string Name => "polling";

    /// <inheritdoc/>
    public void Add(ClockedMedia media) => _watched.Add(media);

    /// <inheritdoc/>
    public void Remove(ClockedMedia media) => _watched.Remove(media);

    /// <inheritdoc/>
    public int Wait(long timeoutNs, Span<ReadySocket> ready)
    {
        var count = FindReady(ready);
        if (count > 0 || timeoutNs <= 0)
            return count;
        if (timeoutNs >= LongestSleepNs && _wake.Wait(1))
            _wake.Reset();
        else if (timeoutNs < LongestSleepNs)
            Thread.Yield();
        return FindReady(ready);
    }

    /// <inheritdoc/>
    public void Rest(long ns) => Thread.Sleep((int)Math.Ceiling(ns / 1e6));

    /// <inheritdoc/>
    public void Wake() => _wake.Set();

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    // Starts each round where the last one ended, so that a full list starves nobody.
    private int FindReady(Span<ReadySocket> ready)
    {
        var count = 0;
        for (var i = 0; i < _watched.Count && count + 2 <= ready.Length; i++)
        {
            _next = (_next + 1) % _watched.Count;
            var media = _watched[_next];
            if (media.Rtp?.Poll(0, SelectMode.SelectRead) == true)
                ready[count++] = new ReadySocket(media.Slot, IsRtcp: false);
            if (media.Rtcp?.Poll(0, SelectMode.SelectRead) == true)
                ready[count++] = new ReadySocket(media.Slot, IsRtcp: true);
        }
        return count;
    }
}
