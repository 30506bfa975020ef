using Telephony.Sip.Messages;

namespace Telephony.Sip.Identity;

/// <summary>INVITE -> who calls: P-Asserted-Identity, else Remote-Party-ID where the trunk is trusted, else From; P-Preferred-Identity never.</summary>
internal static class CallerReader
{
    /// <summary>Characters of a display name that are kept.</summary>
    public const int MaxNameLength = 64;

    // RFC 3323 section 4.1.1.3, and what networks put where a number should be.
    private static readonly string[] WithheldUsers = ["anonymous", "restricted"];
    private static readonly string[] UnknownUsers = ["unavailable", "unknown"];

    /// <summary>Reads the INVITE; never throws.</summary>
    /// <param name="invite">The request.</param>
    /// <param name="trustsIdentity">Whether it came by a trunk whose assertions are believed (RFC 3325 section 5).</param>
    public static CallerIdentity Read(SipRequest invite, bool trustsIdentity)
    {
        var privacy = PrivacyWish.Of(invite.Headers);
        var from = Named(invite.From, IdentitySource.From);
        var caller = (trustsIdentity ? Asserted(invite.Headers) ?? RemoteParty(invite.Headers) : null) ?? from;
        // A From that is anonymous is the caller's wish too, unless it is said that nothing is to be hidden.
        var isWithheld = privacy.HidesCaller || caller.IsWithheld || (from.IsWithheld && !privacy.IsNone);
        return isWithheld ? new CallerIdentity { IsWithheld = true, Source = caller.Source } : caller;
    }

    /// <summary>The URI that the caller's number would be read from, whether it may be told or not.</summary>
    public static SipUri CallerUri(SipRequest invite, bool trustsIdentity) =>
        (trustsIdentity ? AssertedAddress(invite.Headers) ?? RemotePartyAddress(invite.Headers) : null)?.Uri ?? invite.From.Uri;

    /// <summary>Whether a URI stands for somebody who does not want to be named.</summary>
    public static bool IsAnonymous(SipUri uri) =>
        uri.Host.EndsWith("anonymous.invalid", StringComparison.OrdinalIgnoreCase) || WithheldUsers.Contains(uri.User, StringComparer.OrdinalIgnoreCase);

    private static CallerIdentity? Asserted(SipHeaders headers)
    {
        var (sip, tel) = AssertedAddresses(headers);
        if ((tel ?? sip) is not { } best)
            return null;
        var caller = Named(best, IdentitySource.PAssertedIdentity);
        var hasAnonymous = sip is not null && IsAnonymous(sip.Uri);
        return caller with { Name = caller.Name ?? Name(sip?.DisplayName), IsAsserted = caller.Number is not null, IsWithheld = caller.IsWithheld || hasAnonymous };
    }

    private static NameAddress? AssertedAddress(SipHeaders headers)
    {
        var (sip, tel) = AssertedAddresses(headers);
        return tel ?? sip;
    }

    // A SIP and a tel URI may be there, one of each (RFC 3325 section 9.1): the tel URI is sure to be a number, the other one to have the name.
    private static (NameAddress? Sip, NameAddress? Tel) AssertedAddresses(SipHeaders headers)
    {
        NameAddress? sip = null, tel = null;
        foreach (var value in headers.GetValues(HeaderNames.PAssertedIdentity))
        {
            if (!NameAddress.TryParse(value, out var address))
                continue;
            if (address.Uri.IsSip)
                sip ??= address;
            else if (address.Uri.Scheme is "tel")
                tel ??= address;
        }
        return (sip, tel);
    }

    // draft-ietf-sip-privacy-04: party (calling when left out), screen (yes: checked), privacy (off, or what is to be hidden).
    private static CallerIdentity? RemoteParty(SipHeaders headers)
    {
        if (RemotePartyAddress(headers) is not { } address)
            return null;
        var caller = Named(address, IdentitySource.RemotePartyId);
        return caller with
        {
            IsAsserted = caller.Number is not null && "yes".Equals(address.Parameters.Get("screen"), StringComparison.OrdinalIgnoreCase),
            IsWithheld = caller.IsWithheld || Hides(address.Parameters.Get("privacy")),
        };
    }

    private static NameAddress? RemotePartyAddress(SipHeaders headers)
    {
        foreach (var value in headers.GetValues(HeaderNames.RemotePartyId))
        {
            if (NameAddress.TryParse(value, out var address) && IsCalling(address.Parameters.Get("party")))
                return address;
        }
        return null;
    }

    private static bool IsCalling(string? party) => party is null || party.Equals("calling", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the privacy parameter of Remote-Party-ID or Diversion hides the number; <c>name</c> alone does not.</summary>
    internal static bool Hides(string? privacy) =>
        privacy is not null && privacy.Split(';', '-').Any(part => part.Equals("full", StringComparison.OrdinalIgnoreCase) || part.Equals("uri", StringComparison.OrdinalIgnoreCase));

    private static CallerIdentity Named(NameAddress address, IdentitySource source)
    {
        var isUnknown = UnknownUsers.Contains(address.Uri.User, StringComparer.OrdinalIgnoreCase);
        return new CallerIdentity
        {
            Number = isUnknown ? null : TelephoneNumber.Of(address.Uri),
            Name = Name(address.DisplayName),
            IsWithheld = IsAnonymous(address.Uri),
            Source = source,
        };
    }

    private static string? Name(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var name = string.Concat(text.Trim().Where(c => !char.IsControl(c)));
        return name.Length <= MaxNameLength ? name : name[..MaxNameLength];
    }
}
