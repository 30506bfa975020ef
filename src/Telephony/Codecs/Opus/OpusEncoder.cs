namespace Telephony.Codecs.Opus;

/// <summary>Mono PCM at the model's 24 kHz to Opus payloads, with no resampler in between: from the send path to the RTP sender.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built. Frames of 10, 20, 40 or 60 ms.</remarks>
internal sealed class OpusEncoder : IAudioEncoder
{
    private const int RateHz = 24_000;

    // A frame has at most 1275 bytes; no packet time has more than three frames, and none comes near that.
    private const int MaxBytes = 1_276;

    // Above it more redundancy costs more than it saves.
    private const int MaxLossPercent = 30;

    private readonly LibOpus _library;
    private readonly OpusState _state;
    private readonly OpusEncoding _encoding;
    private int _lossPercent;

    public OpusEncoder(LibOpus library, OpusEncoding encoding)
    {
        _library = library;
        _encoding = encoding;
        _state = library.NewEncoder(RateHz);
        Set(LibOpus.SetSignal, LibOpus.SignalVoice);
        Set(LibOpus.SetComplexity, encoding.Complexity);
        Set(LibOpus.SetBitrate, encoding.BitrateBps);
        Set(LibOpus.SetVariableBitrate, encoding.IsConstantBitrate ? 0 : 1);
        Set(LibOpus.SetMaxBandwidth, LibOpus.Narrowband + encoding.BandwidthIndex);
        Set(LibOpus.SetInBandFec, encoding.InBandFec ? 1 : 0);
        ExpectLoss(0);
    }

    /// <inheritdoc/>
    public int SampleRateHz => RateHz;

    /// <inheritdoc/>
    public int ClockRateHz => 48_000;

    /// <inheritdoc/>
    public int MaxPayloadBytes(int samples) => MaxBytes;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The frame is not of 10, 20, 40 or 60 ms.</exception>
    public int Encode(ReadOnlySpan<short> pcm, Span<byte> payload)
    {
        var bytes = _library.Encode(_state, pcm, payload[..Math.Min(payload.Length, MaxBytes)]);
        return bytes > 0 ? bytes : throw new InvalidOperationException($"libopus refused {pcm.Length} samples with {bytes}.");
    }

    /// <inheritdoc/>
    public void ExpectLoss(double fraction)
    {
        var percent = _encoding.InBandFec ? Math.Clamp((int)Math.Ceiling(fraction * 100), _encoding.ExpectedLossPercent, MaxLossPercent) : 0;
        if (percent == _lossPercent)
            return;
        _lossPercent = percent;
        Set(LibOpus.SetExpectedLossPercent, percent);
    }

    private void Set(int request, int value) => _library.Control(_state, request, value);
}
