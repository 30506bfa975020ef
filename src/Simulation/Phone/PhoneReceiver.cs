using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Telephony.Audio;
using Telephony.Codecs;

namespace Simulation.Phone;

/// <summary>RTP and RTCP of the agent -> heard audio, speech gate and counters.</summary>
/// <remarks>Owned by the phone clock's thread; <see cref="Snapshot"/> may be a packet behind when read from another.</remarks>
internal sealed class PhoneReceiver(PhoneSockets sockets, HeardAudio heard, SpeechGate gate, CallTimeline timeline)
{
    private const byte Pcmu = 0;   // RFC 3551 table 4
    private const byte Pcma = 8;
    private const byte SenderReport = 200;   // RFC 3550 section 12.1

    private readonly byte[] _datagram = new byte[2048];
    private readonly short[] _pcm = new short[2048];
    private readonly IAudioDecoder _muLaw = CodecCatalog.CreateDecoder(CodecCatalog.Pcmu);
    private readonly IAudioDecoder _aLaw = CodecCatalog.CreateDecoder(CodecCatalog.Pcma);
    private readonly ReceptionCounters _counters = new();
    private readonly SocketAddress _source = new(sockets.Rtp.AddressFamily);
    private int _senderReports;

    /// <summary>Where the first packet came from; null before it.</summary>
    public IPEndPoint? Source { get; private set; }

    /// <summary>Fixes the moment that both recordings count from; only the first call does.</summary>
    public void Begin(long now)
    {
        if (heard.StartTimestamp == 0)
            heard.Begin(now);
    }

    /// <summary>Reads all datagrams that wait on the RTP socket.</summary>
    public void ReceiveAll()
    {
        while (TryReceive(sockets.Rtp, out var count))
        {
            var now = Stopwatch.GetTimestamp();
            if (RtpHeader.TryRead(_datagram.AsSpan(0, count), out var header, out var payload))
                Take(header, payload, now);
        }
    }

    /// <summary>Reads what waits on the RTCP socket and counts the sender reports.</summary>
    public void CountReports()
    {
        while (TryReceive(sockets.Rtcp, out var count))
        {
            if (count >= 8 && _datagram[0] >> 6 == 2 && _datagram[1] == SenderReport)
                _senderReports++;
        }
    }

    public CallerStatistics Snapshot(int sent) => new(
        _counters.Packets, _counters.Lost, _counters.Duplicates, _counters.OutOfOrder, _counters.TimestampSteps, _counters.Pauses,
        _counters.SsrcChanges, _counters.JitterMs, _senderReports, sent);

    private bool TryReceive(Socket socket, out int count)
    {
        count = 0;
        try
        {
            if (socket.Available == 0)
                return false;
            count = socket.ReceiveFrom(_datagram, SocketFlags.None, _source);
            return true;
        }
        catch (SocketException)
        {
            return false;   // an ICMP error of a packet sent earlier
        }
    }

    private void Take(in RtpHeader header, ReadOnlySpan<byte> payload, long now)
    {
        var decoder = header.PayloadType switch { Pcmu => _muLaw, Pcma => _aLaw, _ => null };
        var samples = decoder is null || decoder.SamplesIn(payload) > _pcm.Length ? 0 : decoder.Decode(payload, _pcm);
        var pcm = _pcm.AsSpan(0, samples);
        if (!_counters.Add(header, samples, now))
            return;
        if (_counters.Packets == 1)
        {
            Begin(now);
            Source = (IPEndPoint)((IPEndPoint)sockets.Rtp.LocalEndPoint!).Create(_source);
            timeline.Add(CallEventKind.MediaStarted, "first RTP packet of the agent");
        }
        var level = PcmLevel.RmsDbov(pcm);
        heard.Add(header, payload.Length, pcm, level, now);
        gate.Add(level, now);
    }
}
