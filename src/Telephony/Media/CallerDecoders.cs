using Telephony.Codecs;
using Telephony.Sdp;

namespace Telephony.Media;

/// <summary>Payload type -> decoder, for <see cref="ReceivePath"/>: the call's codec, and those that the caller may change to in mid-call.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built.</remarks>
internal sealed class CallerDecoders
{
    private readonly (byte PayloadType, IAudioDecoder Decoder)[] _decoders;

    public CallerDecoders(NegotiatedMedia media)
    {
        Current = CodecCatalog.CreateDecoder(media.Codec);
        _decoders =
        [
            (media.ReceivePayloadType, Current),
            .. media.AlsoReceived.Where(format => HasClockOf(media.Codec, format.Codec)).Select(format => (format.PayloadType, CodecCatalog.CreateDecoder(format.Codec))),
        ];
    }

    /// <summary>The decoder of the packet that was played last; it conceals what is missing after it.</summary>
    public IAudioDecoder Current { get; private set; }

    /// <summary>Whether the payload type carries speech.</summary>
    public bool Knows(byte payloadType)
    {
        foreach (var entry in _decoders)
            if (entry.PayloadType == payloadType)
                return true;
        return false;
    }

    /// <summary>Makes the decoder of that payload type the current one; an unknown type changes nothing.</summary>
    public void Select(byte payloadType)
    {
        foreach (var entry in _decoders)
            if (entry.PayloadType == payloadType)
                Current = entry.Decoder;
    }

    // One time line and one resampler serve them all.
    private static bool HasClockOf(AudioCodec codec, AudioCodec other) => other.ClockRateHz == codec.ClockRateHz && other.SampleRateHz == codec.SampleRateHz;
}
