using System.Text.Json;
using System.Text.Json.Nodes;
using Simulation.Live.Schema;

namespace Simulation.Live.Tokens;

/// <summary>A short-lived credential for one kind of session: how often, until when, and which settings it fixes.</summary>
/// <remarks>Safe to use from any thread.</remarks>
internal sealed class EphemeralToken(TimeProvider timeProvider, int uses, DateTimeOffset expireTime, DateTimeOffset newSessionExpireTime)
{
    private int _used;

    /// <summary>The setup that the token carries; null when it fixes nothing.</summary>
    public JsonObject? Setup { get; init; }

    /// <summary>Paths that are fixed; null fixes the whole setup.</summary>
    public IReadOnlyList<string>? LockedPaths { get; init; }

    /// <summary>Whether nothing more may be sent with it.</summary>
    public bool IsExpired => timeProvider.GetUtcNow() >= expireTime;

    /// <summary>Begins a new session with it.</summary>
    /// <returns>The close that refuses it; null when it may.</returns>
    public CloseReason? TryUse()
    {
        if (timeProvider.GetUtcNow() >= newSessionExpireTime)
            return CloseReason.TokenTooLate;
        return Interlocked.Increment(ref _used) > uses && uses > 0 ? CloseReason.TokenUsedUp : null;
    }

    /// <summary>The setup that counts: the client's, with what the token fixes put over it. The handle is always the client's.</summary>
    public JsonElement Constrain(JsonElement setup)
    {
        if (Setup is null && LockedPaths is null)
            return setup;
        var client = JsonObject.Create(setup)!;
        var result = LockedPaths is null ? (JsonObject)Setup!.DeepClone() : client;
        if (LockedPaths is null && client.Find("sessionResumption")?.DeepClone() is { } resumption)
            result.Replace("sessionResumption", resumption);
        foreach (var path in LockedPaths ?? [])
            Lock(result, Setup ?? [], path.Split('.'));
        return JsonSerializer.SerializeToElement(result);
    }

    private static void Lock(JsonObject target, JsonObject source, ReadOnlySpan<string> path)
    {
        if (path.Length == 1)
        {
            target.Replace(path[0], source.Find(path[0])?.DeepClone());
            return;
        }
        var inner = source.Find(path[0]) as JsonObject;
        if (target.Find(path[0]) is not JsonObject next)
        {
            if (inner is null)
                return;
            target.Replace(path[0], next = []);
        }
        Lock(next, inner ?? [], path[1..]);
    }
}
