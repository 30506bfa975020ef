using Microsoft.Extensions.Logging;
using Telephony.Codecs;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sdp;
using Telephony.Sip.Identity.Stir;
using Telephony.Trunks;

namespace Telephony.Calls;

/// <summary>What every call needs and all calls share.</summary>
internal sealed record CallServices(
    ICallHandler Handler,
    TelephonyOptions Options,
    RtpOptions RtpOptions,
    RtpPortRange Ports,
    MediaClock Clock,
    TelephonyMetrics Metrics,
    TimeProvider TimeProvider,
    ILogger Logger)
{
    /// <summary>The codecs that offer and answer may name, in our order.</summary>
    public IReadOnlyList<AudioCodec> Codecs { get; } = Options.SelectCodecs();

    /// <summary>The same for calls that begin by other settings.</summary>
    public CallServices With(TelephonyOptions options) => new(Handler, options, RtpOptions, Ports, Clock, Metrics, TimeProvider, Logger) { Stir = Stir };

    /// <summary>What is demanded of a call's encryption. Keys are only exchanged where nobody can read them on the way to the next hop.</summary>
    /// <param name="trunk">Whose call it is; null for a stranger's.</param>
    /// <param name="isSignalingSecure">Whether its signalling goes over TLS.</param>
    public SrtpTerms SrtpTermsFor(Trunk? trunk, bool isSignalingSecure) =>
        new(trunk?.Options.Srtp ?? Options.Srtp.Policy, isSignalingSecure || Options.Srtp.AllowKeysInClear ? Options.Srtp.SelectSuites() : []);

    /// <summary>True if our order decides, because the settings give one.</summary>
    public bool OwnOrder { get; } = Options.Codecs is { Count: > 0 };

    /// <summary>Judges signed caller identities.</summary>
    public StirCheck Stir { get; init; } = StirCheck.Off;
}
