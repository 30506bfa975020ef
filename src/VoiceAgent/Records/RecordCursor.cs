using Storage;
using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>How much of a running call's record has been taken to be written.</summary>
/// <remarks>Owned by the call's loop.</remarks>
internal sealed class RecordCursor(CallRecord record)
{
    private readonly int[] _taken = new int[RecordParts.Lists.Count];
    private readonly List<object> _tools = [];   // the only entries that change
    private readonly string?[] _words = new string?[RecordParts.OpenWords.Count];
    private bool _hasHead;

    /// <summary>The call's key: its start and its id, since ids alone come again within some years; in order of time.</summary>
    public string Key { get; } = KeyOf(record);

    /// <summary>What is new since the last <see cref="Taken"/>.</summary>
    /// <param name="withHead">False when the head is as it was: words come several times a second in every call, and a head costs more than all else.</param>
    public PendingCall News(bool withHead = true)
    {
        var news = new PendingCall(Key, record) { Head = withHead || !_hasHead ? RecordParts.Head(record) : null, AnsweredMs = record.AnsweredAfterMs };
        for (var list = 0; list < _taken.Length; list++)
        {
            var entries = RecordParts.Lists[list].Of(record);
            for (var position = _taken[list]; position < entries.Count; position++)
                news.Add(list, position, entries[position]);
        }
        for (var tool = 0; tool < _tools.Count; tool++)
        {
            if (!ReferenceEquals(_tools[tool], record.Tools[tool]))
                news.Add(RecordParts.ToolList, tool, record.Tools[tool]);
        }
        for (var words = 0; words < _words.Length; words++)
        {
            if (RecordParts.OpenWords[words].Of(record) is var open && !ReferenceEquals(open, _words[words]))
                news.Add(RecordParts.Lists.Count + words, 0, open ?? "");
        }
        return news;
    }

    /// <summary>What <see cref="News"/> gave will be written.</summary>
    public void Taken()
    {
        _hasHead = true;
        for (var words = 0; words < _words.Length; words++)
            _words[words] = RecordParts.OpenWords[words].Of(record);
        for (var list = 0; list < _taken.Length; list++)
            _taken[list] = RecordParts.Lists[list].Of(record).Count;
        _tools.Clear();
        _tools.AddRange(record.Tools);
    }

    public static string KeyOf(CallRecord record) => $"{DatabaseText.From(record.StartedAt)}_{record.CallId}";
}
