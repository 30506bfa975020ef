using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Telephony.Rtp;

/// <summary>Where RTP is received, how long a gap may wait for a late packet, and when a silent caller counts as gone.</summary>
public sealed class RtpOptions : IValidatableObject
{
    /// <summary>Configuration section that is bound to this class.</summary>
    public const string Section = "Telephony:Rtp";

    /// <summary>UDP ports for media, "first-last": RTP takes even ports, RTCP the odd port above each (RFC 3550 section 11).</summary>
    [Required]
    public string PortRange { get; init; } = "20000-29998";

    /// <summary>Shortest time that a gap in the sequence waits for its packet before it is concealed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.005", "00:00:00.200")]
    public TimeSpan MinReorderWait { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest time that a gap waits, and the time without any packet after which silence is fed instead.</summary>
    [Range(typeof(TimeSpan), "00:00:00.020", "00:00:00.500")]
    public TimeSpan MaxReorderWait { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How far the caller's audio may run ahead of real time before packets are dropped: a burst after a stall, or a sender that floods.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:05")]
    public TimeSpan MaxAheadOfRealTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Silence of the locked source (RTP and RTCP) after which another source may be learned.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan RelockAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for the first packet of a call; zero waits for ever.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan FirstPacketTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest silence (RTP and RTCP) after the first packet, hold excepted; zero waits for ever.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan PacketTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Mean time between RTCP reports; each is randomised by half (RFC 3550 section 6.2).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan RtcpInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether keys are looked for in the audio of callers that offer no telephone-event.</summary>
    public bool InBandDigits { get; init; } = true;

    /// <summary>Whether the media thread asks the system for real-time priority.</summary>
    public RealTimePriority RealTimePriority { get; init; } = RealTimePriority.Auto;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!RtpPortRange.TryParse(PortRange, out _))
            yield return new("PortRange must be \"first-last\" with 1024 <= first < last <= 65535 and room for an even and an odd port.", [nameof(PortRange)]);
        if (MaxReorderWait < MinReorderWait)
            yield return new("MaxReorderWait must not be shorter than MinReorderWait.", [nameof(MaxReorderWait)]);
    }
}

/// <summary>Whether the media thread asks for real-time scheduling.</summary>
public enum RealTimePriority
{
    /// <summary>Taken where the system grants it (CAP_SYS_NICE or RLIMIT_RTPRIO on Linux), else normal scheduling.</summary>
    Auto,

    /// <summary>Normal scheduling.</summary>
    Off,
}

[OptionsValidator]
internal sealed partial class RtpOptionsValidator : IValidateOptions<RtpOptions>;
