using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Sdp;

namespace Telephony.Media;

/// <summary>Payload type -> decoder and resampler, for <see cref="ReceivePath"/>: the call's codec, and those that the caller may change to in mid-call.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built.</remarks>
internal sealed class CallerDecoders
{
    private readonly Entry[] _entries;
    private Entry _current;

    public CallerDecoders(NegotiatedMedia media, int sinkRateHz)
    {
        _entries = [.. media.AlsoReceived.Prepend(new(media.ReceivePayloadType, media.Codec)).Select(format => new Entry(format, sinkRateHz))];
        _current = _entries[0];
    }

    /// <summary>The decoder of the packet that was played last; it conceals what is missing after it.</summary>
    public IAudioDecoder Current => _current.Decoder;

    /// <summary>RTP timestamp units per second of the current decoder.</summary>
    public int CurrentClockRateHz => _current.ClockRateHz;

    /// <summary>Samples per second that the current decoder gives.</summary>
    public int CurrentSampleRateHz => _current.SampleRateHz;

    /// <summary>From the current decoder's rate to the sink's.</summary>
    public Resampler Resampler => _current.Resampler;

    /// <summary>Whether the payload type carries speech.</summary>
    public bool Knows(byte payloadType) => Find(payloadType) is not null;

    /// <summary>RTP timestamp units per second of a payload type; the current decoder's for one that carries no speech.</summary>
    public int ClockRateHz(byte payloadType) => (Find(payloadType) ?? _current).ClockRateHz;

    /// <summary>Makes the decoder of that payload type the current one; an unknown type changes nothing.</summary>
    public void Select(byte payloadType)
    {
        if (Find(payloadType) is not { } entry || entry == _current)
            return;
        _current = entry;
        _current.Resampler.Reset();   // what it held is older than what was played since
    }

    private Entry? Find(byte payloadType)
    {
        if (_current.PayloadType == payloadType)
            return _current;
        foreach (var entry in _entries)
            if (entry.PayloadType == payloadType)
                return entry;
        return null;
    }

    // The decoder's rates are wanted many times with every packet, and to ask through an interface costs more than to know.
    private sealed class Entry
    {
        public Entry(AudioFormat format, int sinkRateHz)
        {
            PayloadType = format.PayloadType;
            Decoder = CodecCatalog.CreateDecoder(format.Codec);
            (ClockRateHz, SampleRateHz) = (Decoder.ClockRateHz, Decoder.SampleRateHz);
            Resampler = new Resampler(format.Codec.SampleRateHz, sinkRateHz);
        }

        public byte PayloadType { get; }

        public int ClockRateHz { get; }

        public int SampleRateHz { get; }

        public IAudioDecoder Decoder { get; }

        public Resampler Resampler { get; }
    }
}
