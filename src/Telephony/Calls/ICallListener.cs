using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>What a call tells its owner: always on the signalling loop, in the order in which it happened, so nothing here may block.</summary>
public interface ICallListener
{
    /// <summary>A call of ours rings at the callee, or is heard before it is answered.</summary>
    void OnRinging()
    {
    }

    /// <summary>A call of ours was answered; or our 200 has gone out: media runs unless the offer was late, when the ACK starts it.</summary>
    void OnAnswered();

    /// <summary>The caller has acknowledged the 200: it knows that the call is answered, and both sides know where to send audio.</summary>
    void OnAcknowledged();

    /// <summary>First RTP packet from the caller.</summary>
    void OnMediaStarted();

    /// <summary>The caller put the call on hold, or took it back. Only changes are told.</summary>
    void OnHold(bool held);

    /// <summary>One digit, told once however it came: 0-9, *, #, A-D.</summary>
    /// <param name="digit">The digit.</param>
    /// <param name="durationMs">How long the key was held, in ms; 0 when the caller did not say.</param>
    /// <param name="source">How the digit came first.</param>
    void OnDigit(char digit, int durationMs, DigitSource source);

    /// <summary>Digits given to <see cref="Call.TrySendDigits"/> have gone out; told once for each time that it took them, in that order, unless the call ends first.</summary>
    /// <param name="sent">What went out.</param>
    /// <param name="unsent">What did not, because the caller's device takes no digits any more; empty as a rule.</param>
    void OnDigitsSent(string sent, string unsent);

    /// <summary>A transfer asked for by <see cref="Call.Transfer"/> is settled; told once for each, unless the call ends first. After
    /// <see cref="TransferEnd.Accepted"/> the call ends by itself; after anything else it goes on. After <see cref="TransferEnd.TimedOut"/> the device
    /// may still report that it has taken over, which is told as <see cref="TransferEnd.Accepted"/>.</summary>
    void OnTransferEnded(TransferOutcome outcome);

    /// <summary>Somebody else is at the other end from now on: who was there has handed the call on, and what <see cref="Call"/> says of the caller is theirs.
    /// Audio goes on where it was connected to; what was asked of the former device, such as digits or a transfer, is not told any more.</summary>
    void OnHandedOver()
    {
    }

    /// <summary>The call is over and its ports are given back. Told exactly once; nothing is told after it.</summary>
    void OnEnded(CallEndReason reason);
}
