using AudioMeasures;
using AudioMeasures.Impairments;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Codecs.Opus;

namespace Telephony.Tests.Media;

/// <summary>A caller's audio through codec, bad network and receive path to the model's rate, on virtual time; beside it what a plain receiver makes of the same packets.</summary>
internal sealed class ImpairedCall
{
    public const int HeardRateHz = 16_000;
    public const int HeardFrame = HeardRateHz / 50;

    private const double FrameMs = 20;

    // How a peer codes Opus that does what our answer asks of it: with redundancy, among others.
    private static readonly OpusEncoding WhatWeAskFor = OpusEncoding.For(new OpusOptions(), OpusFormat.Parse(OpusFormat.OfOurs(new OpusOptions())));

    // Room for the packets that come last.
    private const double TailMs = 400;

    /// <summary>What the model hears.</summary>
    public required short[] Heard { get; init; }

    /// <summary>The same where nothing is lost and all comes in time.</summary>
    public required short[] Clean { get; init; }

    /// <summary>Silence in place of what was lost, nothing else done.</summary>
    public required short[] Silenced { get; init; }

    /// <summary>Which packets were lost.</summary>
    public required bool[] Lost { get; init; }

    /// <summary>How long each packet that came in time waited here, in ms.</summary>
    public required IReadOnlyList<double> DelaysMs { get; init; }

    /// <summary>Packets that came when their place had been heard without them.</summary>
    public required int Late { get; init; }

    /// <summary>What was counted.</summary>
    public required TestReceiver Receiver { get; init; }

    /// <summary>Samples in which a gap begins or ends, from the second tenth of the call on.</summary>
    public IEnumerable<int> Edges => Enumerable.Range(11, Lost.Length - 11).Where(i => Lost[i] != Lost[i - 1]).Select(i => i * HeardFrame);

    /// <summary>The worst edge of a gap; what the voice did until 20 ms behind a burst of three belongs there.</summary>
    public double WorstClickDb() => Edges.Max(at => ClickIndex.Db(Clean, Heard, HeardRateHz, at, afterMs: 80));

    /// <summary>Sends a voice.</summary>
    /// <param name="codec">What it is coded with.</param>
    /// <param name="voice">At the encoder's rate, whole frames.</param>
    /// <param name="impairment">What the network does.</param>
    /// <param name="seed">Decides what exactly.</param>
    public static ImpairedCall Run(AudioCodec codec, short[] voice, Impairment impairment, int seed)
    {
        var packets = Encode(codec, voice);
        var line = new ImpairedLine(impairment, seed);
        var arrivals = packets.Select((_, i) => line.Arrivals(FrameMs * i)).ToList();
        arrivals[0] = [0];      // the call begins with its first packet
        var receiver = NewReceiver(codec);
        var (delays, late) = Play(receiver, packets, arrivals);
        var undisturbed = NewReceiver(codec);
        Play(undisturbed, packets, [.. packets.Select((_, i) => new[] { FrameMs * i })]);
        bool[] lost = [.. arrivals.Select(times => times.Length == 0)];
        var samples = packets.Count * HeardFrame;
        return new ImpairedCall
        {
            Heard = receiver.Sink.Samples[..samples],
            Clean = undisturbed.Sink.Samples[..samples],
            Silenced = PlayPlainly(codec, packets, lost),
            Lost = lost,
            DelaysMs = delays,
            Late = late,
            Receiver = receiver,
        };
    }

    /// <summary>Codes a voice, 20 ms a packet.</summary>
    public static List<byte[]> Encode(AudioCodec codec, short[] voice)
    {
        var encoder = CodecCatalog.CreateEncoder(codec, WhatWeAskFor);
        var frame = encoder.SampleRateHz / 50;
        var payload = new byte[encoder.MaxPayloadBytes(frame)];
        encoder.ExpectLoss(0.1);
        return [.. Enumerable.Range(0, voice.Length / frame).Select(i => payload[..encoder.Encode(voice.AsSpan(i * frame, frame), payload)])];
    }

    private static TestReceiver NewReceiver(AudioCodec codec) =>
        new(change: media => media with { Codec = codec, ReceivePayloadType = 96, SendPayloadType = 96 });

    private static (List<double> DelaysMs, int Late) Play(TestReceiver receiver, List<byte[]> packets, List<double[]> arrivals)
    {
        var (delays, late) = (new List<double>(), 0);
        var arrived = new HashSet<int>();
        var waiting = new List<(int Index, double AtMs)>();
        var unitsPerFrame = receiver.Path.ClockRateHz / 50;
        foreach (var (index, atMs) in arrivals.SelectMany((times, i) => times.Select(ms => (Index: i, AtMs: ms))).OrderBy(arrival => arrival.AtMs))
        {
            RunTo(receiver, atMs, waiting, delays);
            var isLate = index < receiver.Sink.Count / HeardFrame;
            receiver.Send(index, index * unitsPerFrame, 96, packets[index]);
            if (!arrived.Add(index))
                continue;   // a copy
            if (isLate)
                late++;
            else
                waiting.Add((index, atMs));
            TakeHeard(receiver, waiting, delays);
        }
        RunTo(receiver, packets.Count * FrameMs + TailMs, waiting, delays);
        return (delays, late);
    }

    // By the millisecond, so that the end of a wait is seen when it comes.
    private static void RunTo(TestReceiver receiver, double ms, List<(int Index, double AtMs)> waiting, List<double> delays)
    {
        for (var next = Math.Floor(receiver.NowNs / 1e6) + 1; next < ms && waiting.Count > 0; next++)
        {
            receiver.RunTo(next);
            TakeHeard(receiver, waiting, delays);
        }
        receiver.RunTo(ms);
        TakeHeard(receiver, waiting, delays);
    }

    private static void TakeHeard(TestReceiver receiver, List<(int Index, double AtMs)> waiting, List<double> delays)
    {
        var heardFrames = receiver.Sink.Count / HeardFrame;
        foreach (var packet in waiting.Where(packet => packet.Index < heardFrames))
            delays.Add(Math.Max(0, receiver.NowNs / 1e6 - packet.AtMs));      // whole nanoseconds
        waiting.RemoveAll(packet => packet.Index < heardFrames);
    }

    private static short[] PlayPlainly(AudioCodec codec, List<byte[]> packets, bool[] lost)
    {
        var decoder = CodecCatalog.CreateDecoder(codec);
        var resampler = new Resampler(decoder.SampleRateHz, HeardRateHz);
        var (pcm, heard) = (new short[decoder.SampleRateHz / 50], new short[packets.Count * HeardFrame]);
        for (var i = 0; i < packets.Count; i++)
        {
            if (lost[i])
                pcm.AsSpan().Clear();
            else
                decoder.Decode(packets[i], pcm);
            resampler.Process(pcm, heard.AsSpan(i * HeardFrame, HeardFrame));
        }
        return heard;
    }
}
