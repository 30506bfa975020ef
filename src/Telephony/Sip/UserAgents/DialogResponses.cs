using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.UserAgents;

/// <summary>Builds the responses of one dialog: all carry its tag, those that form or change the session our Contact.</summary>
/// <param name="core">Adds what every response carries.</param>
/// <param name="dialog">The dialog.</param>
/// <param name="localUser">The dialled user, which our Contact keeps; null for none.</param>
internal sealed class DialogResponses(UserAgentCore core, Dialog dialog, string? localUser)
{
    /// <summary>Our Contact in this dialog, for messages that go the way of that flow.</summary>
    public NameAddress Contact(SipFlow flow) => ContactAddress.Of(flow, localUser, dialog.IsSips);

    /// <summary>A response without further ado.</summary>
    public SipResponse Plain(ServerTransaction transaction, int statusCode) => core.Response(transaction.Request, statusCode, toTag: dialog.Id.LocalTag);

    /// <summary>The answer to OPTIONS: always 200, since it asks about this call and not about a new one (RFC 3261 section 11.2).</summary>
    public SipResponse Options(ServerTransaction transaction)
    {
        var response = Plain(transaction, 200);
        Capabilities.Describe(response);
        return response;
    }

    /// <summary>A provisional response to INVITE.</summary>
    public SipResponse Provisional(ServerTransaction transaction, int statusCode)
    {
        var response = Plain(transaction, statusCode);
        response.Contact = Contact(transaction.Flow);
        return response;
    }

    /// <summary>A 200 to INVITE with a session description.</summary>
    public SipResponse Session(ServerTransaction transaction, ReadOnlyMemory<byte> sdp)
    {
        var response = Provisional(transaction, 200);
        Capabilities.Describe(response);
        response.ContentType = Capabilities.SessionDescription;
        response.Body = sdp;
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
