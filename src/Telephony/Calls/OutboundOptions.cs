namespace Telephony.Calls;

/// <summary>Whom the service may call, and how often: what keeps others from making it pay.</summary>
public sealed class OutboundOptions
{
    /// <summary>Who may be called. A number without <c>@</c> is compared digit by digit, a <c>*</c> at its end stands for any further digits:
    /// <c>+49*</c>, <c>+493012345678</c>. With <c>@</c> it is user and host of a SIP URI, either of which may be <c>*</c>: <c>*@pbx.example</c>; other ports than 5060 and 5061 are named,
    /// <c>*@pbx.example:5070</c>, or <c>:*</c> for all. Empty for nobody.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Calls of ours that may be up at once, ringing ones among them.</summary>
    public int MaxCalls { get; init; } = 20;

    /// <summary>Calls of ours within any hour.</summary>
    public int MaxCallsPerHour { get; init; } = 100;

    /// <summary>Calls to the same number or address within any hour.</summary>
    public int MaxCallsPerNumberPerHour { get; init; } = 5;

    /// <summary>Blind transfers of calls over trunks within any hour: the trunk makes the call then, and we pay.</summary>
    public int MaxTransfersPerHour { get; init; } = 300;

    /// <summary>Blind transfers of calls over trunks to the same number or address within any hour.</summary>
    public int MaxTransfersPerNumberPerHour { get; init; } = 60;
}
