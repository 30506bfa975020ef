using System.Globalization;
using VoiceAgent.Calls;

namespace VoiceAgent.PhoneTools;

/// <summary>Digits go out to the caller's side, once the agent has finished what it was saying.</summary>
/// <remarks>Owned by the call's loop.</remarks>
internal sealed class DigitsAct(DigitsRequest request, PhoneLine line) : PhoneAct(request)
{
    private readonly AgentWords _words = new(line.Bridge, line.Time);

    /// <summary>Digits are on their way, and their end will be told.</summary>
    public bool IsSending { get; private set; }

    /// <inheritdoc/>
    public override void Note(CallSignal signal)
    {
        if (IsSending && signal.Detail is DigitsSent digits)
            Conclude(PhoneWords.DigitsSent(digits.Sent, digits.Unsent));
    }

    /// <inheritdoc/>
    public override void Look(bool isWithAgent)
    {
        if (IsSending || IsDone || !AreHeard(_words))
            return;
        var digits = request.Digits;
        IsSending = line.Call.TrySendDigits(digits.Text, digits.DurationMs, digits.GapMs);
        if (IsSending)
            line.Journal.Line(string.Create(CultureInfo.InvariantCulture, $"sending {digits.Text.Length} digits"));   // it may be a PIN
        else
            Conclude(PhoneWords.NoDigits);
    }
}
