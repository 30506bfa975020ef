using Telephony.Sip.Messages;

namespace Telephony.Sip.Identity;

/// <summary>History-Info (RFC 7044) -> who sent the call on: those whom the call was for before it was for somebody else, not each hop of its way.</summary>
internal static class HistoryReader
{
    /// <summary>Reads the entries; never throws. The latest diversion comes first.</summary>
    public static IReadOnlyList<Diversion> Read(SipHeaders headers)
    {
        var entries = Entries(headers);
        var hidesAll = PrivacyWish.Of(headers).HidesHistory;
        var diverted = new SortedDictionary<int, string>();
        for (var at = 0; at < entries.Count; at++)
        {
            // RFC 4244 style: the entry itself has the reason for which its target was left. The last entry is where the call goes now.
            if (at < entries.Count - 1 && EmbeddedCause(entries[at].Uri) is { } left)
                diverted[at] = ReasonOf(left);
            // RFC 7044 section 10.3: mp says which target this one came from; RFC 4458: cause says why the call came to this one.
            var cause = entries[at].Uri.GetParameter("cause");
            if (at > 0 && (cause is not null || entries[at].Parameters.Contains("mp")))
                diverted[Origin(entries, at)] = ReasonOf(cause);
        }
        return [.. diverted.Reverse().Take(DiversionReader.MaxDiversions).Select(found => new Diversion(Number(entries[found.Key].Uri, hidesAll), found.Value))];
    }

    private static List<NameAddress> Entries(SipHeaders headers)
    {
        var entries = new List<NameAddress>();
        foreach (var value in headers.GetValues(HeaderNames.HistoryInfo))
        {
            if (entries.Count < SipLimits.MaxParameters && NameAddress.TryParse(value, out var address))
                entries.Add(address);
        }
        return entries;
    }

    private static int Origin(List<NameAddress> entries, int at)
    {
        if (entries[at].Parameters.Get("mp") is { Length: > 0 } index)
        {
            var found = entries.FindIndex(entry => entry.Parameters.Get("index") == index);
            if (found >= 0 && found != at)
                return found;
        }
        return at - 1;
    }

    // ?Reason=SIP%3Bcause%3D302%3Btext%3D...
    private static string? EmbeddedCause(SipUri uri)
    {
        foreach (var header in (uri.Headers ?? "").Split('&'))
        {
            if (!header.StartsWith("Reason=", StringComparison.OrdinalIgnoreCase))
                continue;
            var reason = PercentEncoding.Unescape(header.AsSpan("Reason=".Length));
            var semicolon = reason.IndexOf(';', StringComparison.Ordinal);
            return semicolon >= 0 && SipParameters.TryParse(reason.AsSpan(semicolon), out var parameters) ? parameters.Get("cause") ?? "" : "";
        }
        return null;
    }

    // RFC 4458 section 2.1 and RFC 5806 section 6: the same reasons in the other header's words.
    private static string ReasonOf(string? cause) => cause switch
    {
        "302" => "unconditional",
        "486" => "user-busy",
        "408" => "no-answer",
        "480" or "487" => "deflection",
        "503" => "unavailable",
        "404" => "unavailable",
        _ => "unknown",
    };

    private static string? Number(SipUri uri, bool hidesAll)
    {
        var isPrivate = (uri.Headers ?? "").Split('&').Any(header =>
            header.StartsWith("Privacy=", StringComparison.OrdinalIgnoreCase) && !header.EndsWith("none", StringComparison.OrdinalIgnoreCase));
        return hidesAll || isPrivate || CallerReader.IsAnonymous(uri) ? null : TelephoneNumber.Of(uri);
    }
}
