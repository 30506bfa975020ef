using System.Collections.Concurrent;
using System.Net;
using Telephony.Sip.Admission;
using Telephony.Sip.Authentication;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;

namespace Telephony.Sip.Registrar;

/// <summary>Where users are: the contacts that <see cref="RegisterServer"/> takes in, and that calls to users look up (RFC 3261 section 10.3).</summary>
/// <remarks>Owned by the signalling loop; lives in memory only, phones come back by themselves. Bounded by users times contacts of each. A connection that a
/// phone registered on counts as in use.</remarks>
internal sealed class LocationService(UserDirectory users, RegistrarOptions options, TimeProvider timeProvider, TimerQueue timers)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, List<RegisteredContact>> _contacts = new(StringComparer.Ordinal);
    private readonly Dictionary<(ISipTransport, IPEndPoint), int> _ways = [];
    private readonly ConcurrentDictionary<IPAddress, int> _addresses = new();
    private readonly ConcurrentDictionary<IPEndPoint, int> _senders = new();
    private int _count;
    private bool _isSweeping;

    /// <summary>Contacts known; any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Told of every contact that came, <c>true</c>, or went, <c>false</c>; not of refreshed ones.</summary>
    public Action<RegisteredContact, bool> Changed { get; set; } = (_, _) => { };

    /// <summary>The phones of a user that can be reached now, the preferred ones first and of equal ones the latest; empty when there is none.</summary>
    /// <param name="userOrNumber">Name or number of a user.</param>
    public IReadOnlyList<RegisteredContact> ContactsOf(string userOrNumber) =>
        users.Find(userOrNumber) is { } user
            ? [.. All(user).Where(contact => contact.IsReachable).OrderByDescending(contact => contact.Preference).ThenByDescending(contact => contact.RegisteredAt)]
            : [];

    /// <summary>Whether a user of that name or number is configured, registered or not; any thread.</summary>
    public bool IsUser(string userOrNumber) => users.Find(userOrNumber) is not null;

    /// <summary>All unexpired contacts of a user in the order in which they came.</summary>
    public IReadOnlyList<RegisteredContact> All(SipUser user)
    {
        Forget(user.Name);
        return _contacts.GetValueOrDefault(user.Name) ?? (IReadOnlyList<RegisteredContact>)[];
    }

    /// <summary>Forgets all phones of a user, who may not log in any more, or not as before.</summary>
    public void Forget(SipUser user)
    {
        if (!_contacts.Remove(user.Name, out var list))
            return;
        foreach (var contact in list.ToList())
            Remove(list, contact);
    }

    /// <summary>All contacts of all users.</summary>
    public IReadOnlyList<RegisteredContact> All() => [.. _contacts.Values.SelectMany(list => list).Where(contact => !IsExpired(contact))];

    /// <summary>The first of the phones, by user, as operators see them.</summary>
    /// <param name="most">How many.</param>
    public IReadOnlyList<RegisteredPhone> Show(int most) => [.. All().OrderBy(contact => contact.User, StringComparer.Ordinal).Take(most).Select(Show)];

    /// <summary>Whether a phone is registered on that very way, so that what comes on it is no stranger's.</summary>
    public bool IsRegistered(SipFlow flow) => _ways.ContainsKey(Way(flow));

    /// <summary>Whether a phone of that user is registered on that very way.</summary>
    public bool IsRegistered(SipFlow flow, string user) =>
        IsRegistered(flow) && _contacts.GetValueOrDefault(user)?.Exists(contact => Way(contact.Flow) == Way(flow)) == true;

    /// <summary>Whether a phone is registered from there by datagrams, or another one from the same address; any thread. Connections are known by themselves.</summary>
    public SourceStanding StandingOf(IPEndPoint sender) => _senders.ContainsKey(sender) ? SourceStanding.Exempt
        : _addresses.ContainsKey(sender.Address) ? SourceStanding.Neighbour : SourceStanding.Stranger;

    /// <summary>Adds a contact, or puts it in the place of the one that is the same phone.</summary>
    public void Bind(RegisteredContact contact)
    {
        if (!_contacts.TryGetValue(contact.User, out var list))
            _contacts[contact.User] = list = [];
        Take(contact.Flow);
        var known = list.FindIndex(contact.IsSamePhone);
        if (known >= 0)
        {
            LetGo(list[known].Flow);
            list[known] = contact;
            return;
        }
        if (list.Count == options.MaxContactsPerUser)
            Remove(list, list.MinBy(one => one.RegisteredAt)!);
        list.Add(contact);
        Volatile.Write(ref _count, _count + 1);
        Changed(contact, true);
        KeepSweeping();
    }

    /// <summary>Forgets a contact.</summary>
    public void Unbind(RegisteredContact contact)
    {
        if (!_contacts.TryGetValue(contact.User, out var list))
            return;
        if (list.Find(contact.IsSamePhone) is { } known)
            Remove(list, known);
        if (list.Count == 0)
            _contacts.Remove(contact.User);
    }

    private RegisteredPhone Show(RegisteredContact contact) => new(
        contact.User,
        contact.Uri.ToString(),
        $"{contact.Flow.Transport.LocalEndPoint.TransportName.ToLowerInvariant()}://{contact.Flow.Remote}",
        contact.IsReachable,
        timeProvider.GetUtcNow() - timeProvider.GetElapsedTime(contact.ExpiresAt));

    private void Remove(List<RegisteredContact> list, RegisteredContact contact)
    {
        list.Remove(contact);
        LetGo(contact.Flow);
        Volatile.Write(ref _count, _count - 1);
        Changed(contact, false);
    }

    private void Take(SipFlow flow)
    {
        flow.Connection?.Retain();
        _ways[Way(flow)] = _ways.GetValueOrDefault(Way(flow)) + 1;
        Tally(_addresses, flow.Remote.Address, 1);
        if (!flow.IsReliable)
            Tally(_senders, flow.Remote, 1);
    }

    private void LetGo(SipFlow flow)
    {
        flow.Connection?.Release();
        if (--_ways[Way(flow)] == 0)
            _ways.Remove(Way(flow));
        Tally(_addresses, flow.Remote.Address, -1);
        if (!flow.IsReliable)
            Tally(_senders, flow.Remote, -1);
    }

    private static void Tally<T>(ConcurrentDictionary<T, int> phones, T key, int change)
        where T : notnull
    {
        if (phones.AddOrUpdate(key, change, (_, count) => count + change) == 0)
            phones.TryRemove(key, out _);
    }

    private static (ISipTransport, IPEndPoint) Way(SipFlow flow) => (flow.Transport, flow.Remote);

    private void Forget(string user)
    {
        if (!_contacts.TryGetValue(user, out var list))
            return;
        foreach (var contact in list.FindAll(IsExpired))
            Remove(list, contact);
        if (list.Count == 0)
            _contacts.Remove(user);
    }

    private bool IsExpired(RegisteredContact contact) => timeProvider.GetTimestamp() >= contact.ExpiresAt;

    /// <summary>What nobody asks about is forgotten too, so that its connection can be closed.</summary>
    private void KeepSweeping()
    {
        if (_isSweeping || _contacts.Count == 0)
            return;
        _isSweeping = true;
        timers.Start(SweepInterval, Sweep, "");
    }

    private void Sweep()
    {
        _isSweeping = false;
        foreach (var user in _contacts.Keys.ToList())
            Forget(user);
        KeepSweeping();
    }
}
