using System.Net;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Media;

/// <summary>Source -> resampler -> peak limiter -> encoder -> RTP sender: one packet per packet time, silence included; digits go out in its place.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built: once per codec and packet time; the schedule lives on in what it is given.</remarks>
internal sealed class SendPath
{
    // What keys cut off and what goes on behind them is rounded over so long.
    private const int FadeMs = 10;

    private readonly IAudioEncoder _encoder;
    private readonly Resampler _resampler;
    private readonly PeakLimiter _limiter;
    private readonly IPcmSource _source;
    private readonly RtpSender _sender;
    private readonly SendSchedule _schedule;
    private readonly DigitSender _digits;
    private readonly MediaCounters _counters;
    private readonly SilenceSuppression _silence;
    private readonly int _clockRateHz;
    private readonly uint _stepUnits;
    private readonly int _frameSamples;
    private NegotiatedMedia _media;
    private bool _isIdle = true;
    private bool _isInterrupted = true;
    private bool _fadesOut;
    private bool _fadesIn;

    public SendPath(NegotiatedMedia media, IPcmSource source, RtpSender sender, SendSchedule schedule, DigitSender digits, MediaCounters counters)
    {
        _media = media;
        _encoder = CodecCatalog.CreateEncoder(media.Codec, media.Opus);
        _resampler = new Resampler(source.SampleRateHz, _encoder.SampleRateHz);
        _source = source;
        _sender = sender;
        _schedule = schedule;
        _digits = digits;
        _counters = counters;
        _silence = new SilenceSuppression(media.PtimeMs);
        _clockRateHz = _encoder.ClockRateHz;
        _stepUnits = (uint)(_clockRateHz * media.PtimeMs / 1000);
        _frameSamples = source.SampleRateHz * media.PtimeMs / 1000;
        _limiter = new PeakLimiter(_encoder.SampleRateHz);
    }

    /// <summary>False on hold. The source is then not read: what the agent has left to say waits.</summary>
    public bool IsSending => _media.Direction is MediaDirection.SendRecv or MediaDirection.SendOnly;

    /// <summary>Begins, or goes on after a new answer with the same codec and packet time.</summary>
    public void Apply(NegotiatedMedia media)
    {
        _media = media;
        _schedule.SetPtime(media.PtimeMs * 1_000_000L);
    }

    /// <summary>The source has audio after idling: the next packet need not wait for its turn.</summary>
    public void AudioReady(long nowNs)
    {
        if (_isIdle && IsSending && !_digits.IsSending)
            _schedule.StartNow(nowNs);
    }

    /// <summary>The peer has reported so much loss, 0 to 1.</summary>
    public void ExpectLoss(double fraction) => _encoder.ExpectLoss(fraction);

    /// <summary>Sends the packet that is due and sets the time of the next.</summary>
    /// <param name="to">Where packets go; null when nobody is known, which keeps the source waiting as hold does.</param>
    /// <param name="nowNs">Monotonic time.</param>
    public void Tick(SocketAddress? to, long nowNs)
    {
        SkipMissed(nowNs);
        if (IsSending && to is not null)
            Send(to, nowNs);
        else
            Pause();
        _sender.AdvanceTimestamp(_stepUnits);
        _schedule.Next();
    }

    private void SkipMissed(long nowNs)
    {
        var missed = _schedule.SkipMissed(nowNs);
        if (missed == 0)
            return;
        // The listener plays silence for the time that was missed, then goes on: like a talk spurt after a pause.
        _sender.AdvanceTimestamp((uint)missed * _stepUnits);
        _isInterrupted = true;
    }

    private void Send(SocketAddress to, long nowNs)
    {
        _fadesOut = MakesRoomForDigits;
        if (_fadesOut)
        {
            SendSource(to, nowNs);
            return;
        }
        switch (_digits.Next(_media.SendTelephoneEventPayloadType, _sender.Timestamp, _stepUnits, _clockRateHz))
        {
            case DigitTurn.Event:
                SendEvent(to, nowNs);
                break;
            case DigitTurn.Silence:
                _isIdle = true;
                Frame.Clear();
                SendFrame(marker: _isInterrupted, to, nowNs);
                break;
            default:
                SendSource(to, nowNs);
                break;
        }
    }

