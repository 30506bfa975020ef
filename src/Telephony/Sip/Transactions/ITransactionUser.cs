using Telephony.Sip.Admission;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Transactions;

/// <summary>Who is told of requests: the core of the user agent (RFC 3261's TU). All calls come on the signalling loop.</summary>
internal interface ITransactionUser
{
    /// <summary>Whether the request is meant for an open dialog.</summary>
    bool HasDialog(SipRequest request);

    /// <summary>Whether a request that belongs to no call is served.</summary>
    /// <param name="request">The request.</param>
    /// <param name="flow">The way it came.</param>
    /// <param name="user">Name of the user who has proven to send it; null for anybody else.</param>
    Admittance Admit(SipRequest request, SipFlow flow, out string? user);

    /// <summary>Whether what cannot be read is answered where it came from.</summary>
    bool MayAnswer(SipFlow flow);

    /// <summary>A request that belongs to no transaction yet, with the transaction that was opened for it; never ACK or CANCEL.</summary>
    void OnRequest(ServerTransaction transaction);

    /// <summary>A CANCEL, to be answered on its own transaction.</summary>
    /// <param name="cancel">The CANCEL's transaction.</param>
    /// <param name="invite">The transaction it wants to end; null when there is none.</param>
    void OnCancel(ServerTransaction cancel, InviteServerTransaction? invite);

    /// <summary>An ACK that no transaction absorbs: the one for a 2xx.</summary>
    void OnAck(SipRequest ack, SipFlow flow);

    /// <summary>A response could not be sent; the transaction is over (RFC 3261 section 17.2.4).</summary>
    void OnTransportError(ServerTransaction transaction);
}

/// <summary>Who sent a request and is told how it went. All calls come on the signalling loop.</summary>
internal interface IClientTransactionUser
{
    /// <summary>A response; final ones once, except that each 2xx to INVITE is passed on.</summary>
    void OnResponse(SipRequest request, SipResponse response);

    /// <summary>No final response came in time, or the request could not be sent: to be read as 408 or 503 (RFC 3261 section 8.1.3.1).</summary>
    void OnFailed(SipRequest request, bool isTimeout);
}
