using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>One REFER of a peer within a call, and the NOTIFYs that tell it how it goes (RFC 3515).</summary>
/// <remarks>Owned by the signalling loop, as are all its members; a command that comes too late does nothing. One NOTIFY is on its way at a time, and what was not
/// told yet gives way to what is newer.</remarks>
public sealed class ReferServer : IClientTransactionUser
{
    private const string ReferSub = "Refer-Sub";   // RFC 4488
    private const int SubscriptionSeconds = 180;

    private readonly DialogSender _sender;
    private readonly Dialog _dialog;
    private readonly DialogResponses _responses;
    private readonly ServerTransaction _transaction;
    private readonly string _event;
    private readonly bool _wantsReports;
    private readonly Func<bool> _isDialogOver;
    private (int StatusCode, string Reason)? _next;
    private bool _isAccepted;
    private bool _isWaiting;
    private bool _isOver;

    /// <param name="sender">Sends in the dialog.</param>
    /// <param name="dialog">The dialog.</param>
    /// <param name="responses">Builds its responses.</param>
    /// <param name="transaction">The REFER.</param>
    /// <param name="target">Whom it names.</param>
    /// <param name="isFirst">Whether it is the dialog's first: those that follow are told apart by their number (RFC 3515 section 2.4.6).</param>
    /// <param name="isDialogOver">Whether nothing is told any more.</param>
    internal ReferServer(DialogSender sender, Dialog dialog, DialogResponses responses, ServerTransaction transaction, ReferTarget target, bool isFirst, Func<bool> isDialogOver)
    {
        (_sender, _dialog, _responses, _transaction, Target, _isDialogOver) = (sender, dialog, responses, transaction, target, isDialogOver);
        _event = isFirst ? "refer" : $"refer;id={transaction.Request.CSeq.Number}";
        _wantsReports = transaction.Request.Headers.GetFirst(ReferSub)?.Trim().StartsWith("false", StringComparison.OrdinalIgnoreCase) != true;
    }

    /// <summary>Whom the peer wants called.</summary>
    internal ReferTarget Target { get; }

    /// <summary>Refuses it; nobody is called.</summary>
    /// <param name="statusCode">400 to 699.</param>
    public void Refuse(int statusCode)
    {
        if (_isAccepted || _isOver)
            return;
        _isOver = true;
        _transaction.Respond(_responses.Refusal(_transaction, statusCode, null, []));
    }

    /// <summary>Agrees: 202, and the first report, unless the peer wants none (RFC 4488).</summary>
    public void Accept()
    {
        if (_isAccepted || _isOver)
            return;
        _isAccepted = true;
        var response = _responses.Provisional(_transaction, 202);
        if (!_wantsReports)
            response.Headers.Add(ReferSub, "false");
        _transaction.Respond(response);
        var known = _next;
        Report(100, "Trying");
        if (known is { } news)
            Report(news.StatusCode, news.Reason);
    }

    /// <summary>Tells how it goes: 101 to 199 while it rings, any other once. Before <see cref="Accept"/> it is kept.</summary>
    /// <param name="statusCode">100 to 699.</param>
    /// <param name="reasonPhrase">The words of that.</param>
    public void Report(int statusCode, string reasonPhrase)
    {
        if (_isOver || _isDialogOver() || !_wantsReports)
            return;
        _next = (statusCode, reasonPhrase);
        SendNext();
    }

    void IClientTransactionUser.OnResponse(SipRequest request, SipResponse response)
    {
        if (response.IsProvisional)
            return;
        _isWaiting = false;
        if (response.IsSuccess)
            SendNext();
        else
            _isOver = true;   // the peer does not want to know
    }

    void IClientTransactionUser.OnFailed(SipRequest request, bool isTimeout) => _isOver = true;

    private void SendNext()
    {
        if (!_isAccepted || _isWaiting || _isOver || _isDialogOver() || _next is not { } news)
            return;
        (_next, _isWaiting) = (null, true);
        var isFinal = news.StatusCode >= 200;
        var notify = _dialog.CreateRequest(SipMethods.Notify);
        notify.Contact = _responses.Contact(_dialog.Flow);
        notify.Headers.Add(HeaderNames.Event, _event);
        notify.Headers.Add(HeaderNames.SubscriptionState, isFinal ? "terminated;reason=noresource" : $"active;expires={SubscriptionSeconds}");
        notify.ContentType = "message/sipfrag;version=2.0";
        notify.Body = System.Text.Encoding.UTF8.GetBytes($"SIP/2.0 {news.StatusCode} {news.Reason}\r\n");
        _sender.Send(notify, this);
        _isOver |= isFinal;
    }
}
