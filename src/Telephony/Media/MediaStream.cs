using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Telephony.Audio;
using Telephony.Rtp;
using Telephony.Rtp.Rtcp;
using Telephony.Sdp;

namespace Telephony.Media;

/// <summary>One call's media on the media thread: its sockets, both paths, RTCP and time-outs. What the <see cref="MediaClock"/> calls.</summary>
/// <remarks>Owned by the media clock's thread; <see cref="MediaSession"/> leaves new answers in one field. Allocates when built or on a new answer only.</remarks>
internal sealed class MediaStream : ClockedMedia
{
    // Bounds one round of reading when somebody floods the port.
    private const int MaxDatagramsPerRound = 512;

    private readonly RtpPortPair _ports;
    private readonly RtpSocket _rtp;
    private readonly RtpSocket _rtcp;
    private readonly SourceLock _sourceLock;
    private readonly CallerStream _caller;
    private readonly MediaSecurity _security;
    private readonly RtpSender _sender;
    private readonly SendSchedule _schedule = new();
    private readonly DigitSender _digits;
    private readonly RtcpSession _rtcpSession;
    private readonly SocketAddress _rtcpSource;
    private readonly MediaTimeouts _timeouts;
    private readonly IMediaListener _listener;
    private readonly ILogger _logger;
    private MediaSetup? _leftSetup;
    private int _leftAudioReady;
    private MediaSetup? _setup;
    private bool _hasRtcpSource;
    private bool _stopped;

    public MediaStream(RtpPortPair ports, IMediaListener listener, RtpOptions options, TimeProvider timeProvider, ILogger logger, string callId)
    {
        _ports = ports;
        _rtp = new RtpSocket(ports.Rtp);
        _rtcp = new RtpSocket(ports.Rtcp);
        _sourceLock = new SourceLock(ports.Rtp.AddressFamily, options.RelockAfter.ToNs());
        _caller = new CallerStream(_sourceLock, options, listener, Counters);
        _security = new MediaSecurity(Counters);
        _sender = new RtpSender(_rtp);
        _digits = new DigitSender(listener.OnDigitsSent);
        _rtcpSession = new RtcpSession(_sender, _caller.Reception, callId, options.RtcpInterval, timeProvider);
        _rtcpSource = new SocketAddress(ports.Rtp.AddressFamily);
        _timeouts = new MediaTimeouts(options);
        _listener = listener;
        _logger = logger;
        CallId = callId;
    }

    /// <summary>The call's counters; other threads may read them.</summary>
    public MediaCounters Counters { get; } = new();

    /// <inheritdoc/>
    public override string CallId { get; }

    /// <inheritdoc/>
    public override Socket Rtp => _ports.Rtp;

    /// <inheritdoc/>
    public override Socket Rtcp => _ports.Rtcp;

    /// <inheritdoc/>
    public override long DueNs => _setup is null ? _schedule.DueNs : Math.Min(_schedule.DueNs, _setup.Receive.DueNs);

    private bool IsOnHold => _setup is null or { Rtp: null } or { Receive.IsHearing: false };

    // A caller who said recvonly need not send a single packet, nor one who is not connected yet.
    private bool IsSilentByRight => IsOnHold || _setup is { IsEarly: true } or { Media.Direction: MediaDirection.SendOnly };

    /// <summary>Before the start only: see <see cref="MediaSession.SignalingHost"/>.</summary>
    public void ExpectHost(IPAddress address) => _sourceLock.ExpectHost(address);

    /// <summary>Builds a receive path on top of this stream; any thread, since the path is not used before it is left.</summary>
    public ReceivePath BuildReceivePath(NegotiatedMedia media, IPcmSink sink, RtpOptions options) => new(media, _caller, sink, options, Counters);

    /// <summary>Builds a send path on top of this stream; any thread.</summary>
    public SendPath BuildSendPath(NegotiatedMedia media, IPcmSource source) => new(media, source, _sender, _schedule, _digits, Counters);

    /// <summary>Leaves a new answer for the media thread; any thread. The latest wins.</summary>
    public void LeaveSetup(MediaSetup setup) => Volatile.Write(ref _leftSetup, setup);

    /// <summary>Leaves digits to be sent; any thread. False when too many wait.</summary>
    public bool TryLeaveDigits(DigitSequence digits) => _digits.TryLeave(digits);

    /// <summary>Leaves word that the source has audio again; any thread.</summary>
    public void LeaveAudioReady() => Volatile.Write(ref _leftAudioReady, 1);

    /// <inheritdoc/>
    public override void Start(long nowNs, long firstDueNs)
    {
        // What came before the answer is nobody's we know.
        for (var i = 0; i < MaxDatagramsPerRound && (_rtp.TryReceive(out _) || _rtcp.TryReceive(out _)); i++)
            Counters.PacketsForeign++;
        _schedule.Start(firstDueNs);
        _caller.Timeline.Start(nowNs);
        _rtcpSession.Start(nowNs);
        _timeouts.Restart(nowNs);
    }

