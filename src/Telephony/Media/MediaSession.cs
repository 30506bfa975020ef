using Microsoft.Extensions.Logging;
using Telephony.Audio;
using Telephony.Rtp;
using Telephony.Sdp;

namespace Telephony.Media;

/// <summary>One call's media: builds both paths from a negotiated answer and hands them to the media clock.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class MediaSession : IDisposable
{
    private readonly RtpPortPair _ports;
    private NegotiatedMedia? _media;
    private bool _audioReady;

    /// <summary>Prepares the media of one call; nothing is sent or heard before <see cref="Apply"/>.</summary>
    /// <param name="clock">The process's media thread.</param>
    /// <param name="ports">The call's sockets; the session disposes them when it ends.</param>
    /// <param name="sink">Takes the caller's audio.</param>
    /// <param name="source">Gives the audio that the caller hears.</param>
    /// <param name="listener">Told of the first packet, digits and the end of media.</param>
    /// <param name="options">Waits and time-outs.</param>
    /// <param name="timeProvider">Monotonic and wall time.</param>
    /// <param name="logger">Receives the call's media log lines.</param>
    /// <param name="callId">Our id of the call, in every log line.</param>
    public MediaSession(
        MediaClock clock, RtpPortPair ports, IPcmSink sink, IPcmSource source, IMediaListener listener,
        RtpOptions options, TimeProvider timeProvider, ILogger logger, string callId)
    {
        _ports = ports;
    }

    /// <summary>Counters of the call so far; any thread.</summary>
    public MediaStatistics Statistics { get; } = new();

    /// <summary>Starts media with the first answer; later changes codec, address or direction (re-INVITE).</summary>
    public void Apply(NegotiatedMedia media) => _media = media;

    /// <summary>The source has audio again after idling: the next packet leaves at once.</summary>
    public void AudioReady() => _audioReady = _media is not null && !_audioReady;

    /// <summary>Ends the call's media and gives the ports back, both soon after this returns.</summary>
    public void Dispose() => _ports.Dispose();
}
