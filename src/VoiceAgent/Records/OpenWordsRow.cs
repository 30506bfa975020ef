using System.Text.Json;
using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>What is being said in all calls of this process, as the one row that it has for it: words grow several times a second in every call, and a row of each would be a page of the database each.</summary>
/// <remarks>Owned by the writer's loop; allocates next to nothing once its buffers have grown.</remarks>
internal sealed class OpenWordsRow
{
    private readonly JsonParameter _json = new();
    private readonly char[] _text = new char[OpenLine.MaxCharacters];
    private int _lines;
    private bool _isWritten = true;

    /// <summary>Whether the row has to be written.</summary>
    public bool IsNew => !_isWritten;

    /// <summary>The row as <see cref="OpenWordsReading"/> reads it, blanks behind it; null for no row. Its array is used again.</summary>
    public byte[]? Body => _lines == 0 ? null : _json.Bytes;

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
        _lines = 0;
        using (var writer = _json.Open())
        {
            writer.WriteStartArray();
            foreach (var (record, cursor) in calls)
            {
                Add(writer, cursor.Key, RecordParts.OpenCallerWords, record.CallerLine);
                Add(writer, cursor.Key, RecordParts.OpenAgentWords, record.AgentLine);
            }
            writer.WriteEndArray();
        }
        _json.Close();
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
}
