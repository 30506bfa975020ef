using System.Net;
using Support;
using Telephony.Audio;
using Telephony.Calls;
using Telephony.Media;
using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>A caller without SIP and RTP: answers are acknowledged at once, audio goes both ways in frames of 20 ms, and what is heard is measured.</summary>
internal sealed class VirtualLine : ICallLeg
{
    public const int FrameMs = 20;

    private const double AudibleDbov = -55;

    private readonly Queue<short[]> _toSay = [];
    private readonly Random _noise = new(1);
    private readonly short[] _room = new short[16_000 * FrameMs / 1_000];
    private readonly List<short> _heard = [];
    private IPcmSink? _callerAudio;
    private IPcmSource? _agentAudio;
    private short[] _frame = [];

    public VirtualLine() => Call = new Call(
        new CallIdentity("virtual1", "sip-call-id", "sip:caller@example.com", "caller", null, "sip:agent@example.com", "agent", new IPEndPoint(IPAddress.Loopback, 5060)),
        new SipHeaders(), this);

    public Call Call { get; }

    /// <summary>Everything that was heard, at 24 kHz, from the answer on.</summary>
    public IReadOnlyList<short> Heard => _heard;

    /// <summary>Whether a frame could be heard, frame by frame from the answer on.</summary>
    public List<bool> Audible { get; } = [];

    public CallEndReason? End { get; private set; }

    public string? TransferredTo { get; private set; }

    public bool IsAnswered => _agentAudio is not null;

    public MediaStatistics Statistics { get; } = new();

    /// <summary>How a transfer ends; null leaves it open.</summary>
    public TransferOutcome? TransferOutcome { get; set; }

    private ICallListener Listener => Call.Listener!;

    public void Say(int ms)
    {
        var speech = Tone.Sine(16_000, 300, 16 * ms, 6_000);
        for (var i = 0; i < ms / FrameMs; i++)
            _toSay.Enqueue(speech[(i * _room.Length)..((i + 1) * _room.Length)]);
    }

    /// <summary>One frame each way.</summary>
    public void Tick()
    {
        if (End is not null || _agentAudio is null)
            return;
        _agentAudio.Read(_frame);
        _heard.AddRange(_frame);
        Audible.Add(PcmLevel.RmsDbov(_frame) > AudibleDbov);
        _callerAudio!.Write(_toSay.TryDequeue(out var speech) ? speech : Room());
    }

    public void HangUp()
    {
        if (End is null)
            Finish(CallEndReason.CallerHungUp);
    }

    void ICallLeg.Ring()
    {
    }

    void ICallLeg.Answer(IPcmSink callerAudio, IPcmSource agentAudio)
    {
        (_callerAudio, _agentAudio) = (callerAudio, agentAudio);
        _frame = new short[agentAudio.SampleRateHz * FrameMs / 1_000];
        Listener.OnAnswered();
        Listener.OnAcknowledged();
        Listener.OnMediaStarted();
    }

    void ICallLeg.Reject(int statusCode, string? reason, string? retryAfter) => Finish(CallEndReason.Rejected);

    void ICallLeg.HangUp(string? reason) => Finish(CallEndReason.AgentHungUp);

    void ICallLeg.Transfer(TransferTarget target)
    {
        TransferredTo = target.ToString();
        if (TransferOutcome is not { } outcome)
            return;
        Listener.OnTransferEnded(outcome);
        if (outcome.End == TransferEnd.Accepted)
            Finish(CallEndReason.Transferred);
    }

    void ICallLeg.AudioReady()
    {
    }

    private void Finish(CallEndReason reason)
    {
        if (End is not null)
            return;
        End = reason;
        Listener.OnEnded(reason);
    }

    private short[] Room()
    {
        foreach (ref var sample in _room.AsSpan())
            sample = (short)_noise.Next(-30, 31);
        return _room;
    }
}
