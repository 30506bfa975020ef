using System.Net;
using System.Security.Cryptography;
using Telephony.Sip.Identity;
using Telephony.Sip.Identity.Stir;
using Telephony.Sip.Messages;
using Telephony.Trunks;

namespace Telephony.Calls;

/// <summary>Who calls whom from where: what the INVITE said, read once.</summary>
internal sealed record CallIdentity(
    string CallId,
    string SipCallId,
    string From,
    string? CallerNumber,
    string? CallerName,
    string To,
    string DialledNumber,
    IPEndPoint RemoteEndPoint,
    string? Trunk = null)
{
    // Lower case without the letters that are read as digits, for people who spell ids over the phone.
    private const string IdAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int IdLength = 8;

    /// <summary>How the caller is known, and whether by more than their own word.</summary>
    public CallerIdentity Caller { get; init; } = new() { Number = CallerNumber, Name = CallerName };

    /// <summary>Who sent the call on, the latest first.</summary>
    public IReadOnlyList<Diversion> Diversions { get; init; } = [];

    /// <summary>User part of the To header, in the form of <see cref="DialledNumber"/>.</summary>
    public string ToNumber { get; init; } = "";

    /// <summary>What the signed identity is worth.</summary>
    public StirResult Stir { get; init; } = StirResult.NoToken;

    /// <summary>Name of the user who logged in for the call; null for anybody else.</summary>
    public string? User { get; init; }

    /// <summary>Whether it came from nobody that the configuration knows: no trunk, and no user who logged in.</summary>
    public bool IsStranger => Trunk is null && User is null && !IsOutbound;

    /// <summary>Whether that user can call in their own name only, so that From is proven.</summary>
    public bool IsOwnName { get; init; }

    /// <summary>Whether we make the call: then From is ours, and the dialled number the other party's.</summary>
    public bool IsOutbound { get; init; }

    /// <summary>Our number in it: the one that was dialled, or the one that we call as; null for none.</summary>
    public string? OwnNumber => IsOutbound ? CallerNumber : DialledNumber;

    /// <summary>Whether this party may take the place of another one: it comes by the same trunk, or has logged in as the same user, or, where neither is known,
    /// comes from the same address.</summary>
    public bool MayReplace(CallIdentity other) => Trunk == other.Trunk
        && (Trunk is not null || (User == other.User && (User is not null || RemoteEndPoint.Address.Equals(other.RemoteEndPoint.Address))));

    /// <summary>The same call with whoever is on another leg: nothing that was known of the former party is true of them.</summary>
    /// <param name="leg">That leg.</param>
    public CallIdentity HandedTo(CallIdentity leg)
    {
        var (party, uri) = leg.IsOutbound ? (leg.DialledNumber, leg.To) : (leg.CallerNumber, leg.From);
        var moved = leg with { CallId = CallId, IsOutbound = IsOutbound, To = To, ToNumber = ToNumber, From = From, DialledNumber = DialledNumber };
        if (IsOutbound)
            return moved with { To = uri, DialledNumber = party ?? "", CallerNumber = CallerNumber };
        return leg.IsOutbound ? moved with { From = uri, CallerNumber = party, CallerName = null, Caller = new() { Number = party } } : moved with { From = uri };
    }

    /// <summary>Of a call that we make.</summary>
    /// <param name="sipCallId">Its Call-ID header.</param>
    /// <param name="from">As whom.</param>
    /// <param name="plan">Whom, and by which trunk.</param>
    /// <param name="server">Where the INVITE goes.</param>
    public static CallIdentity OfOutbound(string sipCallId, NameAddress from, DialPlan plan, IPEndPoint server) =>
        new(NewCallId(), sipCallId, from.Uri.ToString(), from.Uri.User, null, plan.RequestUri.ToString(), plan.Number, server, plan.Trunk?.Name) { IsOutbound = true };

    /// <summary>Reads the INVITE and gives the call its id.</summary>
    /// <param name="invite">The INVITE.</param>
    /// <param name="remoteEndPoint">Where it came from.</param>
    /// <param name="trunk">The trunk it came from, or null.</param>
    public static CallIdentity Of(SipRequest invite, IPEndPoint remoteEndPoint, Trunk? trunk = null)
    {
        var caller = CallerReader.Read(invite, trunk?.Options.TrustIdentity == true);
        return new CallIdentity(
            NewCallId(),
            invite.CallId,
            invite.From.Uri.ToString(),
            caller.Number,
            caller.Name,
            invite.To.Uri.ToString(),
            TelephoneNumber.Of(trunk?.IsRegisteredAs(invite.RequestUri.User) == true ? invite.To.Uri : invite.RequestUri) ?? "",
            remoteEndPoint,
            trunk?.Name)
        {
            Caller = caller,
            Diversions = DiversionReader.Read(invite.Headers),
            ToNumber = TelephoneNumber.Of(invite.To.Uri) ?? "",
        };
    }

    /// <summary>A name for a call.</summary>
    public static string NewCallId() => RandomNumberGenerator.GetString(IdAlphabet, IdLength);
}
