using Storage;
using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>How much of a running call's record has been taken to be written.</summary>
/// <remarks>Owned by the call's loop.</remarks>
internal sealed class RecordCursor(CallRecord record)
{
    private readonly int[] _taken = new int[RecordParts.Lists.Count];
    private readonly List<object> _tools = [];   // the only entries that change

    private bool _hasHead;

    /// <summary>The call's key: its start and its id, since ids alone come again within some years; in order of time.</summary>
    public string Key { get; } = KeyOf(record);

    /// <summary>Whether entries are new, or have changed, since the last <see cref="Taken"/>.</summary>
    public bool HasNews
    {
        get
        {
            for (var list = 0; list < _taken.Length; list++)
            {
                if (RecordParts.Lists[list].Of(record).Count > _taken[list])
                    return true;
            }
            for (var tool = 0; tool < _tools.Count; tool++)
            {
                if (!ReferenceEquals(_tools[tool], record.Tools[tool]))
                    return true;
            }
            return false;
        }
    }

    /// <summary>What is new since the last <see cref="Taken"/>.</summary>
    /// <param name="withHead">False when the head is as it was.</param>
    public PendingCall News(bool withHead = true)
    {
        var news = new PendingCall(Key, record) { Head = withHead || !_hasHead ? RecordParts.Head(record) : null, AnsweredMs = record.AnsweredAfterMs, IsFirst = !_hasHead };
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
        return news;
    }

    /// <summary>What <see cref="News"/> gave will be written.</summary>
    public void Taken()
    {
        _hasHead = true;
        for (var list = 0; list < _taken.Length; list++)
            _taken[list] = RecordParts.Lists[list].Of(record).Count;
        _tools.Clear();
        _tools.AddRange(record.Tools);
    }

    public static string KeyOf(CallRecord record) => $"{DatabaseText.From(record.StartedAt)}_{record.CallId}";
}
