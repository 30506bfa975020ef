using Telephony.Calls;
using Telephony.Sip.UserAgents;
using VoiceAgent.Agents;
using VoiceAgent.Audio;

namespace VoiceAgent.Calls;

/// <summary>What others than the call's loop see of it: its line, which tells it what happens, and operators.</summary>
internal sealed partial class CallSession : ICallListener
{
    /// <summary>How the line is at this moment; any thread.</summary>
    public LineMeters Meters => LineMeters.Of(_call, _bridge);

    /// <summary>Where others listen to the call; any thread.</summary>
    public SoundTap Sound => _bridge.Sound;

    /// <summary>Why the caller cannot be handed to somebody in this way; null where it can be tried. Any thread.</summary>
    public string? WhyNoTransfer(TransferMode mode) =>
        mode == TransferMode.Attended ? null
        : !_call.HasDevice ? "This caller talks from a browser: there is no phone that could be sent on. Only a transfer with Mode = Attended takes it along."
        : !_call.CanTransfer ? "The caller's phone takes no transfers (its Allow header does not name REFER). Only a transfer with Mode = Attended takes it along."
        : null;

    void ICallListener.OnRinging() => Post(new CallSignal(null, LineEvent.Ringing));

    void ICallListener.OnAnswered() => Post(new CallSignal(null, LineEvent.Answered));

    void ICallListener.OnAcknowledged() => Post(new CallSignal(CallTrigger.CallerConnected));

    void ICallListener.OnMediaStarted() => Post(new CallSignal(CallTrigger.CallerConnected, LineEvent.FirstAudio));

    void ICallListener.OnHold(bool held) => Post(new CallSignal(held ? CallTrigger.Held : CallTrigger.Unheld));

    void ICallListener.OnDigit(char digit, int durationMs, DigitSource source) => Post(new CallSignal(null, new DigitPressed(digit, source)));

    void ICallListener.OnDigitsSent(string sent, string unsent) => Post(new CallSignal(null, new DigitsSent(sent, unsent)));

    // An accepted transfer ends the call, which is told next.
    void ICallListener.OnTransferEnded(TransferOutcome outcome) =>
        Post(new CallSignal(outcome.End == TransferEnd.Accepted ? null : CallTrigger.TransferFailed, outcome));

    void ICallListener.OnHandedOver() => Post(new CallSignal(null, LineEvent.HandedOver));

    void ICallListener.OnEnded(CallEndReason reason) => Post(new CallSignal(CallTrigger.CallEnded, EndReasons.Of(reason)));

    /// <summary>An operator has done something with the call, or tells the agent something.</summary>
    private void Take(OperatorAct act)
    {
        if (act.Note is { } note)
            _journal.Line(note);
        if (act.Words is { } words)
            _bridge.Live.SendText(words, expectsAnswer: CallerIsWithAgent && (act.IsUrgent || !(_bridge.IsAgentHeard || _bridge.Speech.IsSpeaking)));
    }
}

/// <summary>Somebody at the console does something with a call.</summary>
/// <param name="Note">For the record; null for nothing.</param>
/// <param name="Words">What the agent is told; null for nothing.</param>
internal sealed record OperatorAct(string? Note, string? Words = null)
{
    /// <summary>Whether the agent shall answer at once, also where that cuts somebody short; else it heeds the words at its next turn.</summary>
    public bool IsUrgent { get; init; }
}
