using System.Net;
using Microsoft.Extensions.Logging;
using Telephony.Audio;
using Telephony.Rtp;
using Telephony.Rtp.Srtp;
using Telephony.Sdp;

namespace Telephony.Media;

/// <summary>One call's media: builds both paths from a negotiated answer and hands them to the media clock.</summary>
/// <remarks>Thread-safe; what it builds belongs to the <see cref="MediaClock"/>'s thread as soon as it is handed over.</remarks>
public sealed class MediaSession : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MediaClock _clock;
    private readonly MediaStream _stream;
    private readonly RtpOptions _options;
    private readonly RtpPortPair _ports;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly string _callId;
    private IPcmSink _sink;
    private IPcmSource _source;
    private MediaSetup? _latest;
    private bool _isConnected;
    private bool _disposed;

    /// <summary>Prepares the media of one call; nothing is sent or heard before <see cref="Apply"/>.</summary>
    /// <param name="clock">The process's media thread.</param>
    /// <param name="ports">The call's sockets; the session disposes them when it ends.</param>
    /// <param name="sink">Takes the caller's audio.</param>
    /// <param name="source">Gives the audio that the caller hears.</param>
    /// <param name="listener">Told of the first packet, digits and the end of media.</param>
    /// <param name="options">Waits and time-outs.</param>
    /// <param name="timeProvider">Monotonic and wall time.</param>
    /// <param name="logger">Receives the call's media log lines.</param>
    /// <param name="callId">Our id of the call, in every log line.</param>
    public MediaSession(
        MediaClock clock, RtpPortPair ports, IPcmSink sink, IPcmSource source, IMediaListener listener,
        RtpOptions options, TimeProvider timeProvider, ILogger logger, string callId)
    {
        _clock = clock;
        _ports = ports;
        _sink = sink;
        _source = source;
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _callId = callId;
        _stream = new MediaStream(ports, listener, options, timeProvider, logger, callId);
    }

    /// <summary>Host that the call's signalling comes from: believed as a source of media sooner than others when SDP's address is not the real one (NAT).</summary>
    public IPAddress? SignalingHost
    {
        init
        {
            if (value is not null)
                _stream.ExpectHost(value);
        }
    }

    /// <summary>Counters of the call so far; any thread.</summary>
    public MediaStatistics Statistics => _stream.Counters.Snapshot(_timeProvider.GetNs()) with { Codec = Volatile.Read(ref _latest)?.Media.Codec.Name };

    /// <summary>Starts media with the first answer; later changes codec, address or direction (re-INVITE).</summary>
    /// <exception cref="ArgumentException">The codec has no coder: offer/answer must not choose it.</exception>
    public void Apply(NegotiatedMedia media)
    {
        ArgumentNullException.ThrowIfNull(media);
        lock (_gate)
        {
            if (_disposed)
                return;
            var isFirst = _latest is null;
            _latest = Build(media, _latest, _latest);
            _stream.LeaveSetup(_latest);
            _clock.Post(_stream, isFirst ? MediaRequests.Join | MediaRequests.Wake : MediaRequests.Wake);
        }
        _logger.MediaApplied(_callId, media.Codec.Name, media.PtimeMs, media.Direction.ToString(), _ports.RtpPort, media.RemoteRtp.ToString(), media.Srtp?.Send.Suite.Name ?? "not encrypted");
    }

    /// <summary>True until the call is answered: a caller who only listens then is no silent one.</summary>
    public bool IsEarly { get; init; }

    /// <summary>The call is answered, or joined with another one: what was heard and played before gives way to other ends, without a break in the stream.</summary>
    /// <param name="sink">Takes the caller's audio.</param>
    /// <param name="source">Gives the audio that the caller hears.</param>
    public void Connect(IPcmSink sink, IPcmSource source)
    {
        lock (_gate)
        {
            (_sink, _source, _isConnected) = (sink, source, true);
            if (_disposed || _latest is null)
                return;
            _latest = Build(_latest.Media, previous: null, keys: _latest);
            _stream.LeaveSetup(_latest);
            _clock.Post(_stream, MediaRequests.Wake);
        }
    }

    /// <summary>The source has audio again after idling: the next packet leaves at once instead of at the end of the packet time. Any thread.</summary>
    public void AudioReady()
    {
        _stream.LeaveAudioReady();
        _clock.Post(_stream, MediaRequests.Wake);
    }

    /// <summary>Sends digits in the place of audio, one sequence after the other; <see cref="IMediaListener.OnDigitsSent"/> tells their end. Any thread.</summary>
    /// <returns>False when too many wait.</returns>
    public bool TrySendDigits(DigitSequence digits) => _stream.TryLeaveDigits(digits);

    /// <summary>Ends the call's media and gives the ports back, both soon after this returns; further calls do nothing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _clock.Post(_stream, MediaRequests.Leave);
        }
    }

    private MediaSetup Build(NegotiatedMedia media, MediaSetup? previous, MediaSetup? keys)
    {
        var sameCodec = previous is not null && previous.Media.Codec == media.Codec;
        var sameFormats = sameCodec && previous!.Media.ReceivePayloadType == media.ReceivePayloadType && previous.Media.AlsoReceived.SequenceEqual(media.AlsoReceived);
        var sameSending = sameCodec && previous!.Media.PtimeMs == media.PtimeMs && previous.Media.Opus == media.Opus;
        var family = _ports.Rtp.AddressFamily;
        return new MediaSetup(
            media,
            SourceAddress.From(media.RemoteRtp, family),
            SourceAddress.From(media.RemoteRtcp, family),
            sameFormats ? previous!.Receive : _stream.BuildReceivePath(media, _sink, _options),
            sameSending ? previous!.Send : _stream.BuildSendPath(media, _source),
            IsEarly && !_isConnected,
            SenderFor(media.Srtp?.Send, keys),
            ReceiverFor(media.Srtp?.Receive, keys));
    }

    private static SrtpSender? SenderFor(SrtpMasterKey? key, MediaSetup? previous) =>
        key is null ? null
        : key.Equals(previous?.Media.Srtp?.Send) ? previous!.SrtpSend
        : new SrtpSender(key);

    private static SrtpReceiver? ReceiverFor(SrtpMasterKey? key, MediaSetup? previous) =>
        key is null ? null
        : key.Equals(previous?.Media.Srtp?.Receive) ? previous!.SrtpReceive
        : new SrtpReceiver(key);
}
