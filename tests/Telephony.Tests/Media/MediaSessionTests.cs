using System.Diagnostics;
using Support;
using Telephony.Codecs;
using Telephony.Rtp;

namespace Telephony.Tests.Media;

/// <summary>Whole media sessions over loopback, in real time.</summary>
public sealed class MediaSessionTests
{
    private static readonly byte[] ToneFrames = Encode(Tone.Sine(8000, 1000, 8000));

    [Fact]
    public async Task The_callers_tone_reaches_the_sink_at_its_level()
    {
        using var call = new TestCall();
        call.Session.Apply(call.Media);
        await SendPaced(call, packets: 30);
        await TestCall.Until(() => call.Session.Statistics.PacketsReceived == 30);

        var heard = call.Sink.Samples.AsSpan(4800, 3200);
        Assert.InRange(Tone.Amplitude(heard, 16_000, 1000), 9_770, 10_235);   // 0.2 dB
        Assert.Equal(1, call.Listener.FirstPackets);
    }

    [Fact]
    public async Task The_agents_tone_leaves_in_packets_of_continuous_timestamps()
    {
        using var call = new TestCall();
        call.Source.Add(Tone.Sine(24_000, 1000, 24_000 / 2));
        call.Session.Apply(call.Media);
        await Task.Delay(600);
        call.Session.Dispose();

        var packets = call.Phone.ReceiveAll();
        Assert.InRange(packets.Count, 26, 31);
        var heard = new List<short>();
        for (var i = 0; i < packets.Count; i++)
        {
            Assert.True(RtpPacket.TryParse(packets[i], out var packet));
            Assert.Equal(160, packet.Payload.Length);
            Assert.Equal(i == 0, packet.Marker);
            if (i > 0 && RtpPacket.TryParse(packets[i - 1], out var previous))
            {
                Assert.Equal(160, SequenceNumber.TimestampDistance(previous.Timestamp, packet.Timestamp));
                Assert.Equal(1, SequenceNumber.Distance(previous.SequenceNumber, packet.SequenceNumber));
            }
            heard.AddRange(Decode(packet.Payload));
        }
        Assert.InRange(Tone.Amplitude(heard.ToArray().AsSpan(800, 1600), 8000, 1000), 9_770, 10_235);
    }

    private static async Task SendPaced(TestCall call, int packets)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < packets; i++)
        {
            call.Phone.Send(call.Agent, ToneFrames.AsSpan(i * 160 % 8000, 160));
            var due = (i + 1) * 20 - (int)clock.ElapsedMilliseconds;
            if (due > 0)
                await Task.Delay(due);
        }
    }

    private static byte[] Encode(short[] pcm)
    {
        var payload = new byte[pcm.Length];
        CodecCatalog.CreateEncoder(CodecCatalog.Pcmu).Encode(pcm, payload);
        return payload;
    }

    private static short[] Decode(ReadOnlySpan<byte> payload)
    {
        var pcm = new short[payload.Length];
        CodecCatalog.CreateDecoder(CodecCatalog.Pcmu).Decode(payload, pcm);
        return pcm;
    }
}
