using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Simulation.Phone;

/// <summary>Where and how the caller's audio is sent; replaced whole when the dialog agrees on something new.</summary>
/// <param name="Remote">The agent's RTP address.</param>
/// <param name="Codec">Codec and payload type of the agent's SDP.</param>
/// <param name="EventPayloadType">Payload type of digits, or null.</param>
/// <param name="Sending">False on hold.</param>
internal sealed record MediaTarget(IPEndPoint Remote, SdpCodec Codec, byte? EventPayloadType, bool Sending);

/// <summary>The RTP of one simulated caller: speech and digits out on an absolute schedule, the agent's audio in.</summary>
/// <remarks>After <see cref="PhoneClock.Add"/> owned by the phone clock's thread; the dialog replaces the target, scripts queue speech and digits.</remarks>
internal sealed class PhoneMedia
{
    private readonly PhoneSockets _sockets;
    private readonly PhoneSender _sender;
    private readonly PhoneReceiver _receiver;
    private readonly CallTimeline _timeline;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _period;
    private MediaTarget? _target;
    private volatile bool _closing;

    public PhoneMedia(IPAddress address, CallerOptions options, CallTimeline timeline)
    {
        _sockets = PhoneSockets.Open(address);
        _timeline = timeline;
        Heard = new HeardAudio(options.MaxRecording);
        Said = new SaidAudio(options.MaxRecording);
        Digits = new DigitQueue(options.PtimeMs * HeardAudio.SampleRateHz / 1000);
        Gate = new SpeechGate(options, timeline);
        _sender = new PhoneSender(_sockets.Rtp, Said, Digits, timeline, options.PtimeMs);
        _receiver = new PhoneReceiver(_sockets, Heard, Gate, timeline);
        _period = Stopwatch.Frequency * options.PtimeMs / 1000;
        NextDue = Stopwatch.GetTimestamp();
    }

    public HeardAudio Heard { get; }

    public SaidAudio Said { get; }

    public DigitQueue Digits { get; }

    public SpeechGate Gate { get; }

    public TickWaiters Waiters { get; } = new();

    public Socket RtpSocket => _sockets.Rtp;

    public IPEndPoint LocalRtp => _sockets.LocalRtp;

    /// <summary>Where the agent's first RTP packet came from; null before it.</summary>
    public IPEndPoint? Source => _receiver.Source;

    /// <summary>Stopwatch timestamp of the next tick.</summary>
    public long NextDue { get; private set; }

    public bool IsClosing => _closing;

    public CallerStatistics Statistics => _receiver.Snapshot(_sender.Packets);

    /// <summary>Starts sending, or changes where and how; any thread.</summary>
    public void SetTarget(MediaTarget target) => Volatile.Write(ref _target, target);

    /// <summary>Stops or goes on sending; any thread but only the dialog's.</summary>
    public void SetSending(bool sending)
    {
        if (_target is { } target)
            SetTarget(target with { Sending = sending });
    }

    /// <summary>Asks the clock to close the phone; completes when its sockets are gone.</summary>
    public Task CloseAsync()
    {
        _closing = true;
        return _closed.Task;
    }

    public void Receive() => _receiver.ReceiveAll();

    /// <summary>One packet time: a frame goes out, silence and waiting scripts are looked at.</summary>
    public void Tick(long now)
    {
        SkipWhatIsLongLate(now);
        NextDue += _period;
        if (Volatile.Read(ref _target) is { } target)
        {
            _receiver.Begin(now);
            _sender.Send(target, Heard.StartTimestamp, now);
        }
        _receiver.CountReports();
        Gate.Tick(now);
        Waiters.Tick(now);
    }

    public void Fail(Exception e)
    {
        _timeline.Add(CallEventKind.Trouble, $"media failed: {e.Message}");
        _closing = true;
    }

    public void Close()
    {
        Waiters.Close();
        _sockets.Dispose();
        _closed.SetResult();
    }

    // After a stop of the whole process a phone does not send the past in a burst; its timestamps jump over it.
    private void SkipWhatIsLongLate(long now)
    {
        var late = (now - NextDue) / _period;
        if (late < 10)
            return;
        NextDue += late * _period;
        _sender.Skip((int)late);
    }
}
