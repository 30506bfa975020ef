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

    /// <summary>Sources that are remembered at most.</summary>
    public const int MostSources = 2_000;

    // Users share so many places by their names' hash: no stream of invented names can push one out, and none tells which names exist.
    private const int UserPlaces = 4_096;

    /// <summary>Time after the first failure after which it is forgotten.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Failures> _sources = new(StringComparer.Ordinal);
    private readonly Failures[] _users = new Failures[UserPlaces];

    /// <summary>Sources that are remembered.</summary>
    public int Sources { get { lock (_gate) return _sources.Count; } }

    /// <summary>A try of this source to be this user begins, and counts until <see cref="Succeeded"/>: many at once are as bad as one after the other.</summary>
    /// <returns>False when it has to wait.</returns>
    public bool TryBegin(IPAddress? address, string name)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            ref var user = ref User(name);
            var source = _sources.GetValueOrDefault(Source(address));
            if (source.Count(now) >= MostBySource || user.Count(now) >= MostByUser)
                return false;
            user = user.OneMore(now);
            Keep(Source(address), source.OneMore(now));
            return true;
        }
    }

    /// <summary>It was the right password.</summary>
    public void Succeeded(IPAddress? address, string name)
    {
        lock (_gate)
        {
            _sources.Remove(Source(address));
            User(name) = default;
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

    private ref Failures User(string name) => ref _users[(uint)StringComparer.OrdinalIgnoreCase.GetHashCode(name) % UserPlaces];

    private void Keep(string source, Failures failures)
    {
        if (_sources.Count >= MostSources && !_sources.ContainsKey(source))
            _sources.Remove(_sources.MinBy(entry => entry.Value.Since).Key);
        _sources[source] = failures;
    }

    private readonly record struct Failures(int Number, DateTimeOffset Since)
    {
        public int Count(DateTimeOffset now) => now - Since < Window ? Number : 0;

        public Failures OneMore(DateTimeOffset now) => Count(now) is 0 ? new Failures(1, now) : this with { Number = Number + 1 };
    }
}
