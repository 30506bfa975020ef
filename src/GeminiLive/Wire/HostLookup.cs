using System.Net;
using System.Net.Sockets;

namespace GeminiLive.Wire;

/// <summary>Name of a host -> its addresses: one question to the system's resolver for all who wait, and while that does not answer the addresses it gave before.</summary>
/// <remarks>Any thread; one per connector. A question cannot be stopped once it is asked, and may take 20 s: each host has one under way at a time.</remarks>
/// <param name="timeProvider">The clock.</param>
/// <param name="resolve">Asks; null for the system's resolver.</param>
internal sealed class HostLookup(TimeProvider timeProvider, Func<string, Task<IPAddress[]>>? resolve = null)
{
    /// <summary>So long an answer is good for all who ask: many calls in a moment ask once.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>So long an answer is waited for where former addresses are known, counted from the question.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Addresses of longer ago may be somebody else's by now.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>Hosts that are remembered; they come from the configuration, so that this is never met.</summary>
    public const int MaxHosts = 64;

    private readonly Func<string, Task<IPAddress[]>> _resolve = resolve ?? (static host => Dns.GetHostAddressesAsync(host));
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Host> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds a host's addresses.</summary>
    /// <returns>No address, and why; or addresses, with words only where they are former ones.</returns>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public async Task<(IReadOnlyList<IPAddress> Addresses, string Error)> FindAsync(string name, CancellationToken cancellationToken)
    {
        Host host;
        Task<string> question;
        TimeSpan patience;
        lock (_gate)
        {
            host = HostOf(name);
            if (IsKnown(host, Fresh))
                return (host.Addresses, "");
            question = Ask(host);
            patience = !IsKnown(host, MaxAge) ? Timeout.InfiniteTimeSpan : Left(Patience, host.AskedAt);
        }
        await ((Task)question).WaitAsync(patience, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        var error = question.IsCompleted ? await question : "the name server does not answer";
        lock (_gate)
            return (error.Length == 0 || IsKnown(host, MaxAge) ? host.Addresses : [], error);
    }

    private Host HostOf(string name)
    {
        if (_hosts.TryGetValue(name, out var known))
            return known;
        if (_hosts.Count >= MaxHosts)
            _hosts.Remove(_hosts.MinBy(entry => entry.Value.AskedAt).Key);
        return _hosts[name] = new Host(name);
    }

    private Task<string> Ask(Host host)
    {
        if (host.Question is { IsCompleted: false } underWay)
            return underWay;
        host.AskedAt = timeProvider.GetTimestamp();
        return host.Question = ResolveAsync(host);
    }

    private async Task<string> ResolveAsync(Host host)
    {
        try
        {
            var addresses = await _resolve(host.Name);
            if (addresses.Length == 0)
                return "no address";
            lock (_gate)
                (host.Addresses, host.FoundAt) = (addresses, timeProvider.GetTimestamp());
            return "";
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // A name of more than 255 letters is none.
            return e.Message;
        }
    }

    private bool IsKnown(Host host, TimeSpan age) => host.Addresses.Length > 0 && timeProvider.GetElapsedTime(host.FoundAt) < age;

    private TimeSpan Left(TimeSpan limit, long since)
    {
        var left = limit - timeProvider.GetElapsedTime(since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private sealed class Host(string name)
    {
        public string Name => name;

        public Task<string>? Question { get; set; }

        public long AskedAt { get; set; }

        public IPAddress[] Addresses { get; set; } = [];

        public long FoundAt { get; set; }
    }
}
