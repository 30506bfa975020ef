using Support;
using Telephony.Codecs;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Tests.Media;

/// <summary>B31: whatever changes in mid-call, both sides hear each other again 60 ms after the first packet or the answer; what nobody agreed to is not heard.</summary>
public sealed class MediaChangeTests : IDisposable
{
    private const double LimitMs = 60;
    private const double Loud = 3_000;   // the tone has an amplitude of 10,000

    private readonly StreamBench _call = new();

    public MediaChangeTests()
    {
        _call.Apply(_call.Media);
        Talk(seconds: 1);
        Assert.InRange(Level(), Loud, 12_000);
        _call.Run(0.007);   // what changes, changes between two packets
    }

    public void Dispose() => _call.Dispose();

    [Fact]
    public void New_SSRC()
    {
        (_call.Phone.Ssrc, _call.Phone.SequenceNumber, _call.Phone.Timestamp) = (0x7777, 40_000, 123_456);
        AssertTwoWay("new SSRC", _call.Phone);
    }

    [Theory]
    [InlineData(true)]    // the same stream from elsewhere
    [InlineData(false)]   // another device
    public void New_port_by_an_answer(bool isSameStream)
    {
        using var moved = new TestPhone { Ssrc = 0x7777 };
        if (isSameStream)
            (moved.Ssrc, moved.SequenceNumber, moved.Timestamp) = (_call.Phone.Ssrc, _call.Phone.SequenceNumber, _call.Phone.Timestamp);
        _call.Apply(_call.Media with { RemoteRtp = moved.RtpEndPoint, RemoteRtcp = moved.RtcpEndPoint });
        AssertTwoWay("new port", moved);
    }

    [Fact]
    public void New_codec_by_an_answer()
    {
        _call.Apply(_call.Media with { Codec = CodecCatalog.Pcma, SendPayloadType = 8, ReceivePayloadType = 8 });
        AssertTwoWay("new codec", _call.Phone, payloadType: 8);
    }

    [Fact]
    public void New_packet_time_by_an_answer()
    {
        _call.Apply(_call.Media with { PtimeMs = 40 });
        AssertTwoWay("new packet time", _call.Phone);
    }

    [Theory]
    [InlineData(MediaDirection.Inactive)]
    [InlineData(MediaDirection.RecvOnly)]
    public void Hold_and_resume(MediaDirection hold)
    {
        _call.Apply(_call.Media with { Direction = hold });
        _call.Run(5);
        _call.Phone.ReceiveAll();
        _call.Source.Add(Tone.Sine(24_000, 1000, 24_000));
        _call.Run(1);
        Assert.Empty(_call.Phone.ReceiveAll());

        _call.Apply(_call.Media);
        AssertTwoWay("resume", _call.Phone);
    }

    [Fact]
    public void Foreign_payload_is_ignored()
    {
        _call.Run(0.5, () => _call.Speak(payloadType: 8));
        Assert.InRange(Level(), 0, 1_000);   // what was concealed has faded
        AssertTwoWay("after foreign payload", _call.Phone);
    }

    private void Talk(double seconds) => _call.Run(seconds, () => _call.Speak());

    private double Level() => Tone.Amplitude(_call.Sink.Samples.AsSpan(^320..), 16_000, 1000);

    /// <summary>Measures from the phone's next packet, sent now, and from now on for the other way.</summary>
    private void AssertTwoWay(string what, TestPhone phone, byte payloadType = 0)
    {
        _call.Phone.ReceiveAll();
        _call.Source.Add(Tone.Sine(24_000, 1000, 24_000));
        var from = _call.NowNs;
        double? heardMs = null, fedMs = null;
        var said = _call.Sink.Count;
        _call.Run(0.2, () => Speak(phone, payloadType), () =>
        {
            heardMs ??= _call.Sink.Count >= said + 320 && Level() >= Loud ? ElapsedMs(from) : null;
            fedMs ??= phone.ReceiveAll().Any(packet => IsAudio(packet, payloadType)) ? ElapsedMs(from) : null;
            return heardMs is not null && fedMs is not null;
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"B31 {what}: the caller is heard after {heardMs} ms, hears after {fedMs} ms");
        Assert.InRange(heardMs ?? double.NaN, 0, LimitMs);
        Assert.InRange(fedMs ?? double.NaN, 0, LimitMs);
    }

    private void Speak(TestPhone phone, byte payloadType)
    {
        if (phone == _call.Phone)
            _call.Speak(payloadType);
        else
            phone.Send(_call.Agent, StreamBench.MuLawTone, payloadType);
    }

    private double ElapsedMs(long fromNs) => (_call.NowNs - fromNs) / 1e6;

    private static bool IsAudio(byte[] datagram, byte payloadType) => RtpPacket.TryParse(datagram, out var packet) && packet.PayloadType == payloadType;
}
