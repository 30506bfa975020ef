using System.Runtime.InteropServices;

namespace VoiceAgent.Recordings;

/// <summary>The outline of a recording: the loudest sample of each part of it, of both sides.</summary>
internal static class RecordingPeaks
{
    private const int FramesAtOnce = 8_000;

    /// <summary>Reads all of a recording.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="parts">How many parts it is divided into.</param>
    /// <param name="cancellation">Nobody waits any more.</param>
    /// <returns>0 to 100 for each part.</returns>
    /// <exception cref="InvalidDataException">A block was damaged or tampered with.</exception>
    public static (int[] Caller, int[] Agent) Of(RecordingReader recording, int parts, CancellationToken cancellation)
    {
        var peaks = new int[2][] { new int[parts], new int[parts] };
        var bytes = new byte[FramesAtOnce * RecordingReader.FrameBytes];
        for (long frame = 0; recording.Read(frame, bytes) is > 0 and var count; frame += count / RecordingReader.FrameBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            var pcm = MemoryMarshal.Cast<byte, short>(bytes.AsSpan(0, count));
            for (var i = 0; i < pcm.Length; i++)
            {
                ref var peak = ref peaks[i & 1][(frame + i / 2) * parts / recording.Frames];
                peak = Math.Max(peak, Math.Abs((int)pcm[i]));
            }
        }
        return (Percent(peaks[0]), Percent(peaks[1]));
    }

    private static int[] Percent(int[] peaks) => Array.ConvertAll(peaks, peak => (peak * 100 + 32_767) / 32_768);
}
