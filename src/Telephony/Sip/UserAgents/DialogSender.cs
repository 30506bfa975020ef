using System.Net;
using Telephony.Sip.Authentication;
using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;

namespace Telephony.Sip.UserAgents;

/// <summary>Sends our requests within one dialog, and again with credentials where the account's own server asks for them (RFC 3261 section 22).</summary>
/// <remarks>Owned by the signalling loop. Without an account a challenge is an answer like any other: nobody but a stranger asks then.</remarks>
internal sealed class DialogSender(DialogRequests requests, Dialog dialog, ServerAccount? account)
{
    /// <summary>Sends a request of the dialog; a repetition has the next number and is the same object, with the credentials added.</summary>
    public void Send(SipRequest request, IClientTransactionUser user)
    {
        if (account is null)
            requests.Send(dialog, request, user);
        else
            new Challenged(this, user, new DigestClient(account.Account)).Send(request);
    }

    /// <summary>One request that may be challenged.</summary>
    private sealed class Challenged(DialogSender sender, IClientTransactionUser user, DigestClient digest) : IClientTransactionUser
    {
        private IPAddress? _server;

        public void Send(SipRequest request) => sender.SendTo(request, this, server => _server = server);

        public void OnResponse(SipRequest request, SipResponse response)
        {
            if (_server is not null && sender.IsOwnServer(_server) && digest.TryAnswer(request, response, out var credentials))
            {
                request.Headers.Set(credentials.Value.Name, credentials.Value.Value);
                sender.Repeat(request, this);
                return;
            }
            user.OnResponse(request, response);
        }

        public void OnFailed(SipRequest request, bool isTimeout) => user.OnFailed(request, isTimeout);
    }

    private bool IsOwnServer(IPAddress address) => account!.IsOwnServer(address);

    private void SendTo(SipRequest request, IClientTransactionUser user, Action<IPAddress> sentTo) => requests.Send(dialog, request, user, sentTo);

    private void Repeat(SipRequest request, Challenged user)
    {
        dialog.Renumber(request);
        user.Send(request);
    }
}
