using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Tests.Media;

/// <summary>One call's media over real sockets: a session on a media clock of its own, and the phone at the other end.</summary>
internal sealed class TestCall : IDisposable
{
    private static readonly RtpPortRange Ports = ParseRange("30000-39998");

    public TestCall(
        RtpOptions? options = null, IMediaWaiter? waiter = null, IPAddress? phoneAddress = null, MediaClock? clock = null,
        IPAddress? signalingHost = null, IPcmSink? sink = null, IPcmSource? source = null, bool isEarly = false)
    {
        Options = options ?? new RtpOptions();
        Phone = new TestPhone(phoneAddress);
        OwnsClock = clock is null;
        Clock = clock ?? new MediaClock(Options, TimeProvider.System, NullLoggerFactory.Instance, meterFactory: null, waiter);
        Assert.True(Ports.TryLease(Phone.RtpEndPoint.Address, out var pair));
        RtpPort = pair.RtpPort;
        Session = new MediaSession(
            Clock, pair, sink ?? Sink, source ?? Source, Listener, Options, TimeProvider.System, NullLogger.Instance, "test") { SignalingHost = signalingHost, IsEarly = isEarly };
    }

    public RtpOptions Options { get; }

    public MediaClock Clock { get; }

    public MediaSession Session { get; }

    public TestPhone Phone { get; }

    public RecordingSink Sink { get; } = new();

    public QueueSource Source { get; } = new();

    public RecordingListener Listener { get; } = new();

    public int RtpPort { get; }

    public IPEndPoint Agent => new(Phone.RtpEndPoint.Address, RtpPort);

    public IPEndPoint AgentRtcp => new(Phone.RtpEndPoint.Address, RtpPort + 1);

    private bool OwnsClock { get; }

    public NegotiatedMedia Media => new()
    {
        RemoteRtp = Phone.RtpEndPoint,
        RemoteRtcp = Phone.RtcpEndPoint,
        Codec = CodecCatalog.Pcmu,
        SendPayloadType = 0,
        ReceivePayloadType = 0,
        TelephoneEventPayloadType = 101,
        SendTelephoneEventPayloadType = 101,
        PtimeMs = 20,
        Direction = MediaDirection.SendRecv,
    };

    /// <summary>Applies the answer and waits until the media thread works by it: what comes before is not the call's, and is dropped.</summary>
    public async Task StartAsync(NegotiatedMedia? media = null)
    {
        Session.Apply(media ?? Media);
        await Until(() => Session.Statistics.PacketsSent > 0);
    }

    /// <summary>Waits for something that the media thread does.</summary>
    public static async Task Until(Func<bool> condition, int timeoutMs = 3000)
    {
        for (var waited = 0; !condition(); waited += 5)
        {
            Assert.True(waited < timeoutMs, "did not happen in time");
            await Task.Delay(5);
        }
    }

    public void Dispose()
    {
        Session.Dispose();
        if (OwnsClock)
            Clock.Dispose();
        Phone.Dispose();
    }

    private static RtpPortRange ParseRange(string text) => RtpPortRange.TryParse(text, out var range) ? range : throw new ArgumentException(text);
}
