using System.Security.Cryptography;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Calls;

/// <summary>Wish -> call: checks whether it may be made, finds the trunk and its servers, leases ports, and begins.</summary>
/// <remarks>Asked on any thread; works on the signalling loop once the servers are found.</remarks>
internal sealed class Dialling(CallLayer layer, CallServices started, UserAgent userAgent, TrunkDirectory trunks)
{
    private const int CallIdBytes = 16;

    /// <summary>Kinds of ways to a user's phones that are offered media: our address for each family, within the local network and without, with and without TLS.</summary>
    private const int MostOffers = 8;

    /// <summary>Kinds of ways to the servers of a name that are offered media: one for each address family.</summary>
    private const int MostServerOffers = 2;

    private readonly OutboundRules _rules = new(started.Options.Outbound, started.TimeProvider);
    private volatile CallServices _services = started;

    /// <summary>Calls from now on go by other settings; what was counted counts. On the loop.</summary>
    public void Replace(CallServices others)
    {
        _services = others;
        _rules.Replace(others.Options.Outbound);
    }

    /// <summary>Makes a call; completes when the INVITE is on its way, or with the reason why none is.</summary>
    public async Task<DialRefusal> DialAsync(DialRequest request)
    {
        if (!TransferTarget.TryParse(request.Target, out var parsed) || OutboundTarget.Of(parsed) is not { } target)
            return Refuse(request, DialRefusal.NotATarget);
        var user = request.Trunk is null ? UserOf(target) : null;
        var plan = user is null ? Plan(request, target) : null;
        if (user is null && plan is null)
            return Refuse(request, DialRefusal.NoTrunk);
        if (_rules.TryTake(target, isOwnUser: user is not null, plan?.Trunk?.Domain) is var verdict and not DialRefusal.None)
            return Refuse(request, verdict);
        var begun = false;
        try
        {
            IReadOnlyList<SipTarget> servers = plan is null ? [] : await userAgent.LocateAsync(plan.NextHop);
            var result = await OnLoopAsync(() => Begin(request, plan is null ? WaysToUser(user!) : Ways(plan, servers)));
            begun = result == DialRefusal.None;
            return begun ? result : Refuse(request, result);
        }
        finally
        {
            if (!begun)
                _rules.Release();
        }
    }

    /// <summary>Counts a blind transfer by a trunk, if it may be made.</summary>
    public DialRefusal TryTakeTransfer(TransferTarget target) => _rules.TryTakeTransfer(target);

    /// <summary>A call that <see cref="DialAsync"/> made is over.</summary>
    public void OnOver() => _rules.Release();

    private DialRefusal Refuse(DialRequest request, DialRefusal why)
    {
        CallsLog.NotDialled(_services.Logger, request.Target, why);
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

    /// <summary>Name or number of the user of ours who is meant: by number, or as <c>sip:NAME@REALM</c>; null for anybody else.</summary>
    private string? UserOf(OutboundTarget target)
    {
        var isHere = target.Host is null || target.Host.Equals(_services.Options.Digest.Realm, StringComparison.OrdinalIgnoreCase);
        return isHere && userAgent.Locations.IsUser(target.User) ? target.User : null;
    }

    /// <summary>A server that has registered us comes first: it knows us, and the way to it is open through any NAT. One that is known not to answer comes last.</summary>
    /// <remarks>TLS is decided on before that: whoever keeps us from the servers with TLS shall not have the call go without.</remarks>
    private List<(DialPlan Plan, SipFlow Flow)> Ways(DialPlan plan, IReadOnlyList<SipTarget> servers)
    {
        var registered = plan.Trunk is null ? null : userAgent.RegisteredFlow(plan.Trunk);
        var located = servers.Select(server => userAgent.FlowTo(server, plan.NextHop.Host, plan.Trunk)).OfType<SipFlow>().Where(flow => !IsImpossible(plan, flow)).ToList();
        var isSecure = registered?.IsSecure == true || located.FirstOrDefault()?.IsSecure == true;
        var others = located.Where(flow => !flow.Remote.Equals(registered?.Remote)).OrderBy(flow => plan.Trunk is not null && userAgent.IsSilent(plan.Trunk, flow.Target));
        return [.. others.Prepend(registered).OfType<SipFlow>().Where(flow => flow.IsSecure == isSecure).Select(flow => (plan, flow))];
    }

    /// <summary>Whether media would have to be encrypted with keys that could be read on that way.</summary>
    private bool IsImpossible(DialPlan plan, SipFlow flow) => _services.SrtpTermsFor(plan.Trunk, flow.IsSecure).IsImpossible;

    private List<(DialPlan Plan, SipFlow Flow)> WaysToUser(string user) =>
        [.. userAgent.Locations.ContactsOf(user).Select(contact => (DialPlan.To(contact), contact.Flow))];

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

    private DialRefusal Begin(DialRequest request, List<(DialPlan Plan, SipFlow Flow)> ways)
    {
        if (!layer.TakesCalls)
            return DialRefusal.Unavailable;
        ways.RemoveAll(way => IsImpossible(way.Plan, way.Flow));
        if (ways.Count == 0)
            return DialRefusal.NoRoute;
        var (plan, first) = ways[0];
        if (plan.Trunk is { } trunk && layer.IsFull(trunk))
            return DialRefusal.TooMany;
        var sipCallId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(CallIdBytes));
        var from = plan.From(first);
        List<(SipFlow Way, OutboundInvite Invite)> invites = [];
        List<(SipFlow Way, CallMedia Media)> offers = [];
        foreach (var alike in Alike(ways, plan.User is null ? MostServerOffers : MostOffers))
        {
            var way = alike[0].Flow;
            var place = new MediaPlace(way.Transport.LocalEndPoint, way.AdvertisedAddress, way.Remote.Address, _services.SrtpTermsFor(plan.Trunk, way.IsSecure));
            if (!CallMedia.TryLease(_services, place, out var media))
                continue;
            var offer = media.Offer();
            offers.Add((way, media));
            invites.AddRange(alike.Select(one => (one.Flow, one.Plan.Invite(sipCallId, from, one.Flow, offer, request))));
        }
        if (offers.Count == 0)
            return DialRefusal.Unavailable;
        var identity = CallIdentity.OfOutbound(sipCallId, from, plan, first.Remote);
        var inOrder = invites.OrderBy(invite => ways.FindIndex(way => way.Flow == invite.Way)).Select(invite => invite.Invite).ToList();
        var call = new OutboundCall(layer, _services, userAgent, identity, offers, Attempts(inOrder, isAtOnce: plan.User is not null));
        if (!layer.TryOpen(call, request))
        {
            offers.ForEach(offer => offer.Media.Dispose());
            return DialRefusal.Unavailable;
        }
        call.Begin();
        return DialRefusal.None;
    }

    /// <summary>Phones of a user ring together; the servers of a name are asked one after the other.</summary>
    private static IEnumerable<IReadOnlyList<OutboundInvite>> Attempts(IReadOnlyList<OutboundInvite> invites, bool isAtOnce) =>
        isAtOnce ? [invites] : invites.Select(invite => new[] { invite });

    /// <summary>Ways that one session description does for, the best first.</summary>
    private static IEnumerable<List<(DialPlan Plan, SipFlow Flow)>> Alike(List<(DialPlan Plan, SipFlow Flow)> ways, int most) =>
        ways.GroupBy(way => ways.First(other => other.Flow.IsLike(way.Flow)).Flow).Take(most).Select(group => group.ToList());
}
