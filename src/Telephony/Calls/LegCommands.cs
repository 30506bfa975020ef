using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;

namespace Telephony.Calls;

/// <summary>A host's commands on their way to the leg that its call runs on at the moment in which they are carried out.</summary>
/// <remarks>Any thread, but for <see cref="Leg"/>, which is changed on the signalling loop only: so no command is lost between two legs.</remarks>
/// <param name="leg">The leg that the call begins on.</param>
internal sealed class LegCommands(CallLeg leg) : ICallLeg
{
    private volatile CallLeg _leg = leg;

    /// <summary>The leg that the call runs on.</summary>
    public CallLeg Leg
    {
        get => _leg;
        set => _leg = value;
    }

    public bool CanSendDigits => _leg.CanSendDigits;

    public MediaStatistics Statistics => _leg.Statistics;

    public void Ring(IPcmSource? earlyAudio) => Post(leg => leg.Ring(earlyAudio));

    public void Answer(IPcmSink callerAudio, IPcmSource agentAudio) => Post(leg => leg.Answer(callerAudio, agentAudio));

    public void Connect(IPcmSink callerAudio, IPcmSource agentAudio) => Post(leg => leg.Connect(callerAudio, agentAudio));

    public void Reject(int statusCode, string? reason, string? retryAfter) => Post(leg => leg.Reject(statusCode, reason, retryAfter));

    public void HangUp(string? reason) => Post(leg => leg.HangUp(reason));

    public void Transfer(TransferTarget target) => Post(leg => leg.Transfer(target));

    public void Hold(bool isHolding) => Post(leg => leg.Hold(isHolding));

    public bool TrySendDigits(DigitSequence digits) => _leg.TrySendDigits(digits);

    public void AudioReady() => _leg.AudioReady();

    private void Post(Action<CallLeg> command) => _leg.Post(() => command(_leg));
}
