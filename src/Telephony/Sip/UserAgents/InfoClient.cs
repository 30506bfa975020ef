using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>One INFO of ours in a dialog (RFC 6086): application data, such as a key that is pressed.</summary>
/// <remarks>Owned by the signalling loop.</remarks>
/// <param name="onAnswered">Told once: the final status, 408 for none in time, 503 when it could not be sent.</param>
internal sealed class InfoClient(Action<int> onAnswered) : IClientTransactionUser
{
    /// <summary>Sends it.</summary>
    public void Send(InviteDialog dialog, string contentType, ReadOnlyMemory<byte> body)
    {
        var info = dialog.Dialog.CreateRequest(SipMethods.Info);
        info.Contact = dialog.Responses.Contact(dialog.Dialog.Flow);
        info.ContentType = contentType;
        info.Body = body;
        dialog.Sender.Send(info, this);
    }

    public void OnResponse(SipRequest request, SipResponse response)
    {
        if (response.IsFinal)
            onAnswered(response.StatusCode);
    }

    public void OnFailed(SipRequest request, bool isTimeout) => onAnswered(isTimeout ? 408 : 503);
}
