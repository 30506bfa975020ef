using System.Buffers;
using System.Runtime.InteropServices;

namespace Simulation.Live;

/// <summary>Brings the caller's audio to 16 kHz, whatever rate the mime type says.</summary>
/// <remarks>Owned by the session's loop. Interpolates linearly: it is listened to by a level meter, not by a person.</remarks>
internal sealed class CallerAudio
{
    private double _position;
    private short _last;

    /// <summary>Resamples into a rented array.</summary>
    /// <returns>The samples and the array to give back to the shared pool.</returns>
    public (Memory<short> Pcm, short[] Rented) ToDetectorRate(ReadOnlySpan<byte> pcmBytes, int rateHz)
    {
        var input = MemoryMarshal.Cast<byte, short>(pcmBytes);
        var step = (double)rateHz / ActivityDetector.SampleRateHz;
        var rented = ArrayPool<short>.Shared.Rent((int)(input.Length / step) + 2);
        if (rateHz == ActivityDetector.SampleRateHz)
        {
            input.CopyTo(rented);
            return (rented.AsMemory(0, input.Length), rented);
        }
        var written = 0;

        // Position 0 is the last sample of the message before, position 1 the first of this one.
        for (; _position < input.Length; _position += step)
        {
            var index = (int)_position;
            var before = index == 0 ? _last : input[index - 1];
            rented[written++] = (short)(before + (_position - index) * (input[index] - before));
        }
        _position -= input.Length;
        _last = input.IsEmpty ? _last : input[^1];
        return (rented.AsMemory(0, written), rented);
    }
}
