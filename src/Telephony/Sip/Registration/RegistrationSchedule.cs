namespace Telephony.Sip.Registration;

/// <summary>When to register again: after success, after failure, after a refusal, and at the start.</summary>
internal static class RegistrationSchedule
{
    /// <summary>What a server may keep us from asking at most, whatever it says.</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    private static readonly TimeSpan ShortestRefresh = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstRefusal = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRefusal = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestSpread = TimeSpan.FromSeconds(30);

    /// <summary>50 to 90 % of the time that a registration holds (RFC 5626 section 4.4.1 has the same reason: no storm of equal clients).</summary>
    public static TimeSpan Refresh(TimeSpan expiry, Random random) => Longer(expiry * (0.5 + 0.4 * random.NextDouble()), ShortestRefresh);

    /// <summary>Servers that cannot be reached are tried again after 1.5 to 2.5 s: what is back must be in use within 5 s.</summary>
    public static TimeSpan Retry(Random random) => TimeSpan.FromSeconds(1.5 + random.NextDouble());

    /// <summary>A refusal is asked about after a minute, then ever more rarely up to half an hour: the next try would be refused too, and many
    /// servers lock out who goes on.</summary>
    /// <param name="refusals">How often in a row, this one included.</param>
    /// <param name="random">Spreads.</param>
    public static TimeSpan AfterRefusal(int refusals, Random random) =>
        Shorter(FirstRefusal * Math.Pow(2, Math.Min(refusals, 10) - 1), LongestRefusal) * (0.8 + 0.4 * random.NextDouble());

    /// <summary>When a registration of several begins: one each second; a single one at once, where no spread is configured.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="count">Of how many.</param>
    /// <param name="spread">The time that all of them shall spread over; zero to choose it.</param>
    /// <param name="random">Places each within its share.</param>
    public static TimeSpan First(int index, int count, TimeSpan spread, Random random)
    {
        var window = spread > TimeSpan.Zero ? spread : Shorter(TimeSpan.FromSeconds(count - 1), LongestSpread);
        return window * ((index + random.NextDouble()) / count);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
