using System.Net;
using System.Net.Sockets;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Tests.Media;

/// <summary>The receive side of one call without sockets and threads: packets are handed in, and time moves when told.</summary>
internal sealed class TestReceiver
{
    public const long Ms = 1_000_000;

    private readonly SocketAddress _from = new IPEndPoint(IPAddress.Loopback, 4000).Serialize();

    private readonly byte[] _datagram = new byte[2048];

    public TestReceiver(
        ushort firstSequence = 0, uint firstTimestamp = 0, MediaDirection direction = MediaDirection.SendRecv, IPcmSink? sink = null,
        Func<NegotiatedMedia, NegotiatedMedia>? change = null, params AudioFormat[] alsoReceived)
    {
        Sink = sink as RecordingSink ?? new RecordingSink();
        FirstSequence = firstSequence;
        FirstTimestamp = firstTimestamp;
        var options = new RtpOptions();
        var sourceLock = new SourceLock(AddressFamily.InterNetwork, options.RelockAfter.ToNs());
        sourceLock.Expect(_from, 0);
        Caller = new CallerStream(sourceLock, options, Listener, Counters);
        var media = MediaOf(direction) with { AlsoReceived = alsoReceived };
        media = change?.Invoke(media) ?? media;
        Path = new ReceivePath(media, Caller, sink ?? Sink, options, Counters);
        Path.Apply(media, 0);
        Caller.Timeline.Start(0);
    }

    public ushort FirstSequence { get; set; }

    public uint FirstTimestamp { get; set; }

    public uint Ssrc { get; set; } = 7;

    public long NowNs { get; private set; }

    public long NowMs => NowNs / Ms;

    public CallerStream Caller { get; }

    public ReceivePath Path { get; }

    public RecordingSink Sink { get; }

    public RecordingListener Listener { get; } = new();

    public MediaCounters Counters { get; } = new();

    public static NegotiatedMedia MediaOf(MediaDirection direction) => new()
    {
        RemoteRtp = new IPEndPoint(IPAddress.Loopback, 4000),
        RemoteRtcp = new IPEndPoint(IPAddress.Loopback, 4001),
        Codec = CodecCatalog.Pcmu,
        SendPayloadType = 0,
        ReceivePayloadType = 0,
        TelephoneEventPayloadType = 101,
        SendTelephoneEventPayloadType = 101,
        PtimeMs = 20,
        Direction = direction,
    };

    /// <summary>Moves time, with a tick every 20 ms and whenever a gap is due.</summary>
    public void RunTo(double ms)
    {
        var endNs = (long)(ms * Ms);
        while (true)
        {
            var dueNs = Math.Min((NowNs / (20 * Ms) + 1) * 20 * Ms, Math.Max(NowNs, Path.DueNs));
            if (dueNs > endNs)
                break;
            NowNs = dueNs;
            Path.Tick(NowNs);
        }
        NowNs = endNs;
    }

    /// <summary>Lets time pass without a tick, as when the process is stopped.</summary>
    public void StandStill(int ms) => NowNs += ms * Ms;

    /// <summary>Hands in the audio packet with that number, its timestamp following from the number.</summary>
    public void Audio(int index, byte[]? payload = null, bool marker = false, int? timestamp = null) =>
        Send(index, timestamp ?? index * 160, 0, payload ?? ToneFrame(index), marker);

    /// <summary>Hands in any packet.</summary>
    public void Send(int index, int timestamp, byte payloadType, ReadOnlySpan<byte> payload, bool marker = false)
    {
        var sequenceNumber = SequenceNumber.Add(FirstSequence, index);
        RtpWriter.WriteHeader(_datagram, payloadType, marker, sequenceNumber, unchecked(FirstTimestamp + (uint)timestamp), Ssrc);
        payload.CopyTo(_datagram.AsSpan(RtpPacket.FixedHeaderBytes));
        Caller.OnDatagram(_datagram.AsSpan(0, RtpPacket.FixedHeaderBytes + payload.Length), _from, Path, NowNs);
    }

    /// <summary>Audio packets in order, one each 20 ms, the first at the present moment.</summary>
    public void Stream(int first, int count)
    {
        var startMs = NowNs / (double)Ms;
        for (var i = 0; i < count; i++)
        {
            RunTo(startMs + 20 * i);
            Audio(first + i);
        }
        RunTo(startMs + 20 * count);
    }

    /// <summary>One 20 ms piece of an endless 400 Hz tone.</summary>
    public static byte[] ToneFrame(int index, double amplitude = 10_000, AudioCodec? codec = null)
    {
        var pcm = new short[160];
        for (var i = 0; i < 160; i++)
            pcm[i] = (short)(amplitude * Math.Sin(2 * Math.PI * 400 * (index * 160 + i) / 8000));
        var payload = new byte[160];
        CodecCatalog.CreateEncoder(codec ?? CodecCatalog.Pcmu).Encode(pcm, payload);
        return payload;
    }
}
