using System.Net.Sockets;
using Telephony.Audio;
using Telephony.Rtp;

namespace Telephony.Media;

/// <summary>The audio of a call without RTP, on the media thread: frames that somebody hands in go to the host, and the host's wait to be fetched.</summary>
/// <remarks>Owned by the media clock's thread, which meets the others in two rings. Allocates when built only.</remarks>
internal sealed class FrameMedia(string callId, IMediaListener listener, RtpOptions options) : ClockedMedia
{
    public const int FrameMs = 20;

    /// <summary>Rate of what the caller says, in Hz: what the model hears.</summary>
    public const int CallerRateHz = 16_000;

    /// <summary>Rate of what the caller hears, in Hz: what the model speaks.</summary>
    public const int AgentRateHz = 24_000;

    /// <summary>Samples of the caller that one tick moves on at most: what came late is made up for at three times its pace.</summary>
    public const int MostPerTick = 3 * FrameSamples;

    private const int FrameSamples = CallerRateHz * FrameMs / 1_000;
    private const long FrameNs = FrameMs * 1_000_000L;
    private const long SampleNs = 1_000_000_000L / CallerRateHz;

    // What the caller's end may be ahead of our clock: clocks differ, and a microphone may run fast for hours.
    private const int AheadSamples = CallerRateHz;

    // A tick that is later than this is no tick late: the machine was stopped.
    private const long LongestCatchUpNs = 500_000_000;

    private readonly PcmRing _fromCaller = new(CallerRateHz);
    private readonly PcmRing _toCaller = new(AgentRateHz * 3 / 2);
    private readonly MediaTimeouts _timeouts = new(options);
    private readonly long _quietNs = options.MaxReorderWait.ToNs();
    private readonly short[] _heard = new short[MostPerTick];
    private FrameEnds? _ends;
    private long _startedNs;
    private long _dueNs;
    private long _quietAtNs;
    private long _heardSamples;
    private long _cutTo;
    private int _isCut;
    private bool _isBehind;

    /// <summary>The caller's end has not fetched what it is to hear: raised once, on the media thread, so that it must neither block nor throw.</summary>
    public Action? FellBehind { get; init; }

    /// <summary>The call's counters, a frame for a packet; other threads may read them.</summary>
    public MediaCounters Counters { get; } = new();

    /// <inheritdoc/>
    public override string CallId => callId;

    /// <inheritdoc/>
    public override Socket? Rtp => null;

    /// <inheritdoc/>
    public override Socket? Rtcp => null;

    /// <inheritdoc/>
    public override long DueNs => _dueNs;

    /// <summary>Where audio goes to and comes from, from the next frame on; any thread.</summary>
    public void Connect(FrameEnds ends) => Volatile.Write(ref _ends, ends);

    /// <summary>Takes what the caller says; one thread. Before the answer nobody hears it: it is thrown away. False, and nothing is taken, when a second of it waits already.</summary>
    public bool TryHear(ReadOnlySpan<short> pcm) => Volatile.Read(ref _ends) is null || _fromCaller.TryWrite(pcm);

    /// <summary>What was given to be heard and has not been fetched shall not be heard; any thread.</summary>
    public void Cut() => Volatile.Write(ref _isCut, 1);

    /// <summary>Takes the news that what was fetched before shall not be heard, where there is such; the fetching thread. True once for each cut.</summary>
    public bool TryTakeCut()
    {
        var cutTo = Interlocked.Exchange(ref _cutTo, 0);
        if (cutTo == 0)
            return false;
        _toCaller.SkipTo(cutTo - 1);
        return true;
    }

    /// <summary>Fetches the next frame of what the caller hears; the fetching thread. False when none is there.</summary>
    public bool TryFetch(Span<short> frame) => _toCaller.Waiting >= frame.Length && _toCaller.Read(frame) > 0;

    /// <inheritdoc/>
    public override void Start(long nowNs, long firstDueNs)
    {
        (_startedNs, _dueNs, _quietAtNs) = (nowNs, firstDueNs, nowNs + _quietNs);
        _timeouts.Restart(nowNs);
    }

    /// <inheritdoc/>
    public override void Tick(long nowNs)
    {
        _dueNs = nowNs - _dueNs > LongestCatchUpNs ? nowNs + FrameNs : _dueNs + FrameNs;
        if (Volatile.Read(ref _ends) is not { } ends)
            return;
        Hear(ends, nowNs);
        Say(ends);
        if (_timeouts.IsOver(nowNs, out _))
            listener.OnTimeout();
    }

    /// <inheritdoc/>
    public override void Wake(long nowNs)
    {
        if (Fault is { } fault)
            listener.OnFailed(fault);
    }

    /// <inheritdoc/>
    public override void ReceiveRtp(long nowNs) => throw new NotSupportedException("There is no socket.");

    /// <inheritdoc/>
    public override void ReceiveRtcp(long nowNs) => throw new NotSupportedException("There is no socket.");

    /// <inheritdoc/>
    public override void Stop(long nowNs)
    {
    }

    // The model is to hear the caller's silence too, also where a network keeps it back.
    private void Hear(FrameEnds ends, long nowNs)
    {
        var allowed = (nowNs - _startedNs) / SampleNs + AheadSamples - _heardSamples;
        var count = _fromCaller.Read(_heard.AsSpan(0, (int)Math.Clamp(allowed, 0, MostPerTick)));
        if (count > 0)
        {
            if (_heardSamples == 0)
                listener.OnFirstPacket();
            _heardSamples += count;
            _quietAtNs = nowNs + _quietNs;
            _timeouts.OnHeard(nowNs, isRtp: true);
            Count(count, nowNs);
            ends.Hear(_heard.AsSpan(0, count));
        }
        else if (nowNs >= _quietAtNs)
        {
            _heard.AsSpan(0, FrameSamples).Clear();
            Counters.SilenceUs += FrameMs * 1_000;
            ends.Hear(_heard.AsSpan(0, FrameSamples));
        }
    }

    private void Say(FrameEnds ends)
    {
        var frame = ends.Say();
        if (!frame.IsEmpty && _toCaller.TryWrite(frame))
        {
            Counters.PacketsSent++;
            Counters.BytesSent += frame.Length * sizeof(short);
        }
        else if (!frame.IsEmpty)
        {
            Counters.SendErrors++;
            FallBehind();
        }
        // Behind the frame in which the cut sound fades: its beginning is not heard, so its end shall not be.
        if (Interlocked.Exchange(ref _isCut, 0) != 0)
            Volatile.Write(ref _cutTo, _toCaller.Written + 1);
    }

    private void FallBehind()
    {
        if (_isBehind)
            return;
        _isBehind = true;
        FellBehind?.Invoke();
    }

    private void Count(int samples, long nowNs)
    {
        Counters.PacketsReceived = _heardSamples / FrameSamples;
        Counters.BytesReceived += samples * sizeof(short);
        Counters.LastPacketNs = nowNs;
    }
}
