using System.Net;
using System.Net.Sockets;

namespace VoiceAgent.WebConsole;

/// <summary>Counts sign-ins that failed, by source and by user, and says when the next one has to wait.</summary>
/// <remarks>Any thread; bounded: where there are too many to remember, the oldest is forgotten.</remarks>
internal sealed class SignInTries(TimeProvider time)
{
    /// <summary>Failures of one source that are let pass within <see cref="Window"/>.</summary>
    public const int MostBySource = 5;

    /// <summary>Failures of one user that are let pass likewise, from whatever sources.</summary>
    public const int MostByUser = 20;

    private const int MaxEntries = 2_000;

    /// <summary>Time after the first failure after which it is forgotten.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Count, DateTimeOffset Since)> _failures = new(StringComparer.Ordinal);

    /// <summary>Whether this source may try to be this user.</summary>
    public bool MayTry(IPAddress? source, string user)
    {
        lock (_gate)
            return Count(Source(source)) < MostBySource && Count(User(user)) < MostByUser;
    }

    /// <summary>A try begins, and counts until <see cref="Succeeded"/>: many at once are as bad as one after the other.</summary>
    public void Begin(IPAddress? source, string user)
    {
        lock (_gate)
        {
            Add(Source(source));
            Add(User(user));
        }
    }

    /// <summary>It was the right password.</summary>
    public void Succeeded(IPAddress? source, string user)
    {
        lock (_gate)
        {
            _failures.Remove(Source(source));
            _failures.Remove(User(user));
        }
    }

    // One subscriber of IPv6 has at least a /64.
    private static string Source(IPAddress? address)
    {
        if (address is null)
            return "s";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"s{Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))}" : $"s{address}";
    }

    private static string User(string user) => $"u{user.ToUpperInvariant()}";

    private int Count(string key) => _failures.TryGetValue(key, out var entry) && time.GetUtcNow() - entry.Since < Window ? entry.Count : 0;

    private void Add(string key)
    {
        var now = time.GetUtcNow();
        if (_failures.Count >= MaxEntries && !_failures.ContainsKey(key))
            _failures.Remove(_failures.MinBy(entry => entry.Value.Since).Key);
        var count = Count(key);
        _failures[key] = (count + 1, count == 0 ? now : _failures[key].Since);
    }
}
