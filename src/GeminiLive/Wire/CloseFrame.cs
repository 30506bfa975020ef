using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace GeminiLive.Wire;

/// <summary>What a server says as it closes.</summary>
/// <param name="Code">Its code; null when it said none, or none that it may say.</param>
/// <param name="Reason">Its words.</param>
/// <param name="Answer">Code of our own close frame; null answers without one.</param>
internal readonly record struct CloseFrame(int? Code, string Reason, int? Answer)
{
    /// <summary>Reads a close frame's payload. What is wrong with it is answered as such, and what can be read of it is kept: it may be all that tells why a call's session has ended.</summary>
    public static CloseFrame Read(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return new CloseFrame(Code: null, "", Answer: null);
        if (payload.Length < 2)
            return new CloseFrame(Code: null, "a close frame with half a code", WebSocketCode.ProtocolError);
        int code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!WebSocketCode.IsLegal(code))
            return new CloseFrame(Code: null, $"a close frame with the code {code}: {Encoding.UTF8.GetString(payload[2..])}", WebSocketCode.ProtocolError);
        // Services cut their words at 123 bytes, some of them in the middle of a letter.
        return new CloseFrame(code, Encoding.UTF8.GetString(payload[2..]), Utf8.IsValid(payload[2..]) ? code : WebSocketCode.InvalidPayload);
    }
}
