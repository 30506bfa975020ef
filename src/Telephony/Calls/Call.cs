using System.Net;
using Telephony.Audio;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.Identity;
using Telephony.Sip.Identity.Stir;
using Telephony.Sip.Ladders;
using Telephony.Sip.Messages;

namespace Telephony.Calls;

/// <summary>One phone call as its host sees it: who calls, and the commands that answer, refuse and end it.</summary>
/// <remarks>Who is at the other end may change: see <see cref="ICallListener.OnHandedOver"/>. Commands come from any thread, are handed to the signalling loop, and are harmless when they come too late or twice.</remarks>
public sealed class Call
{
    private readonly ICallLeg _leg;
    private volatile CallIdentity _identity;

    internal Call(CallIdentity identity, SipHeaders requestHeaders, ICallLeg leg)
    {
        _identity = identity;
        RequestHeaders = requestHeaders;
        _leg = leg;
    }

    /// <summary>Our name of the call: short, unique, first in every log line.</summary>
    public string CallId => Identity.CallId;

    /// <summary>The Call-ID header.</summary>
    public string SipCallId => Identity.SipCallId;

    /// <summary>The caller's URI: the From header, which the caller may have made up.</summary>
    public string From => Identity.From;

    /// <summary>The caller's number, or the user part of their URI; null when withheld or absent. From the From header, or a trusted trunk's word: see <see cref="Caller"/>.</summary>
    public string? CallerNumber => Identity.CallerNumber;

    /// <summary>The caller's display name, or null.</summary>
    public string? CallerName => Identity.CallerName;

    /// <summary>How the caller is known, and whether by more than their own word.</summary>
    public CallerIdentity Caller => Identity.Caller;

    /// <summary>What the INVITE's signed identity (STIR) is worth.</summary>
    public StirResult Stir => Identity.Stir;

    /// <summary>Name of the user (<c>Telephony:Users</c>) who logged in to make the call; null for anybody else.</summary>
    public string? User => Identity.User;

    /// <summary>Whether <see cref="CallerNumber"/> is more than the caller's word: of a user who logged in, asserted by a trusted trunk, or signed with full
    /// attestation; and no token speaks against it.</summary>
    public bool IsCallerVerified => CallerNumber is not null && (Identity.IsOwnName || Stir.IsFullAttestation || (Caller.IsAsserted && !Stir.SpeaksAgainstNumber));

    /// <summary>Who sent the call on before it reached us (Diversion, History-Info), the latest first; whatever the INVITE says.</summary>
    public IReadOnlyList<Diversion> Diversions => Identity.Diversions;

    /// <summary>The URI of the To header: whom the caller wanted to reach first, before anybody forwarded the call.</summary>
    public string To => Identity.To;

    /// <summary>User part of the To header: whom the caller dialled first, a number without visual separators; empty when it has none.</summary>
    public string ToNumber => Identity.ToNumber;

    /// <summary>User part of the Request-URI, or of the To header where the Request-URI only names our registration at the trunk: whom the call reaches now, a number without visual separators; empty when it has none.</summary>
    public string DialledNumber => Identity.DialledNumber;

    /// <summary>Where the INVITE came from, or goes first.</summary>
    public IPEndPoint RemoteEndPoint => Identity.RemoteEndPoint;

    /// <summary>Name of the trunk that the call came from or goes by; null for none.</summary>
    public string? Trunk => Identity.Trunk;

    /// <summary>Whether we made the call.</summary>
    public bool IsOutbound => Identity.IsOutbound;

    /// <summary>The number, or the user part of the URI, of whoever is at the other end; null when withheld or absent.</summary>
    public string? PartyNumber => IsOutbound ? DialledNumber : CallerNumber;

    /// <summary>Why a call of ours was not answered; null before its end, and for every other call.</summary>
    public DialOutcome? Refusal { get; internal set; }

