using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace GeminiLive.Messages;

/// <summary>Writes caller audio as <c>realtimeInput.audio</c>: a template whose base64 field and end alone change, so that a message allocates nothing.</summary>
/// <remarks>Owned by the send loop; the message is valid until the next one is written.</remarks>
internal sealed class AudioMessage
{
    private readonly byte[] _message;

    /// <summary>The template.</summary>
    /// <param name="maxSamples">Most samples at 16 kHz in a message.</param>
    public AudioMessage(int maxSamples) =>
        _message = [.. Prefix, .. new byte[Base64.GetMaxEncodedToUtf8Length(maxSamples * sizeof(short))], .. Suffix];

    private static ReadOnlySpan<byte> Prefix => """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":" """u8[..^1];

    private static ReadOnlySpan<byte> Suffix => "\"}}}"u8;

    /// <summary>The message for some audio.</summary>
    /// <param name="pcm">At most as long as the template was made for; little-endian like every host this runs on.</param>
    public ReadOnlyMemory<byte> Write(ReadOnlySpan<short> pcm)
    {
        Base64.EncodeToUtf8(MemoryMarshal.AsBytes(pcm), _message.AsSpan(Prefix.Length), out _, out var dataBytes);
        Suffix.CopyTo(_message.AsSpan(Prefix.Length + dataBytes));
        return _message.AsMemory(0, Prefix.Length + dataBytes + Suffix.Length);
    }
}
