using System.Buffers.Binary;
using Support;
using Telephony.Audio;

namespace Telephony.Tests.Audio;

public class WavFileTests
{
    [Theory]
    [InlineData(8000, 1), InlineData(24_000, 2)]
    public void What_is_written_is_read_back(int sampleRateHz, int channels)
    {
        var samples = Tone.Sine(8000, 440, 3000);
        Assert.True(WavFile.TryRead(Bytes(sampleRateHz, channels, samples), out var wav));
        Assert.Equal((sampleRateHz, channels), (wav.SampleRateHz, wav.Channels));
        Assert.Equal(samples, wav.Samples);
        Assert.Equal(3000.0 / channels / sampleRateHz, wav.Duration.TotalSeconds, tolerance: 1e-6);
    }

    [Fact]
    public void Files_on_the_disk_round_trip_and_others_are_refused()
    {
        var path = Path.GetTempFileName();
        try
        {
            new WavFile(16_000, 1, [1, 2, -3]).Write(path);
            Assert.Equal([1, 2, -3], WavFile.Read(path).Samples);
            File.WriteAllText(path, "not a wave file");
            Assert.Throws<InvalidDataException>(() => WavFile.Read(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Header_has_the_canonical_44_bytes()
    {
        var bytes = Bytes(8000, 2, [1, 2]);
        Assert.Equal(48, bytes.Length);
        Assert.Equal(40u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)));
        Assert.Equal(32_000, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(28)));
        Assert.Equal(4, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(32)));
        Assert.Equal(4u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(40)));
    }

    [Fact]
    public void Recording_cut_off_before_it_was_closed_is_read_to_its_end()
    {
        using var stream = new MemoryStream();
        using var writer = new WavWriter(stream, 8000, 1);
        writer.Write([5, 6, 7]);
        Assert.True(WavFile.TryRead(stream.ToArray(), out var wav));
        Assert.Equal([5, 6, 7], wav.Samples);
    }

    [Fact]
    public void Unknown_chunks_of_odd_and_zero_length_are_skipped()
    {
        var bytes = Bytes(8000, 1, [9]);
        byte[] extra = [.. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0, .. "junk"u8, 0, 0, 0, 0];
        Assert.True(WavFile.TryRead([.. bytes[..36], .. extra, .. bytes[36..]], out var wav));
        Assert.Equal([9], wav.Samples);
    }

    [Theory]
    [InlineData(0u), InlineData(1u), InlineData(0x7FFF_FFFFu), InlineData(0x8000_0000u), InlineData(0xFFFF_FFFEu)]
    public void Wrong_chunk_sizes_are_survived(uint size)
    {
        foreach (var position in new[] { 4, 16, 40 })
        {
            var bytes = Bytes(8000, 1, [1, 2, 3]);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(position), size);
            if (WavFile.TryRead(bytes, out var wav))
                Assert.InRange(wav.Samples.Length, 0, 3);
        }
    }

    [Theory]
    [InlineData(20, 3)]        // IEEE float
    [InlineData(22, 0)]        // no channels
    [InlineData(22, 6)]        // surround
    [InlineData(34, 8)]        // bits
    [InlineData(24, 0)]        // rate
    public void Other_formats_are_refused(int position, byte value)
    {
        var bytes = Bytes(8000, 1, [1]);
        bytes.AsSpan(position, position == 24 ? 4 : 2).Clear();
        bytes[position] = value;
        Assert.False(WavFile.TryRead(bytes, out _));
    }

    [Fact]
    public void Extensible_header_with_a_PCM_sub_format_is_read()
    {
        var bytes = Bytes(8000, 1, [4, 5]);
        var format = new byte[40];
        bytes.AsSpan(20, 16).CopyTo(format);
        (format[0], format[1]) = (0xFE, 0xFF);
        format[24] = 1;
        Assert.True(WavFile.TryRead([.. bytes[..16], 40, 0, 0, 0, .. format, .. bytes[36..]], out var wav));
        Assert.Equal([4, 5], wav.Samples);
    }

    [Fact]
    public void Damaged_files_never_throw_and_give_no_more_than_they_hold()
    {
        var random = new Random(11);
        var good = Bytes(8000, 2, Tone.Sine(8000, 440, 64));
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = good.AsSpan(0, random.Next(0, good.Length + 1)).ToArray();
            for (var i = random.Next(0, 6); i > 0 && bytes.Length > 0; i--)
                bytes[random.Next(Math.Min(bytes.Length, 60))] = (byte)(random.Next(4) == 0 ? 0xFF : random.Next(256));
            if (WavFile.TryRead(bytes, out var wav))
                Assert.True(2 * wav.Samples.Length <= bytes.Length);
        }
    }

    [Fact]
    public void Mono_mixes_channels_and_converts_the_rate_without_shifting_time()
    {
        var tone = Tone.Sine(24_000, 500, 24_000, 8000);
        var stereo = tone.SelectMany(s => new[] { s, s }).ToArray();
        var mono = new WavFile(24_000, 2, stereo).ToMono(8000);
        var expected = Tone.Sine(8000, 500, 8000, 8000);
        Assert.Equal(expected.Length, mono.Length);
        for (var i = 100; i < 7900; i++)
            Assert.InRange(mono[i] - expected[i], -60, 60);
    }

    private static byte[] Bytes(int sampleRateHz, int channels, short[] samples)
    {
        var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, sampleRateHz, channels))
            writer.Write(samples);
        return stream.ToArray();
    }
}