    private Span<short> Frame => MediaScratch.Own.Frame.AsSpan(0, _frameSamples);

    // A key that comes while the agent speaks waits for one packet, in which the agent's voice fades.
    private bool MakesRoomForDigits => !_isIdle && !_fadesIn && _digits.IsDue && _media.SendTelephoneEventPayloadType is not null;

    private void SendSource(SocketAddress to, long nowNs)
    {
        var wasIdle = _isIdle;
        var frame = Frame;
        frame.Clear();   // another call's frame: whatever the source does, nobody hears that
        _isIdle = _source.Read(frame) == 0;
        if (_isIdle)
            _schedule.Restore();
        else
            _silence.OnAudio();
        switch (_isIdle && _media.SendComfortNoisePayloadType is not null ? _silence.OnSilence() : SilenceTurn.Audio)
        {
            case SilenceTurn.Audio:
                SendFrame(marker: _isInterrupted || (wasIdle && !_isIdle), to, nowNs);
                break;
            case SilenceTurn.Noise:
                SendNoise(to, nowNs);
                break;
        }
    }

    private void SendNoise(SocketAddress to, long nowNs)
    {
        _isInterrupted = true;
        _sender.Payload[0] = SilenceSuppression.Level;
        var payloadType = _media.SendComfortNoisePayloadType.GetValueOrDefault();
        Count(_sender.TrySend(SilenceSuppression.Bytes, payloadType, marker: false, to, nowNs), SilenceSuppression.Bytes);
    }

    private void SendFrame(bool marker, SocketAddress to, long nowNs)
    {
        _isInterrupted = false;
        var scratch = MediaScratch.Own;
        var resampled = scratch.Resampled.AsSpan(0, _resampler.Process(Frame, scratch.Resampled));
        _limiter.Process(resampled);
        var limited = scratch.Limited.AsSpan(0, resampled.Length);
        PcmVector.ToPcm(resampled, limited);
        SoftenEdges(limited);
        var payloadBytes = _encoder.Encode(limited, _sender.Payload);
        Count(_sender.TrySend(payloadBytes, _media.SendPayloadType, marker, to, nowNs), payloadBytes);
    }

    private void SoftenEdges(Span<short> pcm)
    {
        if (_isIdle || !(_fadesIn || _fadesOut))
            return;
        var edge = Math.Min(pcm.Length, _encoder.SampleRateHz * FadeMs / 1000);
        if (_fadesIn)
            PcmFade.In(pcm[..edge]);
        if (_fadesOut)
        {
            PcmFade.Out(pcm[^edge..]);
            _resampler.Reset();   // what it holds would be heard between the keys
        }
        _fadesIn = _fadesOut;
    }

    /// <summary>An event takes the place of audio: what the agent has left to say waits, and begins like a talk spurt.</summary>
    private void SendEvent(SocketAddress to, long nowNs)
    {
        _isIdle = true;
        _isInterrupted = true;
        _digits.Event.Rescaled(_clockRateHz, _media.TelephoneEventClockRateHz).Write(_sender.Payload);
        var payloadType = _media.SendTelephoneEventPayloadType.GetValueOrDefault();
        Count(_sender.TrySend(TelephoneEvent.Bytes, payloadType, _digits.IsFirst, _digits.EventTimestamp, to, nowNs), TelephoneEvent.Bytes);
    }

    private void Count(bool isSent, int payloadBytes)
    {
        if (isSent)
        {
            _counters.PacketsSent++;
            _counters.BytesSent += payloadBytes;
        }
        else
        {
            _counters.SendErrors++;
        }
    }

    private void Pause()
    {
        _isIdle = true;
        _isInterrupted = true;
        _digits.Interrupt(_sender.Timestamp);
        _schedule.Restore();
    }
}
