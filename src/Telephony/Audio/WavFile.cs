using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Telephony.Audio;

/// <summary>PCM16 audio of a RIFF WAVE file: prompts and test speech read, short recordings written. Long ones stream through <see cref="WavWriter"/>.</summary>
public sealed class WavFile
{
    /// <summary>Size that writers leave in the header of a file they could not go back to; taken as "to the end".</summary>
    internal const uint UnknownSize = uint.MaxValue;

    internal const int HeaderBytes = 44;
    internal const ushort PcmFormat = 1;
    private const ushort ExtensibleFormat = 0xFFFE;
    private const int ChunkHeaderBytes = 8;

    /// <param name="sampleRateHz">Samples per second and channel.</param>
    /// <param name="channels">1 or 2.</param>
    /// <param name="samples">Samples, interleaved left, right for two channels; kept, not copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">Rate or channels make no sense.</exception>
    public WavFile(int sampleRateHz, int channels, short[] samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRateHz);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 2);
        ArgumentNullException.ThrowIfNull(samples);
        (SampleRateHz, Channels, Samples) = (sampleRateHz, channels, samples);
    }

    /// <summary>Samples per second and channel.</summary>
    public int SampleRateHz { get; }

    /// <summary>1 or 2.</summary>
    public int Channels { get; }

    /// <summary>Samples, interleaved left, right for two channels.</summary>
    public short[] Samples { get; }

    /// <summary>How long it plays.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)(Samples.Length / Channels) / SampleRateHz);

    /// <summary>Reads a file from the disk.</summary>
    /// <exception cref="InvalidDataException">It is not PCM16 WAVE of one or two channels.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static WavFile Read(string path) =>
        TryRead(File.ReadAllBytes(path), out var wav) ? wav : throw new InvalidDataException($"{path} is not a 16-bit PCM WAVE file of one or two channels.");

    /// <summary>Reads a file's bytes; never throws. Unknown chunks are skipped, sizes beyond the end are cut to it.</summary>
    /// <returns>False for anything but PCM16 of one or two channels with a data chunk (which may be empty).</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out WavFile? wav)
    {
        wav = null;
        if (bytes.Length < 12 || !bytes[..4].SequenceEqual("RIFF"u8) || !bytes[8..12].SequenceEqual("WAVE"u8))
            return false;

        int sampleRateHz = 0, channels = 0;
        var rest = bytes[12..];
        while (rest.Length >= ChunkHeaderBytes)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            var body = rest[ChunkHeaderBytes..];
            var chunk = size < body.Length ? body[..(int)size] : body;
            if (rest[..4].SequenceEqual("fmt "u8) && !TryReadFormat(chunk, out sampleRateHz, out channels))
                return false;
            if (rest[..4].SequenceEqual("data"u8))
            {
                wav = channels == 0 ? null : new WavFile(sampleRateHz, channels, ReadSamples(chunk, channels));
                return wav is not null;
            }
            rest = body[Math.Min(body.Length, chunk.Length + (chunk.Length & 1))..];   // chunks are padded to even sizes
        }
        return false;
    }

    /// <summary>Writes the file to the disk.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string path)
    {
        using var writer = new WavWriter(File.Create(path), SampleRateHz, Channels);
        writer.Write(Samples);
    }

    /// <summary>One channel at the given rate: two are averaged, and the rate is converted with the resampler's delay taken off.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rates differ and one is not 8, 16, 24 or 48 kHz.</exception>
    public short[] ToMono(int sampleRateHz)
    {
        var mono = Channels == 1 ? Samples : Mix(Samples);
        if (sampleRateHz == SampleRateHz)
            return mono;

        // Zeros put in front make the delay a whole number of output samples, zeros at the end push the last ones out.
        var resampler = new Resampler(SampleRateHz, sampleRateHz);
        double DelayWith(int lead) => resampler.DelayMs * sampleRateHz / 1000 + (double)lead * sampleRateHz / SampleRateHz;
        var lead = Enumerable.Range(0, 6).MinBy(zeros => Math.Abs(DelayWith(zeros) - Math.Round(DelayWith(zeros))));
        var padded = new short[lead + mono.Length + SampleRateHz / 100];
        mono.CopyTo(padded, lead);
        var output = new short[resampler.MaxOutputSamples(padded.Length)];
        resampler.Process(padded, output);
        return output.AsSpan((int)Math.Round(DelayWith(lead)), resampler.MaxOutputSamples(mono.Length)).ToArray();
    }

    private static bool TryReadFormat(ReadOnlySpan<byte> chunk, out int sampleRateHz, out int channels)
    {
        (sampleRateHz, channels) = (0, 0);
        if (chunk.Length < 16)
            return false;

        var format = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        if (format == ExtensibleFormat && chunk.Length >= 26)
            format = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);   // the sub-format's GUID begins with the plain format
        channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        sampleRateHz = BinaryPrimitives.ReadInt32LittleEndian(chunk[4..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        return format == PcmFormat && bits == 16 && channels is 1 or 2 && sampleRateHz > 0;
    }

    private static short[] ReadSamples(ReadOnlySpan<byte> data, int channels)
    {
        var samples = new short[data.Length / (2 * channels) * channels];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(data[(2 * i)..]);
        return samples;
    }

    private static short[] Mix(short[] stereo)
    {
        var mono = new short[stereo.Length / 2];
        for (var i = 0; i < mono.Length; i++)
            mono[i] = (short)((stereo[2 * i] + stereo[2 * i + 1]) / 2);
        return mono;
    }
}
