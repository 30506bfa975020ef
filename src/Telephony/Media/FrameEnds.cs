using Telephony.Audio;

namespace Telephony.Media;

/// <summary>Where a frame line's audio goes to and comes from, with what changes the rates in between.</summary>
/// <remarks>Built by any thread, then used by the media clock's thread only. Allocates only when built.</remarks>
internal sealed class FrameEnds
{
    private readonly IPcmSink _sink;
    private readonly IPcmSource _source;
    private readonly Resampler _toSink;
    private readonly Resampler _fromSource;
    private readonly short[] _heard;
    private readonly short[] _frame;
    private readonly short[] _said;

    /// <param name="sink">Takes what the caller says.</param>
    /// <param name="source">Gives what the caller hears.</param>
    public FrameEnds(IPcmSink sink, IPcmSource source)
    {
        (_sink, _source) = (sink, source);
        _toSink = new Resampler(FrameMedia.CallerRateHz, sink.SampleRateHz);
        _fromSource = new Resampler(source.SampleRateHz, FrameMedia.AgentRateHz);
        _heard = new short[_toSink.MaxOutputSamples(FrameMedia.MostPerTick)];
        _frame = new short[source.SampleRateHz * FrameMedia.FrameMs / 1_000];
        _said = new short[_fromSource.MaxOutputSamples(_frame.Length)];
    }

    /// <summary>Hands on what the caller says.</summary>
    /// <param name="pcm">At <see cref="FrameMedia.CallerRateHz"/>, at most <see cref="FrameMedia.MostPerTick"/> samples.</param>
    public void Hear(ReadOnlySpan<short> pcm) => _sink.Write(_heard.AsSpan(0, _toSink.Process(pcm, _heard)));

    /// <summary>The next frame that the caller hears, at <see cref="FrameMedia.AgentRateHz"/>; empty where there is nothing to hear.</summary>
    public ReadOnlySpan<short> Say() => _source.Read(_frame) == 0 ? default : _said.AsSpan(0, _fromSource.Process(_frame, _said));
}
