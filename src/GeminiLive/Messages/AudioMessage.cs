using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace GeminiLive.Messages;

/// <summary>Writes caller audio as <c>realtimeInput.audio</c>: a template whose base64 field alone changes, so that a message allocates nothing.</summary>
/// <remarks>Owned by the send loop; the message is valid until the next one is written.</remarks>
internal sealed class AudioMessage
{
    private readonly byte[] _message;
    private readonly int _dataBytes;

    /// <summary>The template for chunks of one length.</summary>
    /// <param name="chunkSamples">Samples at 16 kHz in every message.</param>
    public AudioMessage(int chunkSamples)
    {
        _dataBytes = Base64.GetMaxEncodedToUtf8Length(chunkSamples * sizeof(short));
        _message = [.. Prefix, .. new byte[_dataBytes], .. Suffix];
    }

    private static ReadOnlySpan<byte> Prefix => """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":" """u8[..^1];

    private static ReadOnlySpan<byte> Suffix => "\"}}}"u8;

    /// <summary>The message for one chunk.</summary>
    /// <param name="chunk">Exactly as long as the template was made for; little-endian like every host this runs on.</param>
    public ReadOnlyMemory<byte> Write(ReadOnlySpan<short> chunk)
    {
        Base64.EncodeToUtf8(MemoryMarshal.AsBytes(chunk), _message.AsSpan(Prefix.Length, _dataBytes), out _, out _);
        return _message;
    }
}
