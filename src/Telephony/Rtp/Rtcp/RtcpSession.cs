namespace Telephony.Rtp.Rtcp;

/// <summary>The RTCP side of one call: reports every few seconds, and learns from the peer's reports what it loses and how long the way is.</summary>
/// <remarks>Owned by the media clock's thread; allocates when built only.</remarks>
internal sealed class RtcpSession
{
    // RFC 3550 section 6.3.1: makes up for timer reconsideration converging below the average asked for.
    private const double Compensation = 1.21828;
    private static readonly DateTimeOffset NtpEpoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RtcpWriter _writer;
    private readonly RtpSender _sender;
    private readonly ReceptionStatistics _reception;
    private readonly TimeProvider _timeProvider;
    private readonly long _intervalNs;
    private readonly Random _random;
    private long _ntpAtZeroTicks;
    private uint _packetsReported;
    private uint _lastSenderReport;
    private long _lastSenderReportNs;

    public RtcpSession(RtpSender sender, ReceptionStatistics reception, string cname, TimeSpan interval, TimeProvider timeProvider)
    {
        _writer = new RtcpWriter(cname);
        _sender = sender;
        _reception = reception;
        _timeProvider = timeProvider;
        _intervalNs = interval.Ticks * TimeSpan.NanosecondsPerTick;
        _random = new Random((int)sender.Ssrc);
    }

    /// <summary>When the next report is due.</summary>
    public long DueNs { get; private set; }

    /// <summary>Round trip by the peer's last report, in ms.</summary>
    public double? RoundTripMs { get; private set; }

    /// <summary>What the peer says of our stream; null before its first report.</summary>
    public ReportBlock? RemoteReport { get; private set; }

    /// <summary>The first report comes after half an interval (RFC 3550 section 6.2).</summary>
    public void Start(long nowNs)
    {
        // Read once: a wall clock that is set during the call would show up as round-trip time.
        _ntpAtZeroTicks = (_timeProvider.GetUtcNow() - NtpEpoch).Ticks - nowNs / TimeSpan.NanosecondsPerTick;
        DueNs = nowNs + RandomInterval() / 2;
    }

    /// <summary>The caller's stream is another one: its sender reports have not been seen.</summary>
    public void OnNewStream() => _lastSenderReport = 0;

    /// <summary>Takes a datagram of the peer: any mixture, damaged or unknown parts skipped.</summary>
    public void OnDatagram(ReadOnlySpan<byte> compound, long nowNs)
    {
        while (RtcpPacket.TryReadNext(ref compound, out var packet))
        {
            if (packet.TryReadSenderTime(out var middleNtp) && packet.Ssrc == _reception.Ssrc)
            {
                _lastSenderReport = middleNtp;
                _lastSenderReportNs = nowNs;
            }
            if (packet.TryFindReport(_sender.Ssrc, out var report))
                OnReport(report, nowNs);
        }
    }

    /// <summary>The next report, and the time of the one after it.</summary>
    public ReadOnlySpan<byte> NextReport(long nowNs)
    {
        WriteReport(nowNs);
        DueNs = nowNs + RandomInterval();
        return _writer.Datagram;
    }

    /// <summary>The last report, with a goodbye.</summary>
    public ReadOnlySpan<byte> Goodbye(long nowNs)
    {
        WriteReport(nowNs);
        _writer.AddGoodbye();
        return _writer.Datagram;
    }

    private void WriteReport(long nowNs)
    {
        _writer.Ssrc = _sender.Ssrc;
        ReportBlock? report = _reception.HasPackets ? _reception.TakeReport(_lastSenderReport, DelaySinceLastSenderReport(nowNs)) : null;
        if (_sender.Packets != _packetsReported)
            _writer.BeginSenderReport(NtpAt(nowNs), _sender.Timestamp, _sender.Packets, _sender.PayloadBytes, report);
        else
            _writer.BeginReceiverReport(report);
        _packetsReported = _sender.Packets;
        _writer.AddSourceDescription();
    }

    // Now less the echoed time less the peer's holding time (RFC 3550 section 6.4.1); the subtraction wraps.
    private void OnReport(in ReportBlock report, long nowNs)
    {
        RemoteReport = report;
        if (report.LastSenderReport == 0)
            return;
        var roundTrip = unchecked((int)((uint)(NtpAt(nowNs) >> 16) - report.LastSenderReport - report.DelaySinceLastSenderReport));
        if (roundTrip >= 0)
            RoundTripMs = roundTrip * 1000.0 / 65_536;
    }

    private uint DelaySinceLastSenderReport(long nowNs) =>
        _lastSenderReport == 0 ? 0 : (uint)((nowNs - _lastSenderReportNs) * 65_536 / 1_000_000_000);

    private ulong NtpAt(long nowNs)
    {
        var ticks = (ulong)(_ntpAtZeroTicks + nowNs / TimeSpan.NanosecondsPerTick);
        return (ticks / TimeSpan.TicksPerSecond << 32) + (ticks % TimeSpan.TicksPerSecond << 32) / TimeSpan.TicksPerSecond;
    }

    private long RandomInterval() => (long)(_intervalNs * (0.5 + _random.NextDouble()) / Compensation);
}
