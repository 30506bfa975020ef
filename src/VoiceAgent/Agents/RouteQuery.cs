using Telephony.Calls;

namespace VoiceAgent.Agents;

/// <summary>What of a call decides who answers it.</summary>
public sealed record RouteQuery
{
    /// <summary>Name of the trunk; null for none.</summary>
    public string? Trunk { get; init; }

    /// <summary>User of the Request-URI; empty when there is none.</summary>
    public string Dialled { get; init; } = "";

    /// <summary>User of the To header; empty when there is none.</summary>
    public string To { get; init; } = "";

    /// <summary>The caller's number; null when it is not told or not known.</summary>
    public string? Caller { get; init; }

    /// <summary>Whether the caller does not want their number told.</summary>
    public bool IsWithheld { get; init; }

    /// <summary>Numbers of those who sent the call on; empty for one who is not told.</summary>
    public IReadOnlyList<string> DivertedFrom { get; init; } = [];

    /// <summary>Gives the values of a header by its name.</summary>
    public Func<string, IEnumerable<string>> Headers { get; init; } = _ => [];

    /// <summary>What a call says.</summary>
    public static RouteQuery Of(Call call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new RouteQuery
        {
            Trunk = call.Trunk,
            Dialled = call.DialledNumber,
            To = call.ToNumber,
            Caller = call.CallerNumber,
            IsWithheld = call.Caller.IsWithheld,
            DivertedFrom = [.. call.Diversions.Select(diversion => diversion.Number ?? "")],
            Headers = call.RequestHeaders.GetLines,
        };
    }
}
