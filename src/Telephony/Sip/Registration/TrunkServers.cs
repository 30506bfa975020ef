using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.Registration;

/// <summary>Name of a trunk's server -> the ways to its servers; their addresses become the trunk's, so that its calls are recognised.</summary>
/// <remarks>Owned by the signalling loop. Addresses that were found stay the trunk's while none can be found.</remarks>
internal sealed class TrunkServers(TrunkStack stack, Trunk trunk)
{
    private readonly SipUri _uri = trunk.Server ?? throw new ArgumentException("A trunk without a server has no line.", nameof(trunk));

    /// <summary>Why there was none, for people.</summary>
    public string WhyNone { get; private set; } = "not looked up yet";

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
        List<SipFlow> flows = [.. targets.Select(target => OutboundFlow.To(target, _uri.Host, stack.Transports, stack.Own)).OfType<SipFlow>()];
        if (flows.Count > 0)
            trunk.ServerAddresses = flows.Select(flow => flow.Remote.Address).Distinct();
        WhyNone = targets.Count == 0
            ? $"no server is found by the name {_uri.Host}"
            : $"Telephony:Listen has no {targets[0].Protocol.ToString().ToLowerInvariant()} address that can reach {targets[0].EndPoint}";
        then(flows);
    }
}
