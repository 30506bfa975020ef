using Telephony.Sip.Dialogs;
using Telephony.Sip.Messages;

namespace Telephony.Sip.UserAgents;

/// <summary>Whom a peer's REFER wants called, and what of it goes into the INVITE (RFC 3515, RFC 3891, RFC 3892).</summary>
/// <param name="Uri">Whom, without headers.</param>
/// <param name="Headers">Replaces, Require and Referred-By, each written anew from what was read: nothing else of a stranger's gets into a request of ours.</param>
internal sealed record ReferTarget(SipUri Uri, IReadOnlyList<SipHeader> Headers)
{
    private const int BadRequest = 400;
    private const int Declined = 603;

    /// <summary>Whether the place of a call is to be taken there, and not a new one made.</summary>
    public bool Replaces => Headers.Any(header => header.Name == HeaderNames.Replaces);

    /// <summary>Reads a REFER.</summary>
    /// <returns>The target, or the status that refuses it.</returns>
    public static (ReferTarget? Target, int Refusal) Read(SipRequest refer)
    {
        if (refer.Headers.GetValues(HeaderNames.ReferTo) is not [var value] || !NameAddress.TryParse(value, out var address))
            return (null, BadRequest);
        if (address.Uri.GetParameter("method") is { } method && !method.Equals(SipMethods.Invite, StringComparison.OrdinalIgnoreCase))
            return (null, Declined);
        List<SipHeader> headers = [];
        if (!TryTakeReplaces(address.Uri.Headers, headers))
            return (null, BadRequest);
        if (refer.Headers.GetFirst(HeaderNames.ReferredBy) is { } by && NameAddress.TryParse(by, out var referrer))
            headers.Add(new(HeaderNames.ReferredBy, new NameAddress { Uri = referrer.Uri with { Headers = null } }.ToString()));
        return (new ReferTarget(address.Uri with { Headers = null, Parameters = address.Uri.Parameters.Without("method") }, headers), 0);
    }

    private static bool TryTakeReplaces(string? uriHeaders, List<SipHeader> headers)
    {
        var isRequired = false;
        foreach (var (name, value) in Split(uriHeaders))
        {
            if (name.Equals(HeaderNames.Require, StringComparison.OrdinalIgnoreCase))
                isRequired = value.Equals(ReplacesHeader.OptionTag, StringComparison.OrdinalIgnoreCase);
            if (!name.Equals(HeaderNames.Replaces, StringComparison.OrdinalIgnoreCase))
                continue;
            if (headers.Count > 0 || !ReplacesHeader.TryParse(value, out var replaces))
                return false;
            headers.Add(new(HeaderNames.Replaces, replaces.ToString()));
        }
        if (isRequired && headers.Count > 0)
            headers.Add(new(HeaderNames.Require, ReplacesHeader.OptionTag));
        return true;
    }

    private static IEnumerable<(string Name, string Value)> Split(string? uriHeaders) =>
        (uriHeaders ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(header => (Text: header, NameEnd: header.IndexOf('=', StringComparison.Ordinal)))
            .Where(header => header.NameEnd > 0)
            .Select(header => (PercentEncoding.Unescape(header.Text.AsSpan(0, header.NameEnd)), PercentEncoding.Unescape(header.Text.AsSpan(header.NameEnd + 1))));
}
