using Telephony.Sip.Messages;

namespace Telephony.Sip.Transactions;

/// <summary>What makes two messages belong to one transaction (RFC 3261 sections 17.1.3 and 17.2.3).</summary>
/// <param name="Branch">Branch and sent-by; for a peer of RFC 2543 all the fields its rule compares.</param>
/// <param name="Method">The method; ACK is filed under INVITE.</param>
internal readonly record struct TransactionKey(string Branch, string Method)
{
    /// <summary>Key of a request that we received.</summary>
    public static TransactionKey ForServer(SipRequest request)
    {
        var method = request.Method == SipMethods.Ack ? SipMethods.Invite : request.Method;
        var via = request.TopVia;
        return new(HasUniqueBranch(via) ? $"{via.Branch} {via.Host.ToLowerInvariant()}:{via.Port}" : Rfc2543(request, method), method);
    }

    /// <summary>Key of a request that we send.</summary>
    public static TransactionKey ForClient(string branch, string method) => new(branch, method);

    /// <summary>The INVITE that a CANCEL means: same branch and sent-by, other method (RFC 3261 section 9.2).</summary>
    public TransactionKey OfInvite(SipRequest cancel) =>
        HasUniqueBranch(cancel.TopVia) ? this with { Method = SipMethods.Invite } : new(Rfc2543(cancel, SipMethods.Invite), SipMethods.Invite);

    private static bool HasUniqueBranch(Via via) =>
        via.Branch is { } branch && branch.StartsWith(Via.MagicCookie, StringComparison.OrdinalIgnoreCase) && branch.Length > Via.MagicCookie.Length;

    /// <summary>Without a unique branch the fields themselves are compared. The To tag of an ACK or CANCEL differs from its INVITE's: left out.</summary>
    private static string Rfc2543(SipRequest request, string method)
    {
        var toTag = method == SipMethods.Invite ? "" : request.To.Tag;
        return $"{request.RequestUri} {toTag} {request.From.Tag} {request.CallId} {request.CSeq.Number} {request.TopVia}";
    }
}
