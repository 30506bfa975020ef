using Telephony.Sip.Admission;

namespace Telephony;

/// <summary>What is wrong with the settings of who may send us requests.</summary>
internal static class AccessOptionsRules
{
    private const int MostMessages = 1_000_000;
    private const int MostCalls = 100_000;

    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestBan = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBan = TimeSpan.FromDays(7);

    /// <summary>A sentence for each fault.</summary>
    public static IEnumerable<string> Errors(AccessOptions access)
    {
        if (access.RequestLimit is < 0 or > MostMessages)
            yield return TelephonyOptionsValidator.Message("Access:RequestLimit", $"{access.RequestLimit}", "a limit", $"use 0 to {MostMessages}");
        if (access.RequestWindow < ShortestWindow || access.RequestWindow > LongestWindow)
            yield return TelephonyOptionsValidator.Message("Access:RequestWindow", $"{access.RequestWindow}", "a time", $"use {ShortestWindow} to {LongestWindow}");
        if (access.BanTime < ShortestBan || access.BanTime > LongestBan)
            yield return TelephonyOptionsValidator.Message("Access:BanTime", $"{access.BanTime}", "a time", $"use {ShortestBan} to {LongestBan}");
        if (access.StrangerMessagesPerSecond is < 1 or > MostMessages)
            yield return TelephonyOptionsValidator.Message("Access:StrangerMessagesPerSecond", $"{access.StrangerMessagesPerSecond}", "a limit", $"use 1 to {MostMessages}");
        if (access.MaxCalls is < 0 or > MostCalls)
            yield return TelephonyOptionsValidator.Message("Access:MaxCalls", $"{access.MaxCalls}", "a number of calls", $"use 0 to {MostCalls}");
    }
}