    /// <summary>The header lines of the INVITE, or, once a call of ours is answered, of the answer; to be read only.</summary>
    public SipHeaders RequestHeaders { get; internal set; }

    /// <summary>The SIP messages of the call, those of a leg that it has moved to among them; empty where they are not kept. Any thread.</summary>
    public SipLadder Ladder { get; internal init; } = new();

    /// <summary>Who is told what happens; set in <see cref="ICallHandler.OnCallOffered"/>, or by <see cref="DialRequest.OnCreated"/>.</summary>
    public ICallListener? Listener { get; set; }

    /// <summary>Who is at the other end; another one once the call was handed on.</summary>
    internal CallIdentity Identity => _identity;

    /// <summary>Somebody else is at the other end from now on; on the signalling loop.</summary>
    /// <param name="leg">Who they are.</param>
    /// <param name="requestHeaders">See <see cref="RequestHeaders"/>.</param>
    internal void HandOver(CallIdentity leg, SipHeaders requestHeaders) => (_identity, RequestHeaders) = (_identity.HandedTo(leg), requestHeaders);

    /// <summary>Sends 180; nothing after the first time, and nothing once the call is answered or over.</summary>
    /// <param name="earlyAudio">What the caller hears until the answer: then 183 is sent with our session description, if the caller takes one; null for nothing.</param>
    public void Ring(IPcmSource? earlyAudio = null) => _leg.Ring(earlyAudio);

    /// <summary>Sends 200 and starts media. Does nothing if the caller has gone, or the call is answered or refused already. For a call of ours it says where
    /// the audio goes, before or after the callee has answered.</summary>
    /// <param name="callerAudio">Takes what the caller says.</param>
    /// <param name="agentAudio">Gives what the caller hears.</param>
    public void Answer(IPcmSink callerAudio, IPcmSource agentAudio) => _leg.Answer(callerAudio, agentAudio);

    /// <summary>Changes where the audio of an answered call comes from and goes to, without a break in the stream. Does nothing before the answer and after the end.</summary>
    /// <param name="callerAudio">Takes what the other side says from now on.</param>
    /// <param name="agentAudio">Gives what the other side hears from now on.</param>
    public void Connect(IPcmSink callerAudio, IPcmSource agentAudio) => _leg.Connect(callerAudio, agentAudio);

