using System.Runtime.InteropServices;

namespace Benchmarks.Sound;

/// <summary>The resampler of libspeexdsp, which most telephone software uses: what ours is measured against.</summary>
internal sealed partial class SpeexResampler : IDisposable
{
    /// <summary>Debian: libspeexdsp1.</summary>
    private const string Library = "libspeexdsp.so.1";

    // What VoIP programs set: SPEEX_RESAMPLER_QUALITY_VOIP.
    private const int Quality = 3;

    private readonly nint _state;

    public SpeexResampler(int inputRateHz, int outputRateHz)
    {
        _state = Init(1, (uint)inputRateHz, (uint)outputRateHz, Quality, out var error);
        if (error != 0)
            throw new InvalidOperationException($"speex_resampler_init: {error}");
    }

    public static bool IsInstalled { get; } = NativeLibrary.TryLoad(Library, out _);

    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        var (taken, written) = ((uint)input.Length, (uint)output.Length);
        var error = ProcessInt(_state, 0, input, ref taken, output, ref written);
        if (error != 0 || taken != input.Length)
            throw new InvalidOperationException($"speex_resampler_process_int: {error}");
        return (int)written;
    }

    public void Dispose() => Destroy(_state);

    [LibraryImport(Library, EntryPoint = "speex_resampler_init")]
    private static partial nint Init(uint channels, uint inputRate, uint outputRate, int quality, out int error);

    [LibraryImport(Library, EntryPoint = "speex_resampler_process_int")]
    private static partial int ProcessInt(nint state, uint channel, ReadOnlySpan<short> input, ref uint inputSamples, Span<short> output, ref uint outputSamples);

    [LibraryImport(Library, EntryPoint = "speex_resampler_destroy")]
    private static partial void Destroy(nint state);
}
