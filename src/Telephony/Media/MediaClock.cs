using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Telephony.Media.Linux;
using Telephony.Rtp;

namespace Telephony.Media;

/// <summary>The one thread that moves all calls' media: reads packets the moment they come and sends each call's on its own absolute schedule.</summary>
/// <remarks>
/// Owns everything behind <see cref="MediaSession"/>. Other threads reach it through a queue that holds each call at most once. Calls are spread over
/// the 20 ms frame, so that they do not wait for each other. Where there are many, it wakes once in a millisecond, or in two, for all that has come and is due, as
/// waking costs more than the work. Allocates when calls join only. One per process.
/// </remarks>
public sealed class MediaClock : IDisposable
{
    private const int MaxReady = 128;

    // Every call wakes the thread a hundred times a second, twice in each frame: from here on rounds are fewer. As a round is a whole part of the frame,
    // each call's packets are always late by the same part of a round, and none is off its 20 ms.
    private const int CallsOnTheirOwn = 16;
    private const long RoundNs = 1_000_000;

    // The first packet of a round finds the thread's code and memory pushed out of the processor's caches by others, and pays for all.
    private const int CallsOfLongRounds = 128;
    private const long LongRoundNs = 2 * RoundNs;

    private readonly ConcurrentQueue<ClockedMedia> _requests = new();
    private readonly DeadlineHeap _deadlines = new();
    private readonly ReadySocket[] _ready = new ReadySocket[MaxReady];
    private readonly RtpOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly IMediaWaiter _waiter;
    private readonly MediaMetrics _metrics;
    private readonly Thread _thread;
    private readonly SlotTable _calls;
    private ClockedMedia? _current;
    private long _nextRoundNs;
    private volatile bool _stopping;
    private volatile bool _stopped;
    private long _allocatedBytes;

    /// <summary>Starts the thread.</summary>
    /// <param name="options">Whether to ask for real-time priority.</param>
    /// <param name="timeProvider">Monotonic time; it must run, since the thread sleeps by it.</param>
    /// <param name="loggerFactory">Where the active mode and faults are written.</param>
    /// <param name="meterFactory">Makes the meter <c>VoiceAgent.Telephony</c>; without one it is made here.</param>
    public MediaClock(RtpOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory, IMeterFactory? meterFactory = null)
        : this(options, timeProvider, loggerFactory, meterFactory, waiter: null)
    {
    }

