using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;

namespace Telephony.Calls;

/// <summary>What stands behind a <see cref="Call"/>: the SIP and media side, which takes its commands from any thread.</summary>
internal interface ICallLeg
{
    void Ring(IPcmSource? earlyAudio);

    void Answer(IPcmSink callerAudio, IPcmSource agentAudio);

    void Connect(IPcmSink callerAudio, IPcmSource agentAudio);

    void Reject(int statusCode, string? reason, string? retryAfter);

    void HangUp(string? reason);

    void Transfer(TransferTarget target);

    void Hold(bool isHolding);

    /// <summary>Whether there is a device at the other end, which could be asked to call somebody else.</summary>
    bool HasDevice => true;

    bool CanSendDigits { get; }

    bool TrySendDigits(DigitSequence digits);

    void AudioReady();

    /// <summary>What the line keeps of the audio that it was given shall not be heard. RTP keeps none.</summary>
    void AudioCut()
    {
    }

    MediaStatistics Statistics { get; }
}