    /// <summary>Refuses the call; once it is answered, hangs up instead. A call of ours that is not answered is given up.</summary>
    /// <param name="statusCode">300 to 699.</param>
    /// <param name="reason">Reason phrase, or null for the usual one.</param>
    /// <param name="retryAfter">Seconds for a Retry-After header, or null for none.</param>
    public void Reject(int statusCode, string? reason = null, string? retryAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(statusCode, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(statusCode, 699);
        ThrowIfSeveralLines(reason, nameof(reason));
        ThrowIfSeveralLines(retryAfter, nameof(retryAfter));
        _leg.Reject(statusCode, reason, retryAfter);
    }

    /// <summary>Sends BYE, after the ACK has come; before the call is answered it refuses with 480 Temporarily Unavailable,
    /// and gives up a call of ours.</summary>
    /// <param name="reason">Value of a Reason header (RFC 3326), or null for none.</param>
    public void HangUp(string? reason = null)
    {
        ThrowIfSeveralLines(reason, nameof(reason));
        _leg.HangUp(reason);
    }

    /// <summary>Asks the caller's device to call somebody else (blind transfer by REFER, RFC 3515), after the ACK has come; also while on hold. The end is told
    /// by <see cref="ICallListener.OnTransferEnded"/>; once the device has taken over, BYE is sent and the call ends as
    /// <see cref="CallEndReason.Transferred"/>. Over a trunk <see cref="OutboundOptions.MaxTransfersPerHour"/> holds. Does nothing unless the call is answered, and nothing while an earlier transfer is not settled.</summary>
    /// <param name="target">A <c>sip:</c>, <c>sips:</c> or <c>tel:</c> URI or a number; see <see cref="TransferTarget"/>.</param>
    /// <exception cref="ArgumentException">It is none of these; <see cref="TransferTarget.TryParse"/> tells beforehand.</exception>
    public void Transfer(string target)
    {
        if (!TransferTarget.TryParse(target, out var parsed))
            throw new ArgumentException("A transfer leads to a SIP or tel URI or to a number.", nameof(target));
        _leg.Transfer(parsed);
    }

    /// <summary>Puts the caller on hold by re-INVITE (RFC 3264 section 8.4): it goes on hearing what is played, and sends nothing. Does nothing unless the call is answered.</summary>
    public void Hold() => _leg.Hold(isHolding: true);

    /// <summary>Takes the caller back from <see cref="Hold"/>.</summary>
    public void Resume() => _leg.Hold(isHolding: false);

    /// <summary>Whether the caller's device takes digits: telephone-event (RFC 4733), or else INFO; false until offer and answer are known.</summary>
    public bool CanSendDigits => _leg.CanSendDigits;

    /// <summary>Whether there is a device at the other end that could be asked to call somebody else: not so in a call without SIP, which refuses each <see cref="Transfer"/>.</summary>
    public bool HasDevice => _leg.HasDevice;

    /// <summary>Whether the caller's device may know REFER: its Allow header names it, or there is none.</summary>
    public bool CanTransfer => !RequestHeaders.Contains(HeaderNames.Allow) || RequestHeaders.GetValues(HeaderNames.Allow).Contains(SipMethods.Refer);

    /// <summary>Sends digits as telephone-events (RFC 4733), after those asked for before; the agent's audio waits meanwhile, and digits wait while the caller
    /// has us on hold. To a device without telephone-event whose Allow header names INFO each key goes as an INFO (application/dtmf-relay). <see cref="ICallListener.OnDigitsSent"/> tells the end. Any thread.</summary>
    /// <param name="digits">0-9, *, #, A-D; a comma waits for two seconds, a <c>w</c> for half a second. At most <see cref="DigitSequence.MaxLength"/> characters.</param>
    /// <param name="durationMs">How long each key is held, in ms: <see cref="DigitSequence.MinMs"/> to <see cref="DigitSequence.MaxMs"/>.</param>
    /// <param name="gapMs">Pause between two keys, in ms, likewise.</param>
    /// <returns>False when nothing was taken: the call is not answered, its device takes no digits, or too many wait.</returns>
    /// <exception cref="ArgumentException">There are other characters or too many; <see cref="DigitSequence.TryParse"/> tells beforehand.</exception>
    public bool TrySendDigits(string digits, int durationMs = 100, int gapMs = 100)
    {
        if (!DigitSequence.TryParse(digits, durationMs, gapMs, out var sequence))
            throw new ArgumentException($"Digits are 1 to {DigitSequence.MaxLength} of 0-9, *, #, A-D, comma and w.", nameof(digits));
        return _leg.TrySendDigits(sequence);
    }

    /// <summary>Tells the media clock that the source has audio again after being idle, so that it leaves at once. Any thread, cheap.</summary>
    public void AudioReady() => _leg.AudioReady();

    /// <summary>Tells the line that what it was given so far and still keeps shall not be heard any more. Any thread, cheap; a phone keeps nothing that could be taken back.</summary>
    public void AudioCut() => _leg.AudioCut();

    /// <summary>The media counters of the call so far; zeros before the answer. Any thread.</summary>
    public MediaStatistics GetMediaStatistics() => _leg.Statistics;

    // A line end would forge further headers; told here, where the stack still shows who wrote it.
    private static void ThrowIfSeveralLines(string? text, string parameter)
    {
        if (text.AsSpan().ContainsAny('\r', '\n'))
            throw new ArgumentException("A header value is one line.", parameter);
    }
}
