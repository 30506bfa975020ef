using Telephony.Rtp;
using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>The digits of one leg, both ways: in RTP, or by INFO.</summary>
/// <remarks>Owned by the signalling loop, but for <see cref="CanSend"/> and <see cref="TrySend"/>.</remarks>
internal sealed class LegDigits(CallLeg leg, TimeProvider timeProvider)
{
    private readonly DigitFilter _filter = new(timeProvider);
    private InfoDigits? _byInfo;

    /// <summary>Whether the peer takes digits; any thread.</summary>
    public bool CanSend => leg.Media.CanSendDigits || GoByInfo;

    // Keys of the peer's own way come first: INFO only where it has agreed to a session without telephone-event, and says that it takes INFO.
    private bool GoByInfo => leg.Media is { Negotiated.SendTelephoneEventPayloadType: null, IsOver: false } && leg.Dialog is { PeerTakesInfo: true };

    /// <summary>Sends digits after those asked for before; any thread.</summary>
    /// <returns>False when nothing was taken.</returns>
    public bool TrySend(DigitSequence digits) =>
        GoByInfo ? leg.Dialog is { Phase: DialogPhase.Confirmed } dialog && ByInfo(dialog).TryLeave(digits) : leg.Media.TrySendDigits(digits);

    /// <summary>Whether a digit has not come another way before.</summary>
    public bool IsNew(char digit, DigitSource source) => _filter.IsNew(digit, source);

    /// <summary>Takes an INFO of the peer; returns the status to answer with.</summary>
    public int OnInfo(SipRequest info)
    {
        if (info.Body.IsEmpty)
            return 200;
        if (!DtmfInfo.IsDtmf(info.ContentType))
            return 415;
        if (!DtmfInfo.TryParse(info.Body.Span, out var digit, out var durationMs))
            return 400;
        if (digit is { } key)
            leg.OnDigit(key, durationMs, DigitSource.Info);
        return 200;
    }

    private InfoDigits ByInfo(InviteDialog dialog) =>
        _byInfo ?? Interlocked.CompareExchange(ref _byInfo, new InfoDigits(dialog, leg.Post, leg.OnDigitsSent), null) ?? _byInfo!;
}