    /// <inheritdoc/>
    public override void Wake(long nowNs)
    {
        if (Fault is { } fault)
        {
            _listener.OnFailed(fault);
            return;
        }
        if (Interlocked.Exchange(ref _leftSetup, null) is { } setup)
            Apply(setup, nowNs);
        if (Interlocked.Exchange(ref _leftAudioReady, 0) != 0)
            _setup?.Send.AudioReady(nowNs);
    }

    /// <inheritdoc/>
    public override void ReceiveRtp(long nowNs)
    {
        for (var i = 0; i < MaxDatagramsPerRound && _rtp.TryReceive(out var datagram); i++)
        {
            var isFirst = Counters.PacketsReceived == 0;
            if (_setup is null || !_security.TryOpen(ref datagram, nowNs) || !_caller.OnDatagram(datagram, _rtp.Sender, _setup.Receive, nowNs))
                continue;
            _timeouts.OnHeard(nowNs, isRtp: true);
            if (isFirst && Counters.PacketsReceived > 0)
                _listener.OnFirstPacket();
        }
    }

    /// <inheritdoc/>
    public override void ReceiveRtcp(long nowNs)
    {
        for (var i = 0; i < MaxDatagramsPerRound && _rtcp.TryReceive(out var datagram); i++)
        {
            if (!_security.TryOpenRtcp(ref datagram, nowNs))
                continue;
            if (!_sourceLock.AcceptRtcp(_rtcp.Sender, _setup?.Rtcp, nowNs))
            {
                Counters.PacketsForeign++;
                continue;
            }
            SourceAddress.Copy(_rtcp.Sender, _rtcpSource);
            _hasRtcpSource = true;
            _timeouts.OnHeard(nowNs, isRtp: false);
            _rtcpSession.OnDatagram(datagram, nowNs);
            PublishRemoteReport();
        }
    }

    /// <inheritdoc/>
    public override void Tick(long nowNs)
    {
        if (nowNs >= _schedule.DueNs)
            TickSend(nowNs);
        _setup?.Receive.Tick(nowNs);
    }

    /// <inheritdoc/>
    public override void Stop(long nowNs)
    {
        if (_stopped)
            return;
        _stopped = true;
        if (_setup is not null)
            SendRtcp(_rtcpSession.Goodbye(nowNs), nowNs);
        _ports.Dispose();
        _sender.Stop();
        _security.Close();
        _logger.MediaEnded(
            CallId, Counters.PacketsReceived, Counters.PacketsLost, Counters.JitterMs, Counters.PacketsSent, Counters.PacketsForeign, Counters.PacketsUnauthenticated);
    }

    private void Apply(MediaSetup setup, long nowNs)
    {
        var wasOnHold = IsOnHold;
        var receive = _setup?.Receive;
        _setup = setup;
        _sender.Protect(setup.SrtpSend);
        _security.Apply(setup.SrtpReceive, nowNs);
        setup.Receive.Apply(setup.Media, nowNs);
        setup.Send.Apply(setup.Media);
        _caller.Timeline.SetClockRate(setup.Receive.ClockRateHz);
        if (receive != setup.Receive || wasOnHold != IsOnHold)
            _caller.Timeline.Unanchor();
        _sourceLock.Expect(setup.Rtp, nowNs);
        _caller.OnNewAnswer();
        _hasRtcpSource = false;
        _timeouts.Restart(nowNs);
    }

    private void TickSend(long nowNs)
    {
        if (_setup is null)
        {
            _schedule.Next();
            return;
        }
        // An answer that names nobody is hold in the old style: the lock is kept, but nothing sent.
        _setup.Send.Tick(_setup.Rtp is null ? null : _sourceLock.Target, nowNs);
        if (nowNs >= _rtcpSession.DueNs)
            SendRtcp(_rtcpSession.NextReport(nowNs), nowNs);
        CheckTimeouts(nowNs);
    }

    private void CheckTimeouts(long nowNs)
    {
        if (IsSilentByRight)
            _timeouts.Restart(nowNs);
        if (!_timeouts.IsOver(nowNs, out var silent))
            return;
        _logger.MediaTimeout(CallId, silent.TotalSeconds);
        _listener.OnTimeout();
    }

    private void SendRtcp(ReadOnlySpan<byte> datagram, long nowNs)
    {
        if ((_hasRtcpSource ? _rtcpSource : _setup?.Rtcp) is { } to)
            _rtcp.TrySend(_sender.ProtectRtcp(datagram), to, nowNs);
    }

    private void PublishRemoteReport()
    {
        Counters.RoundTripMs = _rtcpSession.RoundTripMs ?? double.NaN;
        if (_rtcpSession.RemoteReport is not { } report || _setup is null)
            return;
        Counters.RemoteFractionLost = report.FractionLost / 256.0;
        _setup.Send.ExpectLoss(Counters.RemoteFractionLost);
        Counters.RemotePacketsLost = report.CumulativeLost;
        Counters.RemoteJitterMs = report.JitterUnits * 1000.0 / _setup.Receive.ClockRateHz;
    }
}
