using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>What is being said in all calls of this process, as the one row that it has for it: words grow several times a second in every call, and a row of each would be a page of the database each.</summary>
/// <remarks>Owned by the writer's loop; allocates next to nothing once its buffers have grown.</remarks>
internal sealed class OpenWordsRow
{
    private const int Step = 4_096;
    private const byte Blank = (byte)' ';

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _json = new(Step);
    private readonly char[] _text = new char[OpenLine.MaxCharacters];
    private byte[] _body = [];
    private int _lines;
    private bool _isWritten = true;

    /// <summary>Whether the row has to be written.</summary>
    public bool IsNew => !_isWritten;

    /// <summary>The row as <see cref="OpenWordsReading"/> reads it, blanks behind it; null for no row. Its array is used again.</summary>
    public byte[]? Body => _lines == 0 ? null : _body;

    /// <summary>Looks what is being said.</summary>
    /// <param name="calls">Calls that run, as each is kept.</param>
    public void Read(IReadOnlyCollection<KeyValuePair<CallRecord, RecordCursor>> calls)
    {
        var (lines, isNew) = (0, false);
        foreach (var (record, _) in calls)
        {
            isNew |= record.CallerLine.TakeIsNew() | record.AgentLine.TakeIsNew();
            lines += (record.CallerLine.IsOpen ? 1 : 0) + (record.AgentLine.IsOpen ? 1 : 0);
        }
        _isWritten &= !isNew && lines == _lines;   // fewer where a call has ended
        if (!_isWritten)
            Compose(calls);
    }

    /// <summary>The row has been written.</summary>
    public void Written() => _isWritten = true;

    private void Compose(IReadOnlyCollection<KeyValuePair<CallRecord, RecordCursor>> calls)
    {
        _json.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_json, Relaxed);
        _lines = 0;
        writer.WriteStartArray();
        foreach (var (record, cursor) in calls)
        {
            Add(writer, cursor.Key, RecordParts.OpenCallerWords, record.CallerLine);
            Add(writer, cursor.Key, RecordParts.OpenAgentWords, record.AgentLine);
        }
        writer.WriteEndArray();
        writer.Flush();
        CopyToBody(_json.WrittenSpan);
    }

    private void Add(Utf8JsonWriter writer, string key, string name, OpenLine line)
    {
        if (line.CopyTo(_text, out var turns) is var length && length == 0)
            return;
        _lines++;
        writer.WriteStartArray();
        writer.WriteStringValue(key);
        writer.WriteStringValue(name);
        writer.WriteNumberValue(turns);
        writer.WriteStringValue(_text.AsSpan(0, length));
        writer.WriteEndArray();
    }

    // The drivers take whole arrays.
    private void CopyToBody(ReadOnlySpan<byte> json)
    {
        if (json.Length > _body.Length || json.Length < _body.Length / 4)
            _body = new byte[(json.Length + json.Length / 4) / Step * Step + Step];
        json.CopyTo(_body);
        _body.AsSpan(json.Length).Fill(Blank);
    }
}
