using System.Buffers;
using System.Runtime.InteropServices;
using Telephony.Audio;

namespace Simulation.Live;

/// <summary>Brings the caller's audio to the detector's 16 kHz, whatever rate its mime type says.</summary>
/// <remarks>Owned by the session's loop; a resampler is built when a rate is first seen.</remarks>
internal sealed class CallerAudio
{
    private readonly Dictionary<int, Resampler> _resamplers = [];

    /// <summary>Resamples one message into a rented array.</summary>
    /// <returns>The samples, and the array to give back to the shared pool.</returns>
    public (ReadOnlyMemory<short> Pcm, short[] Rented) ToDetectorRate(ReadOnlySpan<byte> pcmBytes, int rateHz)
    {
        if (!_resamplers.TryGetValue(rateHz, out var resampler))
            _resamplers.Add(rateHz, resampler = new Resampler(rateHz, ActivityDetector.SampleRateHz));
        var pcm = MemoryMarshal.Cast<byte, short>(pcmBytes);
        var rented = ArrayPool<short>.Shared.Rent(resampler.MaxOutputSamples(pcm.Length));
        return (rented.AsMemory(0, resampler.Process(pcm, rented)), rented);
    }
}
