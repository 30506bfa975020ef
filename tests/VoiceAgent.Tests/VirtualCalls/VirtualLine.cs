using System.Net;
using AudioMeasures.Impairments;
using Support;
using Telephony.Audio;
using Telephony.Calls;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;
using VoiceAgent.Tests.TurnTaking;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>A caller without SIP and RTP: answers are acknowledged at once, audio goes both ways in frames of 20 ms, and what is heard is measured.</summary>
internal sealed class VirtualLine : ICallLeg
{
    public const int FrameMs = 20;

    /// <summary>Level below which a frame counts as silent.</summary>
    public const double AudibleDbov = -55;
    private const int SamplesPerFrame = 16_000 * FrameMs / 1_000;

    private readonly Queue<short[]> _toSay = [];
    private readonly short[][] _room = MakeRoom();
    private readonly List<short> _heard = [];
    private IPcmSink? _callerAudio;
    private ImpairedUplink? _network;
    private IPcmSource? _agentAudio;
    private short[] _frame = [];
    private int _digitsFinished;

    public VirtualLine(CallIdentity? identity = null) => Call = new Call(identity ?? Somebody, new SipHeaders(), this);

    /// <summary>A caller of whom nothing more is known.</summary>
    public static CallIdentity Somebody { get; } =
        new("virtual1", "sip-call-id", "sip:caller@example.com", "caller", null, "sip:agent@example.com", "agent", new IPEndPoint(IPAddress.Loopback, 5060));

    /// <summary>Somebody whom we call.</summary>
    public static CallIdentity Person { get; } =
        new("virtual2", "sip-call-id-2", "sip:agent@example.com", "agent", null, "sip:+49301234567@example.com", "+49301234567", new IPEndPoint(IPAddress.Loopback, 5060)) { IsOutbound = true };

    public Call Call { get; }

    /// <summary>Whether we have put the other side on hold.</summary>
    public bool IsHeldByUs { get; private set; }

    /// <summary>Everything that was heard, at 24 kHz, from the answer on.</summary>
    public IReadOnlyList<short> Heard => _heard;

    /// <summary>Whether a frame could be heard, frame by frame from the answer on.</summary>
    public List<bool> Audible { get; } = [];

    /// <summary>Whether <see cref="Heard"/> is kept; a thousand calls would not fit.</summary>
    public bool KeepsHeard { get; init; } = true;

    /// <summary>What happens to the caller's packets, of G.711 then; null for a perfect network and no codec.</summary>
    public Impairment? Network { get; set; }

    /// <summary>Decides what exactly.</summary>
    public int NetworkSeed { get; set; }

    /// <summary>True while the caller has put us on hold.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>True while the caller has more to say.</summary>
    public bool IsSaying => _toSay.Count > 0;

    public CallEndReason? End { get; private set; }

    public string? TransferredTo { get; private set; }

    /// <summary>Digits that were to be sent.</summary>
    public List<DigitSequence> SentDigits { get; } = [];

    public bool IsAnswered { get; private set; }

    /// <summary>Whether we have given the call up before it was answered, or hung up after that.</summary>
    public bool WasLeftByUs => End is CallEndReason.GivenUp or CallEndReason.AgentHungUp;

    public MediaStatistics Statistics { get; } = new();

    /// <summary>How a transfer ends; null leaves it open.</summary>
    public TransferOutcome? TransferOutcome { get; set; }

    private ICallListener Listener => Call.Listener!;

    /// <summary>Whether whoever we call answers as soon as our side is ready.</summary>
    public bool AnswersAtOnce { get; init; }

    public void Say(int ms) => Say(Tone.Sine(16_000, 300, 16 * ms, 6_000));

    /// <summary>The caller says or plays something: mono at 16 kHz, whole frames.</summary>
    public void Say(short[] pcm)
    {
        for (var at = 0; at + SamplesPerFrame <= pcm.Length; at += SamplesPerFrame)
            _toSay.Enqueue(pcm[at..(at + SamplesPerFrame)]);
    }

    /// <summary>One frame each way.</summary>
    public void Tick()
    {
        if (End is not null || !IsAnswered)
            return;
        if (!IsHeld)
            Hear();
        var said = _toSay.TryDequeue(out var speech) ? speech : _room[Audible.Count % _room.Length];
        if (Network is null)
            _callerAudio!.Write(said);
        else
            (_network ??= new ImpairedUplink(_callerAudio!, Network, NetworkSeed)).Write(said);
    }

