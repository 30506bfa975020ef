using System.Buffers.Binary;

namespace Telephony.Audio;

/// <summary>Writes a PCM16 WAVE file as the audio comes: recordings of any length without holding them.</summary>
/// <remarks>Used by one thread, which owns it. The header's sizes are filled in when it is closed; until then readers take the data to the file's end.</remarks>
public sealed class WavWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[4096];
    private long _dataBytes;
    private bool _closed;

    /// <summary>Writes the header; the stream is disposed with this writer.</summary>
    /// <param name="stream">Where the file goes, from its current position; sizes are filled in only if it can seek.</param>
    /// <param name="sampleRateHz">Samples per second and channel.</param>
    /// <param name="channels">1 or 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">Rate or channels make no sense.</exception>
    public WavWriter(Stream stream, int sampleRateHz, int channels)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRateHz);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 2);
        _stream = stream;
        WriteHeader(sampleRateHz, channels);
    }

    /// <summary>Appends samples, interleaved for two channels.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Write(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            var count = Math.Min(samples.Length, _buffer.Length / 2);
            for (var i = 0; i < count; i++)
                BinaryPrimitives.WriteInt16LittleEndian(_buffer.AsSpan(2 * i), samples[i]);
            _stream.Write(_buffer, 0, 2 * count);
            _dataBytes += 2 * count;
            samples = samples[count..];
        }
    }

    /// <summary>Fills in the sizes and closes the stream.</summary>
    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        // Beyond 4 GB the size cannot be expressed and stays unknown.
        if (_stream.CanSeek && _dataBytes <= WavFile.UnknownSize - WavFile.HeaderBytes)
        {
            var start = _stream.Position - _dataBytes - WavFile.HeaderBytes;
            WriteSize(start + 4, (uint)(WavFile.HeaderBytes - 8 + _dataBytes));
            WriteSize(start + WavFile.HeaderBytes - 4, (uint)_dataBytes);
        }
        _stream.Dispose();
    }

    // RIFF size "WAVE" | "fmt " 16 format channels rate bytes/s block bits | "data" size
    private void WriteHeader(int sampleRateHz, int channels)
    {
        Span<byte> header = stackalloc byte[WavFile.HeaderBytes];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], WavFile.UnknownSize);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], WavFile.PcmFormat);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], sampleRateHz);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], sampleRateHz * channels * 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)(channels * 2));
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], WavFile.UnknownSize);
        _stream.Write(header);
    }

    private void WriteSize(long position, uint size)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, size);
        _stream.Position = position;
        _stream.Write(bytes);
    }
}
