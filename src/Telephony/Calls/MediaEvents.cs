using Telephony.Media;

namespace Telephony.Calls;

/// <summary>Carries what a call's media tells from the media thread to the call's owner, the signalling loop.</summary>
/// <remarks>One small allocation per event: a first packet, a digit, an end; never per packet.</remarks>
internal sealed class MediaEvents(CallLeg call, Action<Action> post) : IMediaListener
{
    public void OnFirstPacket() => post(call.OnMediaStarted);

    public void OnDigit(char digit, int durationMs) => post(() => call.OnDigit(digit, durationMs, DigitSource.Rtp));

    public void OnTone(char digit, int durationMs) => post(() => call.OnDigit(digit, durationMs, DigitSource.Tone));

    public void OnDigitsSent(string sent, string unsent) => post(() => call.OnDigitsSent(sent, unsent));

    public void OnTimeout() => post(call.OnMediaTimeout);

    public void OnFailed(Exception fault) => post(() => call.OnMediaFailed(fault));
}