    /// <summary>The caller puts us on hold, or takes us back.</summary>
    public void Hold(bool held)
    {
        if (End is not null)
            return;
        IsHeld = held;
        Listener.OnHold(held);
    }

    /// <summary>The caller hands the call to somebody else.</summary>
    public void HandOver(CallIdentity other)
    {
        Call.HandOver(other, new SipHeaders());
        Listener.OnHandedOver();
    }

    /// <summary>The caller presses a key.</summary>
    public void Press(char digit, DigitSource source = DigitSource.Rtp)
    {
        if (End is null)
            Listener.OnDigit(digit, 100, source);
    }

    /// <summary>Everything that <see cref="SentDigits"/> asked for so far has gone out.</summary>
    public void FinishDigits()
    {
        foreach (var digits in SentDigits.Skip(_digitsFinished))
            Listener.OnDigitsSent(digits.Text, "");
        _digitsFinished = SentDigits.Count;
    }

    /// <summary>Whom we call lifts the receiver.</summary>
    public void PickUp()
    {
        IsAnswered = true;
        Listener.OnAnswered();
        Listener.OnAcknowledged();
        Listener.OnMediaStarted();
    }

    /// <summary>Whom we call refuses.</summary>
    public void Refuse(CallEndReason reason, int statusCode)
    {
        Call.Refusal = new DialOutcome(statusCode, "", null);
        Finish(reason);
    }

    public void HangUp()
    {
        if (End is null)
            Finish(CallEndReason.CallerHungUp);
    }

    void ICallLeg.Hold(bool isHolding) => IsHeldByUs = isHolding;

    void ICallLeg.Ring(IPcmSource? earlyAudio)
    {
    }

    void ICallLeg.Answer(IPcmSink callerAudio, IPcmSource agentAudio)
    {
        (_callerAudio, _agentAudio, _network) = (callerAudio, agentAudio, null);
        _frame = new short[agentAudio.SampleRateHz * FrameMs / 1_000];
        if (!Call.IsOutbound || AnswersAtOnce)
            PickUp();
    }

    void ICallLeg.Connect(IPcmSink callerAudio, IPcmSource agentAudio)
    {
        (_callerAudio, _agentAudio, _network) = (callerAudio, agentAudio, null);
        _frame = new short[agentAudio.SampleRateHz * FrameMs / 1_000];
    }

    void ICallLeg.Reject(int statusCode, string? reason, string? retryAfter) => Finish(CallEndReason.Rejected);

    void ICallLeg.HangUp(string? reason) => Finish(Call.IsOutbound && !IsAnswered ? CallEndReason.GivenUp : CallEndReason.AgentHungUp);

    void ICallLeg.Transfer(TransferTarget target)
    {
        TransferredTo = target.ToString();
        if (TransferOutcome is { } outcome)
            EndTransfer(outcome);
    }

    /// <summary>The caller's device tells how the transfer went.</summary>
    public void EndTransfer(TransferOutcome outcome)
    {
        Listener.OnTransferEnded(outcome);
        if (outcome.End == TransferEnd.Accepted)
            Finish(CallEndReason.Transferred);
    }

    void ICallLeg.AudioReady()
    {
    }

    bool ICallLeg.CanSendDigits => true;

    bool ICallLeg.TrySendDigits(DigitSequence digits)
    {
        SentDigits.Add(digits);
        return true;
    }

    private void Finish(CallEndReason reason)
    {
        if (End is not null)
            return;
        End = reason;
        Listener.OnEnded(reason);
    }

    private void Hear()
    {
        _agentAudio!.Read(_frame);
        if (KeepsHeard)
            _heard.AddRange(_frame);
        Audible.Add(PcmLevel.RmsDbov(_frame) > AudibleDbov);
    }

    private static short[][] MakeRoom()
    {
        var noise = new Random(1);
        var frames = new short[50][];
        foreach (ref var frame in frames.AsSpan())
        {
            frame = new short[SamplesPerFrame];
            foreach (ref var sample in frame.AsSpan())
                sample = (short)noise.Next(-30, 31);
        }
        return frames;
    }
}
