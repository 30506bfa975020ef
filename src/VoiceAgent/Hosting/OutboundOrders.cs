using System.Diagnostics.CodeAnalysis;
using Telephony.Calls;
using VoiceAgent.Agents;
using VoiceAgent.Calls;

namespace VoiceAgent.Hosting;

/// <summary>Reads what somebody asks to be called, and says in words why nobody is.</summary>
internal static class OutboundOrders
{
    private const int MaxEntries = 32;
    private const int MaxKeyCharacters = 64;
    private const int MaxValueCharacters = 1_000;
    private const double DefaultRingSeconds = 45;
    private const double MaxRingSeconds = 180;

    /// <summary>Checks an order; what is wrong comes as a sentence.</summary>
    public static bool TryRead(OutboundOrder? order, HttpOptions options, AgentDirectory agents, [NotNullWhen(true)] out OutboundWish? wish, [NotNullWhen(false)] out string? fault)
    {
        wish = null;
        fault = Fault(order, agents);
        Uri? callback = null;
        if (fault is null && order!.CallbackUrl is { } url && !options.MayCallBack(url, out callback))
            fault = "callbackUrl must be an http: or https: URL of a host that Http:CallbackHosts lists.";
        if (fault is not null)
            return false;
        wish = new OutboundWish(order!.To!, order.Agent, order.Trunk, TimeSpan.FromSeconds(order.RingTimeoutSeconds ?? DefaultRingSeconds), order.Metadata ?? [], callback,
            order.CalleeIsVerified ?? false);
        return true;
    }

    /// <summary>Status, word and sentence for a call that was not made.</summary>
    public static (int StatusCode, string Error, string Message) Words(DialRefusal why) => why switch
    {
        DialRefusal.NotATarget => (StatusCodes.Status400BadRequest, "not-a-target", "to is neither a number nor a sip:, sips: or tel: URI that can be called."),
        DialRefusal.NotAllowed => (StatusCodes.Status403Forbidden, "not-allowed", "Telephony:Outbound:Allow does not list it."),
        DialRefusal.TooMany => (StatusCodes.Status429TooManyRequests, "too-many", "As many calls as Telephony:Outbound or the trunk's MaxCalls allows are up, or were made within the last hour."),
        DialRefusal.TooManyToNumber => (StatusCodes.Status429TooManyRequests, "too-many-to-number", "It was called as often as Telephony:Outbound allows within the last hour."),
        DialRefusal.NoTrunk => (StatusCodes.Status400BadRequest, "no-trunk", "There is no such trunk with a Server; name one of Telephony:Trunks."),
        DialRefusal.NoRoute => (StatusCodes.Status502BadGateway, "no-route", "The server was not found, there is no way to it, or it is this service itself."),
        _ => (StatusCodes.Status503ServiceUnavailable, "unavailable", "The service takes no new calls now."),
    };

    private static string? Fault(OutboundOrder? order, AgentDirectory agents)
    {
        if (string.IsNullOrWhiteSpace(order?.To))
            return "to is missing: a number, or a sip:, sips: or tel: URI.";
        if (agents.Caller(order.Agent) is null)
            return $"There is no agent '{order.Agent}'; name one of Agents:Profiles.";
        if (order.RingTimeoutSeconds is { } seconds && !(seconds is >= 1 and <= MaxRingSeconds))
            return $"ringTimeoutSeconds must be 1 to {MaxRingSeconds}.";
        if (order.Metadata is not { } metadata)
            return null;
        if (metadata.Count > MaxEntries)
            return $"metadata may have {MaxEntries} entries.";
        return metadata.Any(entry => entry.Key.Length is 0 or > MaxKeyCharacters || entry.Value is not { Length: <= MaxValueCharacters })
            ? $"metadata keys may have {MaxKeyCharacters} characters, values {MaxValueCharacters}."
            : null;
    }
}
