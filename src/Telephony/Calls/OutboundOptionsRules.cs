namespace Telephony.Calls;

/// <summary>What is wrong with <see cref="OutboundOptions"/>: a sentence for each fault, with key, value and what is allowed.</summary>
internal static class OutboundOptionsRules
{
    private const int MaxCount = 100_000;

    /// <summary>The faults.</summary>
    public static IEnumerable<string> Errors(OutboundOptions options)
    {
        for (var i = 0; i < options.Allow.Count; i++)
        {
            if (!OutboundPattern.TryParse(options.Allow[i], out _))
                yield return TelephonyOptionsValidator.Message($"Outbound:Allow:{i}", options.Allow[i], "a number, the beginning of numbers, or user@host", "use +493012345678, +49* or *@pbx.example");
        }
        foreach (var (key, count) in new[] { ("MaxCalls", options.MaxCalls), ("MaxCallsPerHour", options.MaxCallsPerHour), ("MaxCallsPerNumberPerHour", options.MaxCallsPerNumberPerHour) })
        {
            if (count is < 1 or > MaxCount)
                yield return TelephonyOptionsValidator.Message($"Outbound:{key}", $"{count}", "a number of calls", $"use 1 to {MaxCount}; to call nobody leave Allow empty");
        }
        foreach (var (key, count) in new[] { ("MaxTransfersPerHour", options.MaxTransfersPerHour), ("MaxTransfersPerNumberPerHour", options.MaxTransfersPerNumberPerHour) })
        {
            if (count is < 0 or > MaxCount)
                yield return TelephonyOptionsValidator.Message($"Outbound:{key}", $"{count}", "a number of transfers", $"use 0 to {MaxCount}");
        }
    }
}
