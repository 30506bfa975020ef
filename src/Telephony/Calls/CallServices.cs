using Microsoft.Extensions.Logging;
using Telephony.Codecs;
using Telephony.Media;
using Telephony.Rtp;
using Telephony.Sip.Identity.Stir;

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

    /// <summary>True if our order decides, because the settings give one.</summary>
    public bool OwnOrder { get; } = Options.Codecs is { Count: > 0 };

    /// <summary>Judges signed caller identities.</summary>
    public StirCheck Stir { get; init; } = StirCheck.Off;
}
