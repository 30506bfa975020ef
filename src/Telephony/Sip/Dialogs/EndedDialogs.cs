namespace Telephony.Sip.Dialogs;

/// <summary>The names of the dialogs that ended last: whoever comes too late for one is told so, and not that there never was one.</summary>
/// <remarks>Owned by the signalling loop. Bounded; allocates one entry for each call.</remarks>
internal sealed class EndedDialogs
{
    private const int Most = 1_024;

    private readonly Queue<DialogId> _oldestFirst = [];
    private readonly HashSet<DialogId> _known = [];

    /// <summary>A dialog is over.</summary>
    public void Add(DialogId id)
    {
        if (!_known.Add(id))
            return;
        _oldestFirst.Enqueue(id);
        if (_oldestFirst.Count > Most)
            _known.Remove(_oldestFirst.Dequeue());
    }

    /// <summary>Whether it is one of them.</summary>
    public bool Contains(DialogId id) => _known.Contains(id);
}
