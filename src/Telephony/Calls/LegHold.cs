using Telephony.Sip.UserAgents;

namespace Telephony.Calls;

/// <summary>The peer of one leg on hold and back again: being taken back it may refuse, and is then asked again, for a while.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
/// <param name="leg">The leg.</param>
/// <param name="giveUp">Ends a call whose peer stays on hold, and so is never heard.</param>
internal sealed class LegHold(CallLeg leg, Action giveUp)
{
    // With the waits between them, 1, 2, 4 and 8 s, a peer has 15 s to get over what troubles it.
    private const int MaxRefusals = 5;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private int _refusals;
    private bool _isWaiting;

    /// <summary>See <see cref="Call.Hold"/> and <see cref="Call.Resume"/>.</summary>
    public void Set(bool isHolding)
    {
        if (leg.Stage != CallStage.Answered || leg.Media.IsHolding == isHolding)
            return;
        leg.Media.IsHolding = isHolding;
        leg.Dialog?.Reoffer();
    }

    /// <summary>An offer of ours was answered, or refused for good.</summary>
    public void OnReoffered()
    {
        if (!leg.Media.IsResumeDue)
            _refusals = 0;
        else if (!_isWaiting && ++_refusals == MaxRefusals)
            giveUp();
        else if (!_isWaiting && leg.Dialog is { } dialog)
            AskLater(dialog);
    }

    private void AskLater(InviteDialog dialog)
    {
        _isWaiting = true;
        dialog.After(FirstWait * Math.Pow(2, _refusals - 1), () =>
        {
            _isWaiting = false;
            if (leg.Stage == CallStage.Answered && leg.Media.IsResumeDue)
                dialog.Reoffer();
        });
    }
}
