using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Dialogs;

/// <summary>What a dialog is used for: takes the requests that come within it.</summary>
internal interface IDialogUsage
{
    /// <summary>The dialog.</summary>
    Dialog Dialog { get; }

    /// <summary>A request within the dialog, in order; neither ACK nor CANCEL.</summary>
    void OnRequest(ServerTransaction transaction);

    /// <summary>An ACK to a 2xx.</summary>
    void OnAck(SipRequest ack);

    /// <summary>A bug has hit this call: end it.</summary>
    void Fail();
}

/// <summary>Message -> dialog: the open dialogs, found by Call-ID and tags.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
internal sealed class DialogLayer(int maxDialogs)
{
    private readonly Dictionary<DialogId, IDialogUsage> _usages = [];
    private readonly HashSet<(string SipCallId, string RemoteTag)> _peers = [];
    private readonly EndedDialogs _ended = new();
    private int _count;

    /// <summary>Dialogs open; readable from any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether a new call would be one too many.</summary>
    public bool IsFull => _usages.Count >= maxDialogs;

    /// <summary>The dialog a request from a peer belongs to, or null.</summary>
    public IDialogUsage? Find(SipRequest request) => _usages.GetValueOrDefault(DialogId.Of(request));

    /// <summary>The dialog of that name, or null.</summary>
    public IDialogUsage? Find(DialogId id) => _usages.GetValueOrDefault(id);

    /// <summary>Whether a dialog of that name has been over for not too long.</summary>
    public bool HasEnded(DialogId id) => _ended.Contains(id);

    /// <summary>Whether this INVITE made a dialog already: a copy that comes when its transaction is forgotten must not make a second one.</summary>
    public bool IsKnown(SipRequest invite) => _peers.Contains((invite.CallId, invite.From.Tag ?? ""));

    /// <summary>The dialogs of one call.</summary>
    public IReadOnlyList<IDialogUsage> OfCall(string sipCallId) => _usages.Where(pair => pair.Key.SipCallId == sipCallId).Select(pair => pair.Value).ToList();

    public void Add(IDialogUsage usage)
    {
        _usages.Add(usage.Dialog.Id, usage);
        _peers.Add((usage.Dialog.Id.SipCallId, usage.Dialog.Id.RemoteTag));
        usage.Dialog.Flow.Connection?.Retain();
        Volatile.Write(ref _count, _usages.Count);
    }

    public void Remove(IDialogUsage usage)
    {
        if (!_usages.Remove(usage.Dialog.Id))
            return;
        _peers.Remove((usage.Dialog.Id.SipCallId, usage.Dialog.Id.RemoteTag));
        _ended.Add(usage.Dialog.Id);
        usage.Dialog.Flow.Connection?.Release();
        Volatile.Write(ref _count, _usages.Count);
    }

    /// <summary>Whether a request within the dialog is in order; from now on the dialog uses the way it came.</summary>
    public static bool TryAdvance(Dialog dialog, SipRequest request, SipFlow flow)
    {
        var before = dialog.Flow.Connection;
        if (!dialog.TryAdvance(request, flow))
            return false;
        dialog.Flow.Connection?.Retain();
        before?.Release();
        return true;
    }
}
