using System.Security.Cryptography;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Calls;

/// <summary>Wish -> call: checks whether it may be made, finds the trunk and its servers, leases ports, and begins.</summary>
/// <remarks>Asked on any thread; works on the signalling loop once the servers are found.</remarks>
internal sealed class Dialling(CallLayer layer, CallServices services, UserAgent userAgent, TrunkDirectory trunks)
{
    private const int CallIdBytes = 16;

    private readonly OutboundRules _rules = new(services.Options.Outbound, services.TimeProvider);

    /// <summary>Makes a call; completes when the INVITE is on its way, or with the reason why none is.</summary>
    public async Task<DialRefusal> DialAsync(DialRequest request)
    {
        if (!TransferTarget.TryParse(request.Target, out var parsed) || OutboundTarget.Of(parsed) is not { } target)
            return Refuse(request, DialRefusal.NotATarget);
        if (Plan(request, target) is not { } plan)
            return Refuse(request, DialRefusal.NoTrunk);
        if (_rules.TryTake(target) is var verdict and not DialRefusal.None)
            return Refuse(request, verdict);
        var begun = false;
        try
        {
            var servers = await userAgent.LocateAsync(plan.NextHop);
            var result = await OnLoopAsync(() => Begin(request, plan, servers));
            begun = result == DialRefusal.None;
            return begun ? result : Refuse(request, result);
        }
        finally
        {
            if (!begun)
                _rules.Release();
        }
    }

    /// <summary>A call that <see cref="DialAsync"/> made is over.</summary>
    public void OnOver() => _rules.Release();

    private DialRefusal Refuse(DialRequest request, DialRefusal why)
    {
        CallsLog.NotDialled(services.Logger, request.Target, why);
        return why;
    }

    private DialPlan? Plan(DialRequest request, OutboundTarget target)
    {
        var trunk = request.Trunk is { } name ? trunks.Named(name) : target.Uri is null ? OnlyTrunk() : null;
        if (trunk is null)
            return request.Trunk is null && target.Uri is { } direct ? new DialPlan(direct, direct, null) : null;
        return DialPlan.By(trunk, target);
    }

    private Trunk? OnlyTrunk()
    {
        var usable = trunks.All.Where(trunk => trunk.Server is not null).Take(2).ToList();
        return usable.Count == 1 ? usable[0] : null;
    }

    private Task<DialRefusal> OnLoopAsync(Func<DialRefusal> work)
    {
        var done = new TaskCompletionSource<DialRefusal>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isPosted = userAgent.TryPost(() =>
        {
            var result = DialRefusal.Unavailable;
            try
            {
                result = work();
            }
            finally
            {
                done.TrySetResult(result);
            }
        });
        return isPosted ? done.Task : Task.FromResult(DialRefusal.Unavailable);
    }

    private DialRefusal Begin(DialRequest request, DialPlan plan, IReadOnlyList<SipTarget> servers)
    {
        if (!layer.TakesCalls)
            return DialRefusal.Unavailable;
        var flows = servers.Select(server => userAgent.FlowTo(server, plan.NextHop.Host)).OfType<SipFlow>().ToList();
        if (flows.Count == 0)
            return DialRefusal.NoRoute;
        var place = new MediaPlace(flows[0].Transport.LocalEndPoint, flows[0].AdvertisedAddress, flows[0].Remote.Address, services.SrtpTermsFor(plan.Trunk, flows[0].IsSecure));
        if (!CallMedia.TryLease(services, place, out var media))
            return DialRefusal.Unavailable;
        var sipCallId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(CallIdBytes));
        var from = plan.From(flows[0]);
        var offer = media.Offer();
        var call = new OutboundCall(layer, services, userAgent, CallIdentity.OfOutbound(sipCallId, from, plan, flows[0].Remote), media,
            flows.Where(flow => IsLike(flow, flows[0])).Select(flow => plan.Invite(sipCallId, from, flow, offer, request.RingTimeout)));
        layer.Open(call, request);
        call.Begin();
        return DialRefusal.None;
    }

    /// <summary>Whether our session description and Contact, made for one way, do for the other.</summary>
    private static bool IsLike(SipFlow flow, SipFlow first) =>
        flow.AdvertisedAddress.Equals(first.AdvertisedAddress) && flow.Transport.LocalEndPoint.Protocol == first.Transport.LocalEndPoint.Protocol;
}
