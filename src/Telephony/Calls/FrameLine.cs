using Microsoft.Extensions.Logging;
using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>A call without SIP and RTP: whoever opens it hands in frames of what the caller says and fetches those of what the caller hears. For the host it is a <see cref="Calls.Call"/> like any other.</summary>
/// <remarks>How far it is belongs to the signalling loop, its audio to the media clock's thread. It takes neither digits nor transfers; nobody is told of a hold.</remarks>
public sealed class FrameLine : ICallLeg, IMediaListener
{
    /// <summary>Length of a frame, in ms.</summary>
    public const int FrameMs = FrameMedia.FrameMs;

    /// <summary>Rate of what the caller says, in Hz.</summary>
    public const int CallerRateHz = FrameMedia.CallerRateHz;

    /// <summary>Rate of what the caller hears, in Hz.</summary>
    public const int AgentRateHz = FrameMedia.AgentRateHz;

    // RFC 3551 section 4.5.11: what it is in the words of RTP.
    private const string Codec = "L16";

    // RFC 3261 section 21.5.2: this line does not know how.
    private const int NotImplemented = 501;

    private readonly MediaClock _clock;
    private readonly FrameMedia _media;
    private readonly Action<Action> _post;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly long _begunAt;
    private readonly TaskCompletionSource<CallEndReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CallStage _stage;

    internal FrameLine(FrameCaller caller, MediaClock clock, RtpOptions options, Action<Action> post, TimeProvider timeProvider, ILogger logger)
    {
        Call = new Call(caller.ToIdentity(), new SipHeaders(), this);
        (_clock, _post, _timeProvider, _logger, _begunAt) = (clock, post, timeProvider, logger, timeProvider.GetTimestamp());
        _media = new FrameMedia(Call.CallId, this, options) { FellBehind = () => Post(() => End(CallEndReason.TransportFailed)) };
    }

    /// <summary>The call; <see cref="Call.Listener"/> is to be set before anything else is done with it.</summary>
    public Call Call { get; }

    /// <summary>Completes with the end of the call, whoever ended it.</summary>
    public Task<CallEndReason> Ended => _ended.Task;

    private long ElapsedMs => (long)_timeProvider.GetElapsedTime(_begunAt).TotalMilliseconds;

    /// <summary>Takes what the caller says next; one thread at a time. What comes before the answer is thrown away. False, and nothing is taken, when a second of it waits already: it came late all at once, or comes faster than anybody speaks.</summary>
    /// <param name="pcm">Mono PCM16 at <see cref="CallerRateHz"/>, at most a second.</param>
    public bool TryWrite(ReadOnlySpan<short> pcm) => _media.TryHear(pcm);

    /// <summary>Fetches the next frame of what the caller hears; false where there is nothing to hear at present. One thread at a time, every 20 ms or sooner: who leaves a second and a half unfetched loses the call.</summary>
    /// <param name="frame">Room for <see cref="FrameMs"/> at <see cref="AgentRateHz"/>.</param>
    public bool TryFetch(Span<short> frame) => _media.TryFetch(frame);

    /// <summary>Takes the news that what was fetched before and has not been heard yet shall not be heard; true once for each cut. The thread that fetches, each time before it does.</summary>
    public bool TryTakeCut() => _media.TryTakeCut();

    /// <summary>The caller presses a key: 0-9, *, #, A-D. Any thread; nothing else is taken, nor before the answer.</summary>
    public void Press(char digit)
    {
        if (char.IsAsciiDigit(digit) || digit is '*' or '#' or (>= 'A' and <= 'D'))
            Post(() => WhileAnswered(() => Call.Listener?.OnDigit(digit, durationMs: 0, DigitSource.Info)));
    }

    /// <summary>The caller leaves; any thread.</summary>
    public void Leave() => Post(() => End(_stage == CallStage.Offered ? CallEndReason.Cancelled : CallEndReason.CallerHungUp));

    /// <summary>The caller can not be reached any more; any thread.</summary>
    public void Lose() => Post(() => End(CallEndReason.TransportFailed));

    bool ICallLeg.HasDevice => false;

    bool ICallLeg.CanSendDigits => false;

    MediaStatistics ICallLeg.Statistics => _media.Counters.Snapshot(_timeProvider.GetNs()) with { Codec = Codec };

    void ICallLeg.Ring(IPcmSource? earlyAudio)
    {
    }

    void ICallLeg.Answer(IPcmSink callerAudio, IPcmSource agentAudio) => Post(() =>
    {
        if (_stage != CallStage.Offered)
            return;
        _stage = CallStage.Answered;
        _media.Connect(new FrameEnds(callerAudio, agentAudio));
        _clock.Post(_media, MediaRequests.Join);
        CallsLog.Answered(_logger, Call.CallId, Codec, ElapsedMs);
        Call.Listener?.OnAnswered();
        Call.Listener?.OnAcknowledged();
    });

    void ICallLeg.Connect(IPcmSink callerAudio, IPcmSource agentAudio) => Post(() => WhileAnswered(() => _media.Connect(new FrameEnds(callerAudio, agentAudio))));

    void ICallLeg.Reject(int statusCode, string? reason, string? retryAfter) => Post(() => End(_stage == CallStage.Offered ? CallEndReason.Rejected : CallEndReason.AgentHungUp));

    void ICallLeg.HangUp(string? reason) => Post(() => End(_stage == CallStage.Offered ? CallEndReason.Rejected : CallEndReason.AgentHungUp));

    void ICallLeg.Transfer(TransferTarget target) => Post(() => WhileAnswered(() => Call.Listener?.OnTransferEnded(new TransferOutcome(TransferEnd.Refused, NotImplemented))));

    void ICallLeg.Hold(bool isHolding)
    {
    }

    bool ICallLeg.TrySendDigits(DigitSequence digits) => false;

    void ICallLeg.AudioReady()
    {
    }

    void ICallLeg.AudioCut() => _media.Cut();

    void IMediaListener.OnFirstPacket() => Post(() => WhileAnswered(() => Call.Listener?.OnMediaStarted()));

    void IMediaListener.OnDigit(char digit, int durationMs)
    {
    }

    void IMediaListener.OnDigitsSent(string sent, string unsent)
    {
    }

    void IMediaListener.OnTimeout() => Post(() => End(CallEndReason.MediaTimeout));

    void IMediaListener.OnFailed(Exception fault) => Post(() =>
    {
        CallsLog.MediaFailed(_logger, Call.CallId, fault);
        End(CallEndReason.MediaFailed);
    });

    private void Post(Action work) => _post(work);

    private void WhileAnswered(Action work)
    {
        if (_stage == CallStage.Answered)
            work();
    }

    private void End(CallEndReason reason)
    {
        if (_stage == CallStage.Over)
            return;
        _stage = CallStage.Over;
        _clock.Post(_media, MediaRequests.Leave);
        CallsLog.Ended(_logger, Call.CallId, ElapsedMs, reason);
        Call.Listener?.OnEnded(reason);
        _ended.TrySetResult(reason);
    }
}
