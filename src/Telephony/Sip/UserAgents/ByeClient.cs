using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>Our BYE in a dialog: wanted at some time, sent once it may be, over with any final answer or none (RFC 3261 section 15.1.1).</summary>
internal sealed class ByeClient(DialogSender sender, Dialog dialog, Action onCompleted) : IClientTransactionUser
{
    private string? _reason;

    /// <summary>Whether it is to be sent as soon as the ACK is there.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>Notes that it is to be sent.</summary>
    /// <param name="reason">Value of a Reason header (RFC 3326), or null for none.</param>
    public void Want(string? reason)
    {
        IsWanted = true;
        _reason = reason;
    }

    /// <summary>Sends it.</summary>
    public void Send()
    {
        var bye = dialog.CreateRequest(SipMethods.Bye);
        if (_reason is not null)
            bye.Headers.Add(HeaderNames.Reason, _reason);
        sender.Send(bye, this);
    }

    public void OnResponse(SipRequest request, SipResponse response)
    {
        if (response.IsFinal)
            onCompleted();
    }

    public void OnFailed(SipRequest request, bool isTimeout) => onCompleted();
}
