using Telephony.Sip.Messages;

namespace Telephony.Sip.Identity;

/// <summary>INVITE -> who sent the call on, the latest first: from Diversion (RFC 5806), else from History-Info (RFC 7044).</summary>
internal static class DiversionReader
{
    /// <summary>Diversions that are kept; more is a loop.</summary>
    public const int MaxDiversions = 16;

    private const string Unknown = "unknown";

    /// <summary>Reads the headers; never throws. What cannot be read is left out.</summary>
    public static IReadOnlyList<Diversion> Read(SipHeaders headers)
    {
        if (!headers.Contains(HeaderNames.Diversion))
            return headers.Contains(HeaderNames.HistoryInfo) ? HistoryReader.Read(headers) : [];
        var hidesAll = PrivacyWish.Of(headers).HidesHistory;
        var found = new List<Diversion>();
        foreach (var value in headers.GetValues(HeaderNames.Diversion))
        {
            if (found.Count < MaxDiversions && NameAddress.TryParse(value, out var address))
                found.Add(new Diversion(Number(address, hidesAll), Reason(address.Parameters.Get("reason"))));
        }
        return found;
    }

    private static string? Number(NameAddress address, bool isHidden) =>
        isHidden || CallerReader.IsAnonymous(address.Uri) || CallerReader.Hides(address.Parameters.Get("privacy")) ? null : TelephoneNumber.Of(address.Uri);

    private static string Reason(string? reason) => reason is { Length: > 0 and <= 32 } && SipText.IsToken(reason) ? reason.ToLowerInvariant() : Unknown;
}
