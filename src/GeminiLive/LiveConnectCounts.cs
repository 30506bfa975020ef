namespace GeminiLive;

/// <summary>Connections of all sessions of a <see cref="LiveClientFactory"/> so far, for metrics.</summary>
/// <param name="Attempts">Sessions asked for, first connections and later ones.</param>
/// <param name="Failures">Of these, attempts that became no session.</param>
/// <param name="Fallbacks">Attempts that became a session on one of <c>Live:Fallbacks</c>.</param>
/// <param name="BreakerOpenings">Times that a target was taken for down.</param>
/// <param name="OpenBreakers">Targets that are taken for down at the moment.</param>
public readonly record struct LiveConnectCounts(long Attempts, long Failures, long Fallbacks, long BreakerOpenings, int OpenBreakers);
