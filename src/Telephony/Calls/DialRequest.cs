using Telephony.Sip.Messages;

namespace Telephony.Calls;

/// <summary>A call that the host wants made.</summary>
public sealed record DialRequest
{
    /// <summary>Whom to call: a number, which goes by a trunk, or a <c>sip:</c>, <c>sips:</c> or <c>tel:</c> URI; see <see cref="TransferTarget"/>.</summary>
    public required string Target { get; init; }

    /// <summary>Name of the trunk to call by; null for the one trunk that calls can be made by, and for a SIP URI without any.</summary>
    public string? Trunk { get; init; }

    /// <summary>How long it may ring.</summary>
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Whether the other side may have us call somebody else in its place (REFER), where <c>Telephony:InboundRefer</c> lets it.</summary>
    public bool MayRefer { get; init; } = true;

    /// <summary>Further headers of the INVITE.</summary>
    internal IReadOnlyList<SipHeader> Headers { get; init; } = [];

    /// <summary>Given the call before anything is sent; returns who is told what happens, or null for no call after all. Called on the signalling loop; must
    /// return at once.</summary>
    public required Func<Call, ICallListener?> OnCreated { get; init; }
}

/// <summary>Why a call was not even tried.</summary>
public enum DialRefusal
{
    /// <summary>It was tried: <see cref="DialRequest.OnCreated"/> has been called.</summary>
    None,

    /// <summary>The target is neither a number nor a SIP or tel URI.</summary>
    NotATarget,

    /// <summary>No entry of <c>Telephony:Outbound:Allow</c> has it.</summary>
    NotAllowed,

    /// <summary>As many calls as there may be are up, in all or by this trunk, or were made within the last hour.</summary>
    TooMany,

    /// <summary>The same number was called as often as it may be within the last hour.</summary>
    TooManyToNumber,

    /// <summary>There is no trunk of that name that calls can be made by, or none was named and there is not exactly one.</summary>
    NoTrunk,

    /// <summary>The service takes no new calls: it stops, or is full.</summary>
    Unavailable,

    /// <summary>The server was not found, or there is no way to it.</summary>
    NoRoute,
}
