using AudioMeasures.Impairments;
using Telephony.Audio;

namespace Telephony.Tests.Media;

/// <summary>Goals B17 and B18: callers who pause, and callers whose clock is off, on virtual time.</summary>
public sealed class CallerClockTests
{
    private const int SpurtPackets = 50;
    private const int PauseMs = 2_000;
    private const int SpurtMs = 20 * SpurtPackets;

    private readonly byte[] _frame = TestReceiver.ToneFrame(0);

    /// <summary>Goal B17: samples equal to RTP time within 20 ms over ten minutes, the noise within 2 dB; the network jitters by 30 ms.</summary>
    [Fact]
    public void B17_ten_minutes_of_talk_and_comfort_noise_stay_on_the_callers_time_line()
    {
        var receiver = new TestReceiver(sink: new RecordingSink(8_000));
        var line = new ImpairedLine(new Impairment { JitterMs = 30 }, seed: 5);
        var index = 0;
        double worst = 0;
        for (var spurt = 0; spurt < 200; spurt++)
        {
            for (var i = 0; i < SpurtPackets; i++)
            {
                var atMs = spurt * (SpurtMs + PauseMs) + 20 * i;
                receiver.RunTo(line.Arrivals(atMs)[0]);
                receiver.Audio(index++, _frame, marker: i == 0, timestamp: atMs * 8);
                worst = Math.Max(worst, Math.Abs(receiver.Sink.Ms - atMs - 20));
            }
            var noiseAtMs = spurt * (SpurtMs + PauseMs) + SpurtMs;
            receiver.RunTo(line.Arrivals(noiseAtMs)[0]);
            receiver.Send(index++, noiseAtMs * 8, 13, [50]);
        }
        Assert.InRange(worst, 0, 20);
        var samples = receiver.Sink.Samples;
        for (var spurt = 0; spurt < 199; spurt++)
            Assert.InRange(PcmLevel.RmsDbov(samples.AsSpan((spurt * (SpurtMs + PauseMs) + SpurtMs + 100) * 8, (PauseMs - 200) * 8)), -52, -48);
    }

    /// <summary>Goal B18: an hour of talk and pauses by a clock that is off. Nothing is cut or put in while the caller speaks, so no correction can be heard.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void B18_an_hour_by_a_clock_that_is_off_costs_no_delay_and_no_sample(int ppm)
    {
        var receiver = new TestReceiver(sink: new RecordingSink(8_000));
        var index = 0;
        for (var spurt = 0; spurt < 1_200; spurt++)
        {
            for (var i = 0; i < SpurtPackets; i++)
            {
                var atMs = spurt * (SpurtMs + PauseMs) + 20 * i;
                receiver.RunTo(atMs * (1 - ppm / 1e6));
                receiver.Audio(index++, _frame, marker: i == 0, timestamp: atMs * 8);
                Assert.Equal(atMs + 20, receiver.Sink.Ms);
            }
            var noiseAtMs = spurt * (SpurtMs + PauseMs) + SpurtMs;
            receiver.RunTo(noiseAtMs * (1 - ppm / 1e6));
            receiver.Send(index++, noiseAtMs * 8, 13, [60]);
        }
        Assert.Equal((0, 0), (receiver.Counters.PacketsLate, receiver.Counters.PacketsAheadOfTime));
    }

    /// <summary>Goal B18: an hour of speech without a pause in which anything could be made up for.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void B18_an_hour_of_speech_without_a_pause_by_a_clock_that_is_off_costs_no_delay_and_no_sample(int ppm)
    {
        var receiver = new TestReceiver(sink: new RecordingSink(8_000));
        for (var index = 0; index < 3_600 * 50; index++)
        {
            receiver.RunTo(20 * index * (1 - ppm / 1e6));
            receiver.Audio(index, _frame, marker: index == 0, timestamp: index * 160);
            Assert.Equal(20 * index + 20, receiver.Sink.Ms);
        }
        Assert.Equal((0, 0, 0), (receiver.Counters.PacketsLate, receiver.Counters.PacketsAheadOfTime, receiver.Counters.SilenceUs));
    }
}
