using System.Net;

namespace Telephony.Calls;

/// <summary>Who makes a call without SIP, and whom they want.</summary>
/// <param name="Trunk">Name of the way that they come by, in the place of a trunk's.</param>
/// <param name="User">Who they are, as they are signed in.</param>
/// <param name="Number">The number that the call is to be taken as coming from; nobody vouches for it. Null for none.</param>
/// <param name="Dialled">Whom they want.</param>
/// <param name="RemoteEndPoint">Where they are.</param>
public sealed record FrameCaller(string Trunk, string User, string? Number, string Dialled, IPEndPoint RemoteEndPoint)
{
    // RFC 6761 section 6.4: never a name of anybody.
    private const string Host = "invalid";

    internal CallIdentity ToIdentity()
    {
        var callId = CallIdentity.NewCallId();
        return new CallIdentity(callId, $"{callId}@{Trunk}.{Host}", Uri(User), Number, User, Uri(Dialled), Dialled, RemoteEndPoint, Trunk) { User = User, ToNumber = Dialled };
    }

    private string Uri(string user) => $"sip:{System.Uri.EscapeDataString(user)}@{Trunk}.{Host}";
}
