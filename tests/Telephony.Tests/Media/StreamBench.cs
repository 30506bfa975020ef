using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Telephony.Codecs;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Tests.Media;

/// <summary>One call's media on virtual time: real loopback sockets, which deliver at once, and the test in place of the media clock.</summary>
internal sealed class StreamBench : IDisposable
{
    private const int FrameMs = 20;

    private readonly int _stepMs;
    private readonly RtpOptions _options;
    private readonly MediaStream _stream;
    private MediaSetup? _setup;

    /// <param name="options">Time-outs and waits; null for the usual ones.</param>
    /// <param name="stepMs">How exactly time passes: 20 ms is a multiple of it.</param>
    public StreamBench(RtpOptions? options = null, int stepMs = 1)
    {
        _stepMs = stepMs;
        _options = options ?? new RtpOptions();
        Assert.True(RtpPortRange.TryParse("40000-49998", out var ports));
        Assert.True(ports.TryLease(IPAddress.Loopback, out var pair));
        Agent = new IPEndPoint(IPAddress.Loopback, pair.RtpPort);
        AgentRtcp = new IPEndPoint(IPAddress.Loopback, pair.RtpPort + 1);
        _stream = new MediaStream(pair, Listener, _options, Clock, NullLogger.Instance, "test");
        _stream.Start(0, 0);
    }

    public ManualTimeProvider Clock { get; } = new();

    public TestPhone Phone { get; } = new();

    public RecordingListener Listener { get; } = new();

    public RecordingSink Sink { get; } = new();

    public QueueSource Source { get; } = new();

    public IPEndPoint Agent { get; }

    public IPEndPoint AgentRtcp { get; }

    public MediaCounters Counters => _stream.Counters;

    public long NowNs => Clock.GetNs();

    public double Seconds => NowNs / 1e9;

    public NegotiatedMedia Media => new()
    {
        RemoteRtp = Phone.RtpEndPoint,
        RemoteRtcp = Phone.RtcpEndPoint,
        Codec = CodecCatalog.Pcmu,
        SendPayloadType = 0,
        ReceivePayloadType = 0,
        PtimeMs = 20,
        Direction = MediaDirection.SendRecv,
    };

    /// <summary>A new answer: the paths of before go on where the codec stays.</summary>
    public void Apply(NegotiatedMedia media, bool isEarly = false)
    {
        var keeps = _setup?.Media.Codec == media.Codec && _setup.Media.PtimeMs == media.PtimeMs;
        _setup = new MediaSetup(
            media, media.RemoteRtp.Serialize(), media.RemoteRtcp.Serialize(),
            keeps ? _setup!.Receive : _stream.BuildReceivePath(media, Sink, _options), keeps ? _setup!.Send : _stream.BuildSendPath(media, Source), isEarly, null, null);
        _stream.LeaveSetup(_setup);
        _stream.Wake(NowNs);
    }

    /// <summary>Lets time pass, step by step.</summary>
    /// <param name="seconds">How long at most.</param>
    /// <param name="everyFrame">What the phone does each 20 ms.</param>
    /// <param name="until">Ends it sooner.</param>
    /// <returns>Seconds that passed.</returns>
    public double Run(double seconds, Action? everyFrame = null, Func<bool>? until = null)
    {
        var from = NowNs;
        for (var passedMs = 0; passedMs < seconds * 1_000 && until?.Invoke() != true; passedMs += _stepMs)
        {
            if (passedMs % FrameMs == 0)
                everyFrame?.Invoke();
            _stream.ReceiveRtp(NowNs);
            _stream.ReceiveRtcp(NowNs);
            while (_stream.DueNs <= NowNs)
                _stream.Tick(NowNs);
            Clock.Advance(TimeSpan.FromMilliseconds(_stepMs));
        }
        return (NowNs - from) / 1e9;
    }

    /// <summary>The phone's next packet: 20 ms of a tone in the codec of payload type 0 or 8.</summary>
    public void Speak(byte payloadType = 0) => Phone.Send(Agent, payloadType == 0 ? MuLawTone : ALawTone, payloadType);

    /// <summary>A receiver report of the phone.</summary>
    public void Report() => Phone.Rtcp.SendTo([0x80, 201, 0, 1, 0, 0, 0x12, 0x34], AgentRtcp);

    public void Dispose()
    {
        _stream.Stop(NowNs);
        Phone.Dispose();
    }

    public static byte[] MuLawTone { get; } = Tone8k(CodecCatalog.Pcmu);

    private static byte[] ALawTone { get; } = Tone8k(CodecCatalog.Pcma);

    private static byte[] Tone8k(AudioCodec codec)
    {
        var payload = new byte[160];
        CodecCatalog.CreateEncoder(codec).Encode(Tone.Sine(8000, 1000, 160), payload);
        return payload;
    }
}
