using System.Net;
using System.Net.Sockets;
using AudioMeasures;
using Support;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Tests.Media;

/// <summary>What the peer gets of what the agent says, packet by packet: its level (goal B26), and how many packets with which time (B8).</summary>
public sealed class SentSoundTests : IDisposable
{
    private const long Ms = 1_000_000;
    private const int SourceRate = 24_000;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TestPhone _phone = new();
    private readonly SendSchedule _schedule = new();
    private readonly MediaCounters _counters = new();

    public SentSoundTests()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _schedule.Start(0);
    }

    public static TheoryData<string, double> CodecsAndLevels => [.. from codec in new[] { "PCMU", "PCMA", "G722" } from dbov in new[] { -30.0, -20, -10, -1 } select (codec, dbov)];

    public void Dispose()
    {
        _socket.Dispose();
        _phone.Dispose();
    }

    [Theory, MemberData(nameof(CodecsAndLevels))]
    public void Level_reaches_the_peer_within_a_fifth_of_a_decibel(string codecName, double peakDbov)
    {
        var codec = new[] { CodecCatalog.Pcmu, CodecCatalog.Pcma, CodecCatalog.G722 }.Single(codec => codec.Name == codecName);
        var peak = PcmLevel.FromDbov(peakDbov);
        foreach (var frequencyHz in new[] { 300, 1_000, 3_000 })
        {
            var heard = Send(codec, Tone.Sine(SourceRate, frequencyHz, SourceRate, peak), out var rateHz);
            var gainDb = ToneMeasures.LevelDb(heard.AsSpan(rateHz / 2, rateHz / 4), rateHz, frequencyHz, peak);
            Assert.InRange(gainDb, -0.2, 0.2);
        }
    }

    [Fact]
    public void Packets_are_counted_by_the_clock_alone_however_late_each_one_is()
    {
        // Five minutes; SendScheduleTests has the hour, the benchmark both.
        const int Packets = 15_000;
        var path = Build(TestReceiver.MediaOf(MediaDirection.SendRecv), new QueueSource());
        var (to, random) = (_phone.RtpEndPoint.Serialize(), new Random(1));
        (ushort firstNumber, uint firstTimestamp) = (0, 0);
        for (var i = 0; i < Packets; i++)
        {
            path.Tick(to, _schedule.DueNs + random.Next(0, 41) * Ms);
            Assert.True(RtpPacket.TryParse(_phone.Receive(), out var packet));
            if (i == 0)
                (firstNumber, firstTimestamp) = (packet.SequenceNumber, packet.Timestamp);
            Assert.Equal((ushort)(firstNumber + i), packet.SequenceNumber);
            Assert.Equal(firstTimestamp + 160u * (uint)i, packet.Timestamp);
        }
        Assert.Equal(Packets * 20 * Ms, _schedule.DueNs);
        Assert.Null(_phone.Receive(timeoutMs: 0));
    }

    private short[] Send(AudioCodec codec, short[] pcm, out int rateHz)
    {
        var source = new QueueSource();
        source.Add(pcm);
        var path = Build(TestReceiver.MediaOf(MediaDirection.SendRecv) with { Codec = codec }, source);
        var decoder = CodecCatalog.CreateDecoder(codec);
        rateHz = decoder.SampleRateHz;
        var (heard, frame) = (new List<short>(), new short[rateHz / 50]);
        for (var i = 0; i < pcm.Length / (SourceRate / 50); i++)
        {
            path.Tick(_phone.RtpEndPoint.Serialize(), _schedule.DueNs);
            Assert.True(RtpPacket.TryParse(_phone.Receive(), out var packet));
            decoder.Decode(packet.Payload, frame);
            heard.AddRange(frame);
        }
        return [.. heard];
    }

    private SendPath Build(NegotiatedMedia media, IPcmSource source) => new(media, source, new RtpSender(new RtpSocket(_socket)), _schedule, new DigitSender((_, _) => { }), _counters);
}
