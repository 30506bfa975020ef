using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.UserAgents;

/// <summary>Builds the responses of one dialog: all carry its tag, those that form or change the session our Contact.</summary>
/// <param name="core">Adds what every response carries.</param>
/// <param name="dialog">The dialog.</param>
/// <param name="localUser">The dialled user, which our Contact keeps; null for none.</param>
/// <param name="session">Its session timer, which every 2xx that forms or refreshes the session sets anew.</param>
internal sealed class DialogResponses(UserAgentCore core, Dialog dialog, string? localUser, SessionTimer session)
{
    /// <summary>Whether the peer may ask us to call somebody else, so that we say that we take REFER.</summary>
    public bool TakesRefer { get; set; }

    /// <summary>Our Contact in this dialog, for messages that go the way of that flow.</summary>
    public NameAddress Contact(SipFlow flow) => ContactAddress.Of(flow, localUser, dialog.IsSips);

    /// <summary>A response without further ado.</summary>
    public SipResponse Plain(ServerTransaction transaction, int statusCode) => core.Response(transaction.Request, statusCode, toTag: dialog.Id.LocalTag);

    /// <summary>The answer to OPTIONS: always 200, since it asks about this call and not about a new one (RFC 3261 section 11.2).</summary>
    public SipResponse Options(ServerTransaction transaction)
    {
        var response = Plain(transaction, 200);
        Capabilities.Describe(response, TakesRefer);
        return response;
    }

    /// <summary>A provisional response to INVITE.</summary>
    public SipResponse Provisional(ServerTransaction transaction, int statusCode)
    {
        var response = Plain(transaction, statusCode);
        response.Contact = Contact(transaction.Flow);
        return response;
    }

    /// <summary>A response to INVITE with a session description: 200, or 183 for early media. Empty for none.</summary>
    public SipResponse Session(ServerTransaction transaction, ReadOnlyMemory<byte> sdp, int statusCode = 200)
    {
        var response = Provisional(transaction, statusCode);
        Capabilities.Describe(response, TakesRefer);
        SessionBody.Set(response, sdp);
        if (response.IsSuccess)
            session.Answer(transaction.Request, response);
        return response;
    }

    /// <summary>A provisional response to INVITE that wants a PRACK (RFC 3262 section 3).</summary>
    public SipResponse Reliable(ServerTransaction transaction, int statusCode, uint rseq, ReadOnlyMemory<byte> sdp)
    {
        var response = Session(transaction, sdp, statusCode);
        response.Headers.Add(HeaderNames.Require, ReliableProvisionals.OptionTag);
        response.Headers.Add(HeaderNames.RSeq, $"{rseq}");
        return response;
    }

    /// <summary>The answer to a PRACK that brought an offer.</summary>
    public SipResponse Reply(ServerTransaction transaction, OfferReply reply)
    {
        var response = Refusal(transaction, reply.StatusCode, null, reply.Headers);
        SessionBody.Set(response, reply.Sdp);
        return response;
    }

    /// <summary>A response, mostly a refusal, with headers that explain it.</summary>
    public SipResponse Refusal(ServerTransaction transaction, int statusCode, string? reasonPhrase, (string Name, string Value)[] headers)
    {
        var response = core.Response(transaction.Request, statusCode, reasonPhrase, dialog.Id.LocalTag);
        foreach (var (name, value) in headers)
            response.Headers.Add(name, value);
        return response;
    }
}
