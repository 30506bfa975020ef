using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VoiceAgent.Records;

/// <summary>Many values as one parameter of a statement: JSON, which the database takes apart. Drivers make objects and texts of every parameter, several for each column of each row.</summary>
/// <remarks>Owned by the writer's loop; its buffers are used again.</remarks>
internal sealed class JsonParameter
{
    private const int Step = 4_096;
    private const byte Blank = (byte)' ';

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _json = new(Step);

    /// <summary>The JSON that was written last, blanks behind it, since drivers take whole arrays. Written over by the next.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Begins anew.</summary>
    /// <returns>Writes it; whoever gets it flushes it before <see cref="Close"/>, and disposes it.</returns>
    public Utf8JsonWriter Open()
    {
        _json.ResetWrittenCount();
        return new Utf8JsonWriter(_json, Relaxed);
    }

    /// <summary>Has <see cref="Bytes"/> hold what was written.</summary>
    public void Close()
    {
        var json = _json.WrittenSpan;
        if (json.Length > Bytes.Length || (Bytes.Length > Step && json.Length < Bytes.Length / 4))
            Bytes = new byte[(json.Length + json.Length / 4) / Step * Step + Step];
        json.CopyTo(Bytes);
        Bytes.AsSpan(json.Length).Fill(Blank);
    }
}
