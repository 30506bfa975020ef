using System.Net;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Dialogs;

/// <summary>One request within a dialog, to the servers of a name in turn until it can be sent to one (RFC 3263 section 4.3).</summary>
/// <remarks>Owned by the signalling loop. Only what could not be sent goes on: a server that is silent may have acted on the request, and the dialog with it.</remarks>
internal sealed class ServersInTurn(TransactionLayer layer, IReadOnlyList<SipFlow> flows, IClientTransactionUser user, Action<IPAddress>? sentTo) : IClientTransactionUser
{
    private int _next;

    /// <summary>Sends it to the next server.</summary>
    public void Send(SipRequest request)
    {
        var flow = flows[_next++];
        sentTo?.Invoke(flow.Remote.Address);
        layer.Send(request, flow, this);
    }

    void IClientTransactionUser.OnResponse(SipRequest request, SipResponse response) => user.OnResponse(request, response);

    void IClientTransactionUser.OnFailed(SipRequest request, bool isTimeout)
    {
        if (isTimeout || _next == flows.Count)
        {
            user.OnFailed(request, isTimeout);
            return;
        }
        request.Headers.Remove(HeaderNames.Via);   // it is a new transaction there, with the same number
        Send(request);
    }
}
