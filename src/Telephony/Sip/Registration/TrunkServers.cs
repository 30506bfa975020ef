using System.Net;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.Registration;

/// <summary>Name of a trunk's server -> the ways to its servers; their addresses become the trunk's, so that its calls are recognised.</summary>
/// <remarks>Owned by the signalling loop. Addresses that were found stay the trunk's for an hour, and while none can be found: a name may show another
/// part of a pool each time, and a server that has just left it may still send calls.</remarks>
internal sealed class TrunkServers(TrunkStack stack, Trunk trunk)
{
    private const int MostAddresses = 256;
    private static readonly TimeSpan AddressLife = TimeSpan.FromHours(1);

    private readonly Dictionary<IPAddress, long> _shown = [];   // address -> timestamp of the latest answer with it
    private readonly SipUri _uri = trunk.Server ?? throw new ArgumentException("A trunk without a server has no line.", nameof(trunk));

    /// <summary>Why there was none, for people.</summary>
    public string WhyNone { get; private set; } = "not looked up yet";

    /// <summary>Whether the name has been answered since then, and never with that address.</summary>
    /// <param name="address">Of a server.</param>
    /// <param name="since">A timestamp.</param>
    public bool HasDropped(IPAddress address, long since) =>
        _shown.Values.Any(shown => shown > since) && !(_shown.TryGetValue(address, out var last) && last > since);

    /// <summary>Looks the servers up.</summary>
    /// <param name="then">Told the ways to them on the loop, at once where nothing has to be asked; empty when there is none.</param>
    public void Locate(Action<IReadOnlyList<SipFlow>> then)
    {
        var lookup = stack.Locator.LocateAsync(_uri);
        if (lookup.IsCompleted)
            Use(lookup.Result, then);
        else
            _ = lookup.ContinueWith(done => stack.Loop.TryPost(() => Use(done.Result, then), trunk.Name), TaskScheduler.Default);
    }

    private void Use(IReadOnlyList<SipTarget> targets, Action<IReadOnlyList<SipFlow>> then)
    {
        List<SipFlow> flows = [.. targets.Select(target => OutboundFlow.To(target, _uri.Host, trunk.ClientCertificate, stack.Transports, stack.Own)).OfType<SipFlow>()];
        if (flows.Count > 0)
            Keep(flows.Select(flow => flow.Remote.Address));
        WhyNone = targets.Count == 0
            ? $"no server is found by the name {_uri.Host}"
            : $"Telephony:Listen has no {targets[0].Protocol.ToString().ToLowerInvariant()} address that can reach {targets[0].EndPoint}";
        then(flows);
    }

    private void Keep(IEnumerable<IPAddress> addresses)
    {
        var now = stack.TimeProvider.GetTimestamp();
        foreach (var address in addresses)
            _shown[address] = now;
        foreach (var (address, last) in _shown)
        {
            if (stack.TimeProvider.GetElapsedTime(last, now) > AddressLife)
                _shown.Remove(address);
        }
        while (_shown.Count > MostAddresses)
            _shown.Remove(_shown.MinBy(one => one.Value).Key);
        trunk.ServerAddresses = _shown.Keys;
    }
}
