namespace Telephony.Calls;

/// <summary>Whom our calls may go to: the entries of <see cref="OutboundOptions.Allow"/>, and what holds for them together.</summary>
internal sealed class OutboundList(IEnumerable<string> allow)
{
    private readonly OutboundPattern[] _patterns = [.. allow.Select(text => OutboundPattern.TryParse(text, out var pattern) ? pattern : null).OfType<OutboundPattern>()];

    /// <summary>Whether it has a target.</summary>
    /// <param name="target">Whom.</param>
    /// <param name="trunkDomain">Domain of the trunk that the call goes by; null for none.</param>
    /// <remarks>A trunk that gets a number at somebody else's host calls that number: leave to call everybody at the host is none to call every number.</remarks>
    public bool Allows(OutboundTarget target, string? trunkDomain = null)
    {
        var matching = Array.FindAll(_patterns, pattern => pattern.Matches(target));
        if (matching.Length == 0 || trunkDomain is null || target is not { Host: { } host, Number: { } number } || host.Equals(trunkDomain, StringComparison.OrdinalIgnoreCase))
            return matching.Length > 0;
        return Array.Exists(matching, pattern => pattern.NamesUser) || Array.Exists(_patterns, pattern => pattern.MatchesNumber(number));
    }
}
