using System.Net;
using System.Net.Sockets;

namespace Telephony.Sip.Transport;

/// <summary>What an <see cref="AdmissionTable"/> weighs.</summary>
internal interface IAdmitted
{
    /// <summary>The peer.</summary>
    IPEndPoint Remote { get; }

    /// <summary>Whether it may be closed to make room: nothing depends on it.</summary>
    bool IsDispensable { get; }

    /// <summary>Whether its peer has ever sent a whole message; strangers go first.</summary>
    bool IsProven { get; }

    /// <summary>When it was last used, in ticks of the clock.</summary>
    long LastUsed { get; }
}

/// <summary>Bounds connections, in all and for each source: where there is no room, the one that is missed least makes place for the new one.</summary>
/// <remarks>Any thread. A source is an IPv4 address or an IPv6 network of 64 bits, which one household or host has for itself.</remarks>
/// <param name="maxTotal">Most at once.</param>
/// <param name="maxPerSource">Most at once from one source.</param>
internal sealed class AdmissionTable(int maxTotal, int maxPerSource)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, HashSet<IAdmitted>> _sources = [];
    private int _count;

    /// <summary>Entries.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes an entry in; false when there is no room and nobody who could make it.</summary>
    /// <param name="entry">The new one.</param>
    /// <param name="victim">The one that made room: no longer in the table, to be closed by the caller.</param>
    public bool TryAdmit(IAdmitted entry, out IAdmitted? victim)
    {
        victim = null;
        var source = SourceOf(entry.Remote.Address);
        lock (_lock)
        {
            var own = _sources.GetValueOrDefault(source);
            if (own?.Count >= maxPerSource)
                victim = LeastMissed(own);
            else if (_count >= maxTotal)
                victim = LeastMissedOfAll();
            if (victim is not null)
                RemoveLocked(victim);
            else if (own?.Count >= maxPerSource || _count >= maxTotal)
                return false;
            AddLocked(source, entry);
            return true;
        }
    }

    /// <summary>Takes an entry out; nothing happens when it has gone already.</summary>
    public void Remove(IAdmitted entry)
    {
        lock (_lock)
            RemoveLocked(entry);
    }

    /// <summary>The IPv4 address, or the IPv6 address without its last 64 bits.</summary>
    internal static IPAddress SourceOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private void AddLocked(IPAddress source, IAdmitted entry)
    {
        if (!_sources.TryGetValue(source, out var own))
            _sources.Add(source, own = []);
        own.Add(entry);
        _count++;
    }

    private void RemoveLocked(IAdmitted entry)
    {
        var source = SourceOf(entry.Remote.Address);
        if (!_sources.TryGetValue(source, out var own) || !own.Remove(entry))
            return;
        _count--;
        if (own.Count == 0)
            _sources.Remove(source);
    }

    /// <summary>Of the sources with most entries, so that one that takes all room gives it back first.</summary>
    private IAdmitted? LeastMissedOfAll()
    {
        foreach (var sameCount in _sources.Values.GroupBy(own => own.Count).OrderByDescending(group => group.Key))
        {
            if (LeastMissed(sameCount.SelectMany(own => own)) is { } found)
                return found;
        }
        return null;
    }

    private static IAdmitted? LeastMissed(IEnumerable<IAdmitted> candidates) =>
        candidates.Where(entry => entry.IsDispensable).MinBy(entry => (entry.IsProven, entry.LastUsed));
}
