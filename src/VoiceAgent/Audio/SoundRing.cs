using Telephony.Audio;

namespace VoiceAgent.Audio;

/// <summary>The last seconds of both sides of a call, each sample at its place in the call's time: <see cref="SoundTap"/> -> <see cref="SoundReader"/>.</summary>
/// <remarks>Written by the media thread, without allocating; read by any number of others.</remarks>
internal sealed class SoundRing(TimeProvider time)
{
    // A caller's packets may come up to half a second late and are then taken at their place (Telephony:Rtp:MaxAheadOfRealTime bounds the other direction).
    private const int LongestCallerLag = SoundTap.RateHz / 2;

    // The sender makes up for two and a half packets that it missed; more is a hole.
    private const double LongestSentLag = 3.5;

    // Who has told nothing for so long is silent.
    private const int Patience = SoundTap.RateHz * 6 / 10;

    private const int BlockSamples = 480;

    private readonly long _startedAt = time.GetTimestamp();
    private readonly Resampler _resampler = new(PlayoutBuffer.RateHz, SoundTap.RateHz);
    private readonly short[] _resampled = new short[BlockSamples];

    /// <summary>The caller's side.</summary>
    public SoundLane Caller { get; } = new();

    /// <summary>The agent's side.</summary>
    public SoundLane Agent { get; } = new();

    /// <summary>The position of this moment.</summary>
    public long Now => time.GetElapsedTime(_startedAt).Ticks * SoundTap.RateHz / TimeSpan.TicksPerSecond;

    /// <summary>Position up to which nothing changes any more.</summary>
    public long Ready => Math.Max(Math.Min(Caller.End, Agent.End), Now - Patience);

    /// <summary>Takes what the caller has just said; media thread.</summary>
    public void Heard(ReadOnlySpan<short> pcm) => Caller.Write(pcm, Now - pcm.Length, LongestCallerLag);

    /// <summary>Takes what the caller hears next; media thread.</summary>
    public void Sent(ReadOnlySpan<short> pcm, int rateHz)
    {
        var now = Now;
        var longestLag = (int)(pcm.Length * LongestSentLag * SoundTap.RateHz / rateHz);
        if (rateHz == SoundTap.RateHz)
        {
            Agent.Write(pcm, now, longestLag);
            return;
        }
        var written = 0;
        for (; !pcm.IsEmpty; pcm = pcm[Math.Min(pcm.Length, BlockSamples)..])
        {
            var count = _resampler.Process(pcm[..Math.Min(pcm.Length, BlockSamples)], _resampled);
            Agent.Write(_resampled.AsSpan(0, count), now + written, longestLag);
            written += count;
        }
    }
}