    internal MediaClock(RtpOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory, IMeterFactory? meterFactory, IMediaWaiter? waiter)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _options = options;
        _timeProvider = timeProvider;
        _logger = loggerFactory.CreateLogger<MediaClock>();
        _waiter = waiter ?? EpollWaiter.TryCreate(_logger) ?? (IMediaWaiter)new PortableWaiter();
        _metrics = new MediaMetrics(meterFactory, this);
        _calls = new SlotTable(timeProvider.GetNs());
        _thread = new Thread(Run) { Name = "media clock", IsBackground = true, Priority = ThreadPriority.Highest };
        _thread.Start();
    }

    /// <summary>Whether the system granted real-time priority.</summary>
    public bool IsRealTime { get; private set; }

    /// <summary>How the thread sleeps: "epoll" or "polling".</summary>
    public string WaiterName => _waiter.Name;

    /// <summary>Calls whose media is clocked at present.</summary>
    public int Calls => _calls.Count;

    /// <summary>Bytes that the media thread has allocated since it started.</summary>
    public long AllocatedBytes => Interlocked.Read(ref _allocatedBytes);

    /// <summary>Stops the thread and ends the media of all calls; their ports are back when this returns.</summary>
    public void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        _waiter.Wake();
        _thread.Join();
        _waiter.Dispose();
        _metrics.Dispose();
    }

    /// <summary>Asks something of the thread on behalf of a call; any thread, returns at once.</summary>
    internal void Post(ClockedMedia media, MediaRequests request)
    {
        if (!media.TryRequest(request))
            return;
        _requests.Enqueue(media);
        if (_stopped)
            EndRequesters();
        else
            _waiter.Wake();
    }

    private void Run()
    {
        IsRealTime = _options.RealTimePriority == RealTimePriority.Auto && OperatingSystem.IsLinux() && RealTimeThread.TryEnter();
        _logger.ClockStarted(_waiter.Name, IsRealTime ? "real-time" : "normal");
        while (!_stopping)
        {
            try
            {
                Turn();
            }
            catch (Exception e) when (_current is not null)
            {
                // The fault of one call ends that call's media only; a fault of the clock itself is a bug that nothing survives.
                OnFault(_current, e);
            }
            Interlocked.Exchange(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread());
        }
        End();
    }

    // Packets first: what has come by now must not be taken for missing by the ticks.
    private void Turn()
    {
        var count = _calls.Count > CallsOnTheirOwn ? WaitForRound() : WaitForAny();
        for (var i = 0; i < count; i++)
            Receive(_ready[i]);
        ServeRequests();
        // What falls due meanwhile waits for the next turn: where all calls' work is more than there is time for, packets and requests are still served.
        for (var untilNs = _timeProvider.GetNs(); _deadlines.NextDueNs <= untilNs;)
            Tick(_timeProvider.GetNs());
    }

    private int WaitForAny()
    {
        var nextNs = _deadlines.NextDueNs;
        return _waiter.Wait(nextNs == long.MaxValue ? long.MaxValue : nextNs - _timeProvider.GetNs(), _ready);
    }

    // A round that took longer than its time is followed by the next one at once.
    private int WaitForRound()
    {
        var roundNs = _calls.Count > CallsOfLongRounds ? LongRoundNs : RoundNs;
        var nowNs = _timeProvider.GetNs();
        if (nowNs < _nextRoundNs)
            _waiter.Rest(Math.Min(_nextRoundNs - nowNs, roundNs));
        nowNs = _timeProvider.GetNs();
        var count = _waiter.Wait(0, _ready);
        // More may be waiting than were found: they are looked for before the next rest.
        _nextRoundNs = count == MaxReady ? nowNs : nowNs - nowNs % roundNs + roundNs;
        return count;
    }

    private void Receive(ReadySocket ready)
    {
        // The call may have left since the wait.
        if (_calls[ready.Slot] is not { } media)
            return;
        _current = media;
        if (ready.IsRtcp)
            media.ReceiveRtcp(_timeProvider.GetNs());
        else
            media.ReceiveRtp(_timeProvider.GetNs());
        Served(media);
    }

    private void Tick(long nowNs)
    {
        _metrics.RecordLateness(nowNs - _deadlines.NextDueNs);
        var media = _current = _deadlines.First;
        media.Tick(nowNs);
        Served(media);
    }

    private void Served(ClockedMedia media)
    {
        _deadlines.Update(media);
        _current = null;
    }

    private void ServeRequests()
    {
        while (_requests.TryDequeue(out var media))
        {
            _current = media;
            var requests = media.TakeRequests();
            var nowNs = _timeProvider.GetNs();
            if (requests.HasFlag(MediaRequests.Join) && media.Fault is null)
                Join(media, nowNs);
            if (requests.HasFlag(MediaRequests.Wake))
                media.Wake(nowNs);
            if (requests.HasFlag(MediaRequests.Leave))
                Leave(media, nowNs);
            else if (media.HeapIndex >= 0)
                _deadlines.Update(media);
            _current = null;
        }
    }

    private void Join(ClockedMedia media, long nowNs)
    {
        _calls.Add(media);
        media.Start(nowNs, _calls.NextPhaseNs(media.Slot, nowNs));
        _waiter.Add(media);
        _deadlines.Update(media);
    }

    private void Leave(ClockedMedia media, long nowNs)
    {
        if (media.Slot >= 0)
            _waiter.Remove(media);
        if (_calls.Remove(media))
            _deadlines.Remove(media);
        media.Stop(nowNs);
    }

    private void OnFault(ClockedMedia media, Exception fault)
    {
        _current = null;
        _logger.MediaFault(media.CallId, fault);
        if (media.Fault is not null)
            return;
        media.Fault = fault;
        Leave(media, _timeProvider.GetNs());
        Post(media, MediaRequests.Wake);
    }

    private void End()
    {
        while (_calls.Any() is { } media)
            Leave(media, _timeProvider.GetNs());
        _stopped = true;
        EndRequesters();
    }

    private void EndRequesters()
    {
        while (_requests.TryDequeue(out var media))
            if (media.TakeRequests().HasFlag(MediaRequests.Leave))
                media.Stop(_timeProvider.GetNs());
    }
}
