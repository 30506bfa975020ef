using System.Buffers.Binary;
using Simulation.Phone;
using Support;
using Telephony.Audio;
using Telephony.Codecs;

namespace Simulation.Tests.Phone;

public sealed class SimulatedCallerMediaTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Theory, InlineData("0 101"), InlineData("8 101")]
    public async Task Speech_goes_out_gapless_between_silence(string types)
    {
        using var answerer = new RawAnswerer();
        await using var caller = await TalkAsync(answerer, types);
        caller.Say(Tone.Sine(16_000, 440, 16_000 / 2), 16_000);   // 25 packets

        var pcm = new List<short>();
        (byte[] Bytes, RtpHeader Header) previous = default;
        while (Loud(pcm) < 25 * 160 - 100)
        {
            var (packet, _) = await answerer.ReceiveRtpAsync();
            Assert.True(RtpHeader.TryRead(packet, out var header, out var payload));
            if (previous.Bytes is not null)
                Assert.Equal((1, 160u), (header.SequenceNumber - previous.Header.SequenceNumber & 0xFFFF, header.Timestamp - previous.Header.Timestamp));
            Assert.Equal(previous.Bytes is null, header.Marker);
            previous = (packet, header);
            foreach (var code in payload)
                pcm.Add(header.PayloadType == 8 ? G711.DecodeALaw(code) : G711.DecodeMuLaw(code));
        }
        var start = pcm.FindIndex(s => Math.Abs((int)s) > 1000);
        Assert.InRange(Tone.Amplitude([.. pcm.Skip(start + 100).Take(3600)], 8000, 440), 9_500, 10_500);
        Assert.True(await caller.WaitUntilSaidAsync(Soon));
        Assert.Equal(CallEventKind.CallerSpeaking, caller.Timeline.First(CallEventKind.CallerSpeaking)!.Kind);
        caller.StopSpeaking();

        static int Loud(List<short> pcm) => pcm.FindIndex(s => Math.Abs((int)s) > 1000) is >= 0 and var at ? pcm.Count - at : 0;
    }

    [Fact]
    public async Task Heard_audio_stands_where_its_timestamps_put_it_and_the_loss_is_counted()
    {
        using var answerer = new RawAnswerer();
        await using var caller = await TalkAsync(answerer);
        var (_, from) = await answerer.ReceiveRtpAsync();
        var tone = Tone.Sine(8000, 1000, 50 * 160);
        for (var i = 0; i < 50; i++)
        {
            if (i is 10 or 11)
                continue;   // lost
            await answerer.Rtp.SendToAsync(Packet(65_520 + i, 4_000_000_000u + (uint)i * 160, tone.AsSpan(i * 160, 160)), from);
            if (i == 20)
                await answerer.Rtp.SendToAsync(Packet(65_520 + i, 4_000_000_000u + (uint)i * 160, tone.AsSpan(i * 160, 160)), from);
        }
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        await WaitForPacketsAsync(caller, 48);

        var statistics = caller.Statistics;
        Assert.Equal((48, 2, 1, 0, 0), (statistics.Packets, statistics.Lost, statistics.Duplicates, statistics.OutOfOrder, statistics.TimestampSteps));
        var first = caller.Heard.Packets[0].SampleIndex;
        var heard = caller.Heard.ToArray();
        Assert.InRange(Tone.Amplitude(heard.AsSpan(first + 12 * 160, 38 * 160), 8000, 1000), 9_500, 10_500);
        Assert.All(heard.AsSpan(first + 10 * 160, 320).ToArray(), s => Assert.Equal(0, s));
        Assert.Equal(first + 50 * 160, heard.Length);
    }

    [Fact]
    public async Task Agent_speech_and_silence_are_noticed()
    {
        using var answerer = new RawAnswerer();
        await using var caller = await TalkAsync(answerer);
        var (_, from) = await answerer.ReceiveRtpAsync();
        Assert.Null(await caller.WaitForAgentSpeechAsync(TimeSpan.FromMilliseconds(50)));

        var tone = Tone.Sine(8000, 300, 160);
        for (var i = 0; i < 10; i++)
            await answerer.Rtp.SendToAsync(Packet(i, (uint)i * 160, tone), from);
        var began = await caller.WaitForAgentSpeechAsync(Soon);
        var ended = await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(400), Soon);
        Assert.True(began <= ended);
        Assert.Equal([CallEventKind.MediaStarted, CallEventKind.AgentSpeaking, CallEventKind.AgentSilent],
            caller.Timeline.Events.Select(e => e.Kind).Where(k => k is CallEventKind.MediaStarted or CallEventKind.AgentSpeaking or CallEventKind.AgentSilent));
    }

    [Fact]
    public async Task Digits_go_out_as_events_with_one_timestamp_and_three_ends()
    {
        using var answerer = new RawAnswerer();
        await using var caller = await TalkAsync(answerer);
        Assert.False(caller.PressDigits("x"));
        Assert.True(caller.PressDigits("1#"));
        var events = new List<(RtpHeader Header, byte Event, bool End, int Duration)>();
        while (events.Count(e => e.End) < 6)
        {
            var (packet, _) = await answerer.ReceiveRtpAsync();
            Assert.True(RtpHeader.TryRead(packet, out var header, out var payload));
            if (header.PayloadType == 101)
                events.Add((header, payload[0], (payload[1] & 0x80) != 0, BinaryPrimitives.ReadUInt16BigEndian(payload[2..])));
        }
        var presses = events.GroupBy(e => e.Header.Timestamp).ToList();
        Assert.Equal([1, 11], presses.Select(p => (int)p.First().Event));
        foreach (var press in presses)
        {
            Assert.Equal([160, 320, 480, 640, 800, 960, 1120, 1280, 1280, 1280], press.Select(e => e.Duration));
            Assert.Equal([true, false, false, false, false, false, false, false, false, false], press.Select(e => e.Header.Marker));
            Assert.Equal(3, press.Count(e => e.End));
        }
        Assert.True(await caller.WaitUntilPressedAsync(Soon));
    }

    [Fact]
    public async Task Hold_stops_the_packets_and_resume_goes_on_with_the_clock()
    {
        using var answerer = new RawAnswerer();
        await using var caller = await TalkAsync(answerer);
        var holding = caller.HoldAsync();
        var hold = await answerer.ReceiveAsync("INVITE ");
        Assert.Contains("a=sendonly", hold, StringComparison.Ordinal);
        await answerer.ReplyAsync(hold, "200 OK", answerer.Media("recvonly"));
        await answerer.ReceiveAsync("ACK ");
        Assert.Equal(200, await holding);
        Assert.Equal(CallerState.Holding, caller.State);

        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(300), Soon));
        var sent = caller.Statistics.Sent;
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(600), Soon));
        Assert.Equal(sent, caller.Statistics.Sent);

        var resuming = caller.ResumeAsync();
        var resume = await answerer.ReceiveAsync("INVITE ");
        await answerer.ReplyAsync(resume, "200 OK", answerer.Sdp);
        await answerer.ReceiveAsync("ACK ");
        Assert.Equal(200, await resuming);
        while (answerer.Rtp.Available > 0)
            await answerer.ReceiveRtpAsync();
        var (packet, _) = await answerer.ReceiveRtpAsync();
        Assert.True(RtpHeader.TryRead(packet, out _, out _));
        Assert.Equal(CallerState.Talking, caller.State);
    }

    [Fact]
    public async Task Both_sides_are_recorded_on_one_time_base()
    {
        var path = Path.Combine(Path.GetTempPath(), $"both-{Guid.NewGuid():N}.wav");
        using var answerer = new RawAnswerer();
        await using var caller = await TalkAsync(answerer);
        caller.Say(Tone.Sine(8000, 400, 1600), 8000);
        var (packet, from) = await answerer.ReceiveRtpAsync();
        while (IsSilent(packet))
            (packet, from) = await answerer.ReceiveRtpAsync();
        await answerer.Rtp.SendToAsync(Packet(1, 160, Tone.Sine(8000, 1200, 160)), from);
        Assert.True(await caller.WaitUntilSaidAsync(Soon));
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        try
        {
            caller.WriteStereoWav(path);
            var wav = WavFile.Read(path);
            Assert.Equal((8000, 2), (wav.SampleRateHz, wav.Channels));
            var left = FirstLoud(wav, 0);
            var right = FirstLoud(wav, 1);
            Assert.InRange(right - left, -80, 400);   // the echo of the first packet came within 50 ms
        }
        finally
        {
            File.Delete(path);
        }

        static int FirstLoud(WavFile wav, int channel) =>
            Enumerable.Range(0, wav.Samples.Length / 2).First(i => Math.Abs((int)wav.Samples[2 * i + channel]) > 2000);

        static bool IsSilent(byte[] packet) => packet.AsSpan(12).ToArray().All(c => Math.Abs((int)G711.DecodeMuLaw(c)) < 500);
    }

    private static async Task<SimulatedCaller> TalkAsync(RawAnswerer answerer, string types = "0 101")
    {
        var calling = SimulatedCaller.CallAsync(new CallerOptions { TargetUri = answerer.Uri, T1 = TimeSpan.FromMilliseconds(50) });
        await answerer.AnswerAsync(answerer.Media(types: types));
        return await calling;
    }

    private static byte[] Packet(int sequenceNumber, uint timestamp, ReadOnlySpan<short> pcm)
    {
        var packet = new byte[12 + pcm.Length];
        new RtpHeader(0, false, (ushort)sequenceNumber, timestamp, 77).Write(packet);
        G711.EncodeMuLaw(pcm, packet.AsSpan(12));
        return packet;
    }

    private static async Task WaitForPacketsAsync(SimulatedCaller caller, int packets)
    {
        using var limit = new CancellationTokenSource(Soon);
        while (caller.Statistics.Packets < packets)
            await Task.Delay(5, limit.Token);
    }
}
